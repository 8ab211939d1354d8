//! Parameters of requests, of which each may be there once (RFC 6749, 3.1).

use crate::wire::fhir::form;

/// The longest value taken, in bytes.
const LONGEST: usize = 4096;

/// Decoded parameters; empty ones are absent.
#[derive(Debug, Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads a query or form; nothing if it is broken, too long, or names one twice.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut pairs = form::pairs(text).ok()?;
        pairs.retain(|(_, value)| !value.is_empty());
        let twice = |(at, (name, _)): (usize, &(String, String))| pairs.iter().skip(at + 1).any(|(other, _)| other == name);
        let strange = pairs.len() > 50 || pairs.iter().any(|(name, value)| name.len() + value.len() > LONGEST);
        if strange || pairs.iter().enumerate().any(twice) { None } else { Some(Self(pairs)) }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_parameter_stands_once() {
        let read = Parameters::read("a=1+2&b=&b=3&c=%26").unwrap();
        assert_eq!((read.get("a"), read.get("b"), read.get("c"), read.get("d")), (Some("1 2"), Some("3"), Some("&"), None));
        assert!(Parameters::read("a=1&a=2").is_none());
        assert!(Parameters::read("a=%zz").is_none());
        assert!(Parameters::read(&format!("a={}", "x".repeat(5000))).is_none());
    }
}
