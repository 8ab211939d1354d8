//! Codes with the system they belong to.

use super::{Base, Kind, Shown, Unacceptable, quoted};

/// A code and its code system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeAndSystem {
    /// The code.
    pub code: String,
    /// The code system, an OID.
    pub system: String,
}

impl Kind for CodeAndSystem {
    const EXPECTED: &'static str = "CODE^^SYSTEM, such as \"TREATMENT^^2.16.840.1.113883.3.18.7.1\"";

    fn parse(text: &str, _: &Base) -> Result<Self, Unacceptable> {
        match text.split_once("^^").map(|(code, system)| (code.trim(), system.trim())) {
            Some((code, system)) if !code.is_empty() && !system.is_empty() => Ok(Self { code: code.to_owned(), system: system.to_owned() }),
            _ => Err(Unacceptable(format!("{} is not a code, ^^ and a code system", quoted(text)))),
        }
    }

    fn show(&self) -> Shown {
        Shown::Text(format!("{}^^{}", self.code, self.system))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_needs_its_system() {
        let read = CodeAndSystem::parse("TREATMENT^^2.999.1", &Base::default()).unwrap();
        assert_eq!((read.code.as_str(), read.system.as_str()), ("TREATMENT", "2.999.1"));
        assert_eq!(read.show(), Shown::Text("TREATMENT^^2.999.1".to_owned()));
        for bad in ["", "TREATMENT", "TREATMENT^^", "^^2.999.1"] {
            assert!(CodeAndSystem::parse(bad, &Base::default()).is_err(), "{bad}");
        }
    }
}
