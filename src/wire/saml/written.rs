//! An assertion as a client sends it on: the bytes of its issuer, unchanged, or the signature breaks.

use std::io::{self, Write};

use thiserror::Error;

use crate::wire::xml::{XmlLimits, XmlWriter, ns, parse};

/// An assertion to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenAssertion(Vec<u8>);

/// Why bytes are no assertion to be sent.
#[derive(Debug, Error)]
#[error("it is not a SAML 2.0 assertion: {0}")]
pub struct UnreadableAssertion(String);

impl WrittenAssertion {
    /// Takes a document whose root is an assertion. The XML declaration is left out, all else stays as it is.
    pub fn new(document: &[u8]) -> Result<Self, UnreadableAssertion> {
        let root = parse(document, &XmlLimits::default()).map_err(|error| UnreadableAssertion(error.to_string()))?;
        if !root.is(ns::SAML, "Assertion") {
            return Err(UnreadableAssertion("the root element is another one".to_owned()));
        }
        let document = document.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(document);
        // Nothing but the declaration contains "?>" before the root element, for no instruction was let through.
        let declared = document.windows(2).position(|window| window == b"?>").filter(|_| document.starts_with(b"<?xml"));
        let bare = declared.and_then(|at| document.get(at + 2..)).unwrap_or(document);
        Ok(Self(bare.to_vec()))
    }

    /// Writes the security header block around it.
    pub(crate) fn write_header<W: Write>(&self, xml: &mut XmlWriter<W>) -> io::Result<()> {
        xml.start("wsse:Security", &[("xmlns:wsse", ns::WSSE), ("soap:mustUnderstand", "1")])?;
        xml.raw(&self.0)?;
        xml.end("wsse:Security")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_stay_but_for_the_declaration() {
        let bare = "<a:Assertion xmlns:a=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"?>\"> é </a:Assertion>";
        let declared = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{bare}");
        assert_eq!(WrittenAssertion::new(declared.as_bytes()).unwrap().0, bare.as_bytes());
        assert_eq!(WrittenAssertion::new(bare.as_bytes()).unwrap().0, bare.as_bytes());
        let marked = format!("\u{FEFF}{declared}");
        assert_eq!(WrittenAssertion::new(marked.as_bytes()).unwrap().0, bare.as_bytes());
        assert!(WrittenAssertion::new(b"<Assertion/>").is_err());
        assert!(WrittenAssertion::new(b"<a").is_err());
    }
}
