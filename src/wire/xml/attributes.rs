//! What stands between the name and the end of a start-tag (XML 1.0, 3.1 and 3.3.3).

use super::characters::{is_space, resolve_reference};
use super::error::XmlFlaw;

/// The attributes of a start-tag as written: name and value, the value still with its references.
///
/// `raw` is all that follows the element's name. Refuses what the grammar refuses, and more than `limit` of them.
pub(super) fn split(raw: &str, limit: usize) -> Result<Vec<(&str, &str)>, XmlFlaw> {
    let mut attributes = Vec::new();
    let mut rest = raw;
    loop {
        let trimmed = rest.trim_start_matches(is_space);
        if trimmed.is_empty() {
            return Ok(attributes);
        }
        if trimmed.len() == rest.len() {
            return Err(XmlFlaw::Malformed("white space is missing before an attribute"));
        }
        if attributes.len() == limit {
            return Err(XmlFlaw::TooManyAttributes { limit });
        }
        let (name, value, after) = split_first(trimmed)?;
        attributes.push((name, value));
        rest = after;
    }
}

fn split_first(text: &str) -> Result<(&str, &str, &str), XmlFlaw> {
    let (name, after) = text.split_once('=').ok_or(XmlFlaw::Malformed("an attribute has no value"))?;
    let after = after.trim_start_matches(is_space);
    let quoted = match after.strip_prefix('"') {
        Some(inside) => inside.split_once('"'),
        None => after.strip_prefix('\'').and_then(|inside| inside.split_once('\'')),
    };
    let (value, rest) = quoted.ok_or(XmlFlaw::Malformed("an attribute's value is not in quotes"))?;
    Ok((name.trim_end_matches(is_space), value, rest))
}

/// An attribute's value with references replaced and white space normalized as for CDATA (XML 1.0, 3.3.3).
pub(super) fn normalize(raw: &str) -> Result<String, XmlFlaw> {
    if !raw.bytes().any(|byte| matches!(byte, b'&' | b'<' | b'\t' | b'\n' | b'\r')) {
        return Ok(raw.to_owned());
    }
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((plain, found, after)) = split_at_special(rest) {
        value.push_str(plain);
        rest = after;
        match found {
            '&' => {
                let (body, after) = rest.split_once(';').ok_or(XmlFlaw::Malformed("a reference has no end"))?;
                value.push(resolve_reference(body)?);
                rest = after;
            }
            '<' => return Err(XmlFlaw::Malformed("an attribute's value contains <")),
            // A line end of two characters is one line end (XML 1.0, 2.11), hence one space.
            '\r' => {
                rest = rest.strip_prefix('\n').unwrap_or(rest);
                value.push(' ');
            }
            _ => value.push(' '),
        }
    }
    value.push_str(rest);
    Ok(value)
}

fn split_at_special(text: &str) -> Option<(&str, char, &str)> {
    let at = text.find(['&', '<', '\t', '\n', '\r'])?;
    let (plain, from) = text.split_at_checked(at)?;
    let mut characters = from.chars();
    Some((plain, characters.next()?, characters.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_takes_both_quotes_and_white_space_around_the_sign() {
        let found = split(" a=\"1'\" b = '2\"'\n\tc=\"\" ", 3).unwrap();
        assert_eq!(found, [("a", "1'"), ("b", "2\""), ("c", "")]);
        assert_eq!(split("", 0), Ok(vec![]));
    }

    #[test]
    fn split_refuses_what_the_grammar_refuses() {
        for bad in [" a", " a=", " a=1", " a=\"1", " a=\"1\"b=\"2\"", " a='1\"", "a=\"1\""] {
            assert!(matches!(split(bad, 9), Err(XmlFlaw::Malformed(_))), "{bad}");
        }
        assert_eq!(split(" a='' b=''", 1), Err(XmlFlaw::TooManyAttributes { limit: 1 }));
    }

    #[test]
    fn values_are_normalized() {
        assert_eq!(normalize("a\r\nb\rc\nd\te").unwrap(), "a b c d e");
        // A character that came as a reference is kept as it is.
        assert_eq!(normalize("&#13;&#10;&#9;&amp;lt;&lt;").unwrap(), "\r\n\t&lt;<");
        assert!(normalize("a<b").is_err() && normalize("&amp").is_err() && normalize("&x;").is_err());
    }
}
