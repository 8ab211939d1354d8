//! Which characters XML 1.0 (fifth edition) allows where.

use super::error::XmlFlaw;

/// Production 2, `Char`.
pub(super) fn is_char(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => true,
        c => c >= ' ' && c != '\u{FFFE}' && c != '\u{FFFF}',
    }
}

/// Production 3, `S`.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// The byte offset of the first character that is not allowed anywhere in a document, and the character.
pub(super) fn first_illegal(text: &str) -> Option<(usize, char)> {
    // Only control characters and those that begin with the byte 0xEF can be illegal; nearly every text has neither.
    let suspicious = |byte: &u8| *byte == 0xEF || (*byte < 0x20 && !matches!(*byte, b'\t' | b'\n' | b'\r'));
    if !text.as_bytes().iter().any(suspicious) {
        return None;
    }
    text.char_indices().find(|(_, c)| !is_char(*c))
}

/// Namespaces in XML 1.0, production 4: a name without a colon.
pub(super) fn is_ncname(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(is_name_start) && characters.all(is_name_char)
}

/// The prefix (empty if there is none) and local part of a qualified name.
pub(super) fn split_qname(name: &str) -> Result<(&str, &str), XmlFlaw> {
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    let prefixed_rightly = !name.starts_with(':') && (prefix.is_empty() || is_ncname(prefix));
    if prefixed_rightly && is_ncname(local) { Ok((prefix, local)) } else { Err(XmlFlaw::IllegalName) }
}

/// What `&body;` stands for.
pub(super) fn resolve_reference(body: &str) -> Result<char, XmlFlaw> {
    let Some(number) = body.strip_prefix('#') else {
        return match body {
            "lt" => Ok('<'),
            "gt" => Ok('>'),
            "amp" => Ok('&'),
            "apos" => Ok('\''),
            "quot" => Ok('"'),
            _ => Err(XmlFlaw::UnknownEntity),
        };
    };
    let malformed = XmlFlaw::Malformed("a character reference is neither &#digits; nor &#xdigits;");
    let (digits, radix) = match number.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    // from_str_radix would take a sign.
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Err(malformed);
    }
    let code = u32::from_str_radix(digits, radix).unwrap_or(u32::MAX);
    char::from_u32(code).filter(|c| is_char(*c)).ok_or(XmlFlaw::IllegalCharacter(code))
}

/// Production 4, `NameStartChar`, without the colon.
fn is_name_start(c: char) -> bool {
    matches!(c, 'A'..='Z' | 'a'..='z' | '_')
        || matches!(c, '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
            | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
            | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// Production 4a, `NameChar`, without the colon.
fn is_name_char(c: char) -> bool {
    is_name_start(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for good in ["a", "_a.b-9", "é", "rim:Slot"] {
            assert!(split_qname(good).is_ok(), "{good}");
        }
        for bad in ["", ":", "a:", ":a", "a:b:c", "9a", "-a", "a b", "a/b", "a\"", "a:9", "\u{D7}"] {
            assert_eq!(split_qname(bad), Err(XmlFlaw::IllegalName), "{bad:?}");
        }
    }

    #[test]
    fn references() {
        assert_eq!(resolve_reference("#x41"), Ok('A'));
        assert_eq!(resolve_reference("#65"), Ok('A'));
        assert_eq!(resolve_reference("quot"), Ok('"'));
        assert_eq!(resolve_reference("nbsp"), Err(XmlFlaw::UnknownEntity));
        assert_eq!(resolve_reference(""), Err(XmlFlaw::UnknownEntity));
        assert_eq!(resolve_reference("#0"), Err(XmlFlaw::IllegalCharacter(0)));
        assert_eq!(resolve_reference("#xD800"), Err(XmlFlaw::IllegalCharacter(0xD800)));
        assert_eq!(resolve_reference("#xFFFE"), Err(XmlFlaw::IllegalCharacter(0xFFFE)));
        assert_eq!(resolve_reference("#99999999999999999999"), Err(XmlFlaw::IllegalCharacter(u32::MAX)));
        for bad in ["#", "#x", "#+65", "#-1", "#X41", "# 65", "#6 5", "#xG"] {
            assert!(matches!(resolve_reference(bad), Err(XmlFlaw::Malformed(_))), "{bad}");
        }
    }

    #[test]
    fn illegal_characters_are_found_behind_legal_ones_of_the_same_lead_byte() {
        assert_eq!(first_illegal("a\u{FEFF}b\u{FFFD}\t\r\n\u{7F}\u{10FFFF}"), None);
        assert_eq!(first_illegal("é\u{FFFE}"), Some((2, '\u{FFFE}')));
        assert_eq!(first_illegal("ab\0"), Some((2, '\0')));
    }
}
