//! The `Content-Type` header field of HTTP and of a MIME part (RFC 2045, 5.1).

use thiserror::Error;

/// A media type with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentType {
    media_type: String,
    parameters: Vec<(String, String)>,
}

/// A `Content-Type` that is not one; says which rule is broken and repeats nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the Content-Type is not valid: {0}")]
pub struct ContentTypeError(&'static str);

impl ContentType {
    /// Reads `type/subtype; name=value; name="quoted value"`.
    ///
    /// Type and parameter names are lower-cased, values kept. Values without quotes may be more than tokens, because
    /// `start=<id@host>` and `type=application/xop+xml` are often sent so.
    pub fn parse(text: &str) -> Result<Self, ContentTypeError> {
        let (media_type, mut rest) = text.split_once(';').unwrap_or((text, ""));
        let media_type = media_type.trim_matches(is_blank).to_ascii_lowercase();
        if !media_type.split_once('/').is_some_and(|(main, sub)| is_token(main) && is_token(sub)) {
            return Err(ContentTypeError("expected a media type as type/subtype"));
        }
        let mut parameters: Vec<(String, String)> = Vec::new();
        loop {
            rest = rest.trim_start_matches(|c| c == ';' || is_blank(c));
            if rest.is_empty() {
                return Ok(Self { media_type, parameters });
            }
            let (name, value, after) = first_parameter(rest)?;
            if parameters.iter().any(|(earlier, _)| *earlier == name) {
                return Err(ContentTypeError("a parameter is given twice"));
            }
            parameters.push((name, value));
            rest = after;
        }
    }

    /// `type/subtype` in lower case, without parameters.
    pub fn media_type(&self) -> &str {
        &self.media_type
    }

    /// The value of the parameter `name`, which is given in lower case.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The SOAP action: the parameter `action` (RFC 3902), be it here or inside the content type that MTOM puts into
    /// the parameter `start-info` or `type`.
    pub fn action(&self) -> Option<String> {
        if let Some(action) = self.parameter("action") {
            return Some(action.to_owned());
        }
        ["start-info", "type"].iter().find_map(|name| {
            let inner = Self::parse(self.parameter(name)?).ok()?;
            inner.parameter("action").map(str::to_owned)
        })
    }
}

/// The first parameter of `text` as lower-case name and value, and what follows.
fn first_parameter(text: &str) -> Result<(String, String, &str), ContentTypeError> {
    let (name, after) = text.split_once('=').ok_or(ContentTypeError("a parameter has no value"))?;
    let name = name.trim_end_matches(is_blank);
    if !is_token(name) {
        return Err(ContentTypeError("a parameter's name is not a token"));
    }
    let after = after.trim_start_matches(is_blank);
    let (value, rest) = match after.strip_prefix('"') {
        Some(inside) => quoted(inside)?,
        None => bare(after)?,
    };
    Ok((name.to_ascii_lowercase(), value, rest))
}

/// The rest of a quoted string after its first quote, and what follows.
fn quoted(inside: &str) -> Result<(String, &str), ContentTypeError> {
    let mut value = String::new();
    let mut characters = inside.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' => {
                let rest = characters.as_str();
                let ended = rest.trim_start_matches(is_blank);
                let complete = ended.is_empty() || ended.starts_with(';');
                return if complete { Ok((value, rest)) } else { Err(ContentTypeError("something follows a quoted value")) };
            }
            '\\' => value.push(characters.next().filter(|c| !c.is_control()).ok_or(UNPRINTABLE)?),
            c if c.is_control() && c != '\t' => return Err(UNPRINTABLE),
            c => value.push(c),
        }
    }
    Err(ContentTypeError("a quoted value has no end"))
}

const UNPRINTABLE: ContentTypeError = ContentTypeError("a value contains a control character");

fn bare(text: &str) -> Result<(String, &str), ContentTypeError> {
    let (value, rest) = text.split_at_checked(text.find(';').unwrap_or(text.len())).unwrap_or((text, ""));
    let value = value.trim_matches(is_blank);
    if value.is_empty() || value.contains(|c: char| c == '"' || c.is_control() || c.is_whitespace()) {
        return Err(ContentTypeError("a value without quotes is empty or contains a blank or a quote"));
    }
    Ok((value.to_owned(), rest))
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

/// RFC 2045, 5.1 `token`.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic() && !"()<>@,;:\\\"/[]?=".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_xds_clients_send() {
        let mtom = ContentType::parse(
            "Multipart/Related; boundary=\"=_a;b\"; TYPE=application/xop+xml ;start=<root@a>;\tstart-info=\"application/soap+xml; \
             action=\\\"urn:ihe:iti:2007:RetrieveDocumentSet\\\"\";",
        )
        .unwrap();
        assert_eq!(mtom.media_type(), "multipart/related");
        assert_eq!(mtom.parameter("boundary"), Some("=_a;b"));
        assert_eq!(mtom.parameter("type"), Some("application/xop+xml"));
        assert_eq!(mtom.parameter("start"), Some("<root@a>"));
        assert_eq!(mtom.parameter("none"), None);
        assert_eq!(mtom.action().as_deref(), Some("urn:ihe:iti:2007:RetrieveDocumentSet"));
        let plain = ContentType::parse("application/soap+xml; charset=UTF-8; action=\"urn:a\"").unwrap();
        assert_eq!(plain.action().as_deref(), Some("urn:a"));
        assert_eq!(ContentType::parse("text/xml").unwrap().action(), None);
    }

    #[test]
    fn refuses_what_is_ambiguous() {
        for bad in [
            "",
            "text",
            "text/",
            "/xml",
            "te xt/xml",
            "text/xml; a",
            "text/xml; =b",
            "text/xml; a=",
            "text/xml; a=b c",
            "text/xml; a=\"b",
            "text/xml; a=\"b\"c",
            "text/xml; a=b; A=c",
            "text/xml; a=b\r\nX: y",
            "text/xml; a=\"b\r\nX: y\"",
            "text/xml; a=\"\\\n\"",
            "text/xml, text/plain",
        ] {
            assert!(ContentType::parse(bad).is_err(), "{bad:?}");
        }
    }
}
