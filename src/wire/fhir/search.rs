//! The values of search parameters (FHIR R4, search.html).

use super::is_resource_type;

/// How a date or number is compared (search.html#prefix).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `eq`, or no prefix.
    Equal,
    /// `ne`.
    NotEqual,
    /// `gt`.
    Greater,
    /// `lt`.
    Less,
    /// `ge`.
    GreaterOrEqual,
    /// `le`.
    LessOrEqual,
    /// `sa`.
    StartsAfter,
    /// `eb`.
    EndsBefore,
    /// `ap`.
    Approximately,
}

/// The comparison and the rest of a value such as `ge2025-01`.
pub fn comparison(value: &str) -> (Comparison, &str) {
    let prefixes = [
        ("eq", Comparison::Equal),
        ("ne", Comparison::NotEqual),
        ("gt", Comparison::Greater),
        ("lt", Comparison::Less),
        ("ge", Comparison::GreaterOrEqual),
        ("le", Comparison::LessOrEqual),
        ("sa", Comparison::StartsAfter),
        ("eb", Comparison::EndsBefore),
        ("ap", Comparison::Approximately),
    ];
    let found = prefixes.into_iter().find_map(|(prefix, comparison)| Some((comparison, value.strip_prefix(prefix)?)));
    found.unwrap_or((Comparison::Equal, value))
}

/// A token (search.html#token).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The system: nothing if any will do, empty for `|code`, which has none.
    pub system: Option<String>,
    /// The code; nothing for `system|`, any code of the system.
    pub code: Option<String>,
}

/// A value `code`, `system|code`, `|code` or `system|`; `\|` is a bar of the value itself.
pub fn token(value: &str) -> Token {
    let parts = split(value, '|');
    match parts.as_slice() {
        [system, code, ..] => Token { system: Some(unescaped(system)), code: Some(unescaped(code)).filter(|code| !code.is_empty()) },
        _ => Token { system: None, code: Some(unescaped(value)).filter(|code| !code.is_empty()) },
    }
}

/// The alternatives of a value with commas, still escaped; `\,` is a comma of the value itself (search.html#escaping).
pub fn alternatives(value: &str) -> Vec<String> {
    split(value, ',')
}

/// A value without its escapes.
pub fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut characters = value.chars().peekable();
    while let Some(character) = characters.next() {
        let escaped = (character == '\\').then(|| characters.next_if(|next| matches!(next, '\\' | ',' | '$' | '|'))).flatten();
        out.push(escaped.unwrap_or(character));
    }
    out
}

fn split(value: &str, separator: char) -> Vec<String> {
    let (mut parts, mut part, mut is_escaped) = (Vec::new(), String::new(), false);
    for character in value.chars() {
        if character == separator && !is_escaped {
            parts.push(std::mem::take(&mut part));
        } else {
            part.push(character);
        }
        is_escaped = character == '\\' && !is_escaped;
    }
    parts.push(part);
    parts
}

/// The type and the id that a reference to a resource of this server names: `Patient/1`, `BASE/Patient/1`, or `1` where
/// only one type is possible. Nothing for any other, such as one to another server.
pub fn local_reference<'v>(value: &'v str, base_url: &str, only_type: Option<&'v str>) -> Option<(&'v str, &'v str)> {
    let relative = value.strip_prefix(base_url).map_or(value, |path| path.trim_start_matches('/'));
    let relative = relative.split_once("/_history/").map_or(relative, |(resource, _)| resource);
    match relative.split_once('/') {
        Some((name, id)) if is_resource_type(name) && is_id(id) => Some((name, id)),
        None if is_id(relative) => only_type.map(|name| (name, relative)),
        _ => None,
    }
}

/// Whether text is a logical id (datatypes.html#id).
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_taken_apart() {
        assert_eq!(comparison("ge2025-01"), (Comparison::GreaterOrEqual, "2025-01"));
        assert_eq!(comparison("2025-01"), (Comparison::Equal, "2025-01"));
        let made = |system: Option<&str>, code: Option<&str>| Token { system: system.map(str::to_owned), code: code.map(str::to_owned) };
        assert_eq!(token("s|c"), made(Some("s"), Some("c")));
        assert_eq!(token("|c"), made(Some(""), Some("c")));
        assert_eq!(token("s|"), made(Some("s"), None));
        assert_eq!(token(r"a\|b"), made(None, Some("a|b")));
        assert_eq!(alternatives(r"a,b\,c"), ["a", r"b\,c"]);
    }

    #[test]
    fn references_of_this_server_are_known() {
        let local = |value| local_reference(value, "http://x/fhir", Some("Patient"));
        for value in ["Patient/1", "http://x/fhir/Patient/1", "1", "Patient/1/_history/2"] {
            assert_eq!(local(value), Some(("Patient", "1")), "{value}");
        }
        for value in ["http://y/fhir/Patient/1", "Pateint/1", "Patient/1/2", "", "urn:uuid:1", "Patient/"] {
            assert_eq!(local(value), None, "{value}");
        }
    }
}
