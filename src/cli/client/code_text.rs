//! Codes as a user types them.

use std::str::FromStr;

use serde::Deserialize;

/// A code with its scheme: `code^scheme` or `code^display^scheme`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct CodeText {
    /// The code.
    pub code: String,
    /// Its name for people; the code again where none was given.
    pub display: String,
    /// The coding scheme, mostly an OID.
    pub scheme: String,
}

impl CodeText {
    pub(super) fn new(code: &str, display: &str, scheme: &str) -> Self {
        Self { code: code.to_owned(), display: display.to_owned(), scheme: scheme.to_owned() }
    }
}

impl FromStr for CodeText {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('^').map(str::trim).collect();
        match parts.as_slice() {
            [code, scheme] | [code, "", scheme] if !code.is_empty() && !scheme.is_empty() => Ok(Self::new(code, code, scheme)),
            [code, display, scheme] if !code.is_empty() && !scheme.is_empty() => Ok(Self::new(code, display, scheme)),
            _ => Err("write CODE^SCHEME or CODE^DISPLAY^SCHEME, such as 11488-4^2.16.840.1.113883.6.1".to_owned()),
        }
    }
}

impl TryFrom<String> for CodeText {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_a_scheme() {
        let short = CodeText::new("11488-4", "11488-4", "2.16.840.1.113883.6.1");
        assert_eq!("11488-4^2.16.840.1.113883.6.1".parse(), Ok(short.clone()));
        assert_eq!("11488-4^^2.16.840.1.113883.6.1".parse(), Ok(short));
        assert_eq!("a^An a^s".parse(), Ok(CodeText::new("a", "An a", "s")));
        for text in ["", "a", "a^", "^s", "a^b^", "a^b^s^t"] {
            assert!(text.parse::<CodeText>().is_err(), "{text}");
        }
    }
}
