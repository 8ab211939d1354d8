//! Endpoint references: where an answer goes, and what it takes along (WS-Addressing 1.0 Core, 2 and 3.4).

use std::io::{self, Write};

use super::addressing::{ANONYMOUS, NONE};
use super::fault::Fault;
use crate::wire::xml::{Attribute, Element, Name, XmlWriter, ns};

/// Namespaces whose header blocks direct or protect a message: a reference parameter of these would let the sender of a
/// request write such a header into the answer.
const NOT_FOR_PARAMETERS: [&str; 4] = [ns::WSA, ns::SOAP, ns::SOAP11, ns::WSSE];

/// The longest that the reference parameters of one reference may be as they stand in the answer, in bytes. They repeat the
/// namespaces that they use, so a short message could ask for a very long header.
const LONGEST_PARAMETERS: usize = 64 * 1024;

/// An endpoint reference as far as an answer needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointReference {
    /// `wsa:Address`.
    pub address: String,
    /// The children of `wsa:ReferenceParameters`, which become header blocks of the answer.
    parameters: Vec<Element>,
}

impl EndpointReference {
    /// Reads the reference that a header block is.
    pub(super) fn read(header: &Element) -> Result<Self, InvalidReference> {
        let mut addresses = header.children_named(ns::WSA, "Address");
        let address = match (addresses.next(), addresses.next()) {
            (_, Some(_)) => return Err(InvalidReference("InvalidEPR")),
            (found, None) => found.map(|address| address.text_cow().trim().to_owned()).filter(|address| !address.is_empty()),
        };
        let parameters = header.children_named(ns::WSA, "ReferenceParameters").flat_map(Element::elements).cloned().collect::<Vec<_>>();
        if parameters.iter().any(|parameter| NOT_FOR_PARAMETERS.contains(&&*parameter.name.namespace)) {
            return Err(InvalidReference("InvalidEPR"));
        }
        let mut measured = XmlWriter::new(Room(LONGEST_PARAMETERS));
        if parameters.iter().try_for_each(|parameter| measured.element(&marked(parameter))).is_err() {
            return Err(InvalidReference("InvalidEPR"));
        }
        Ok(Self { address: address.ok_or(InvalidReference("MissingAddressInEPR"))?, parameters })
    }

    /// Whether it names an address to connect to, and neither the connection of the request nor nothing.
    pub fn is_callback(&self) -> bool {
        self.address != ANONYMOUS && self.address != NONE
    }

    /// Writes `wsa:To` and the reference parameters (WS-Addressing 1.0 SOAP Binding, 2.2 and 4).
    pub(super) fn write<W: Write>(&self, xml: &mut XmlWriter<W>) -> io::Result<()> {
        xml.leaf("wsa:To", &[], &self.address)?;
        self.parameters.iter().try_for_each(|parameter| xml.element(&marked(parameter)))
    }
}

/// Takes so many bytes, keeps none, and fails on the next.
struct Room(usize);

impl Write for Room {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The rule that a reference breaks: a subsubcode of `wsa:InvalidAddressingHeader`.
pub(super) struct InvalidReference(&'static str);

impl InvalidReference {
    pub(super) fn in_header(self, header: &'static str) -> Fault {
        Fault::invalid_addressing_header(header, self.0)
    }
}

/// The parameter with `wsa:IsReferenceParameter`.
fn marked(parameter: &Element) -> Element {
    const MARK: &str = "IsReferenceParameter";
    let mut marked = parameter.clone();
    marked.attributes.retain(|attribute| !attribute.name.is(ns::WSA, MARK));
    let in_use = |prefix: &str| {
        let names = marked.attributes.iter().map(|attribute| &attribute.name).chain([&marked.name]);
        names.map(|name| &name.prefix).chain(marked.namespaces.iter().map(|(prefix, _)| prefix)).any(|used| **used == *prefix)
    };
    let mut prefix = "wsa".to_owned();
    while in_use(&prefix) {
        prefix.push('x');
    }
    let name = Name { prefix: prefix.into(), namespace: ns::WSA.into(), local: MARK.to_owned() };
    marked.attributes.push(Attribute { name, value: "true".to_owned() });
    marked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::xml::{XmlLimits, parse};

    fn reference(content: &str) -> Result<EndpointReference, &'static str> {
        let xml = format!("<a:ReplyTo xmlns:a='{}' xmlns:o='urn:o'>{content}</a:ReplyTo>", ns::WSA);
        EndpointReference::read(&parse(xml.as_bytes(), &XmlLimits::default()).unwrap()).map_err(|invalid| invalid.0)
    }

    /// The header block as the receiver of the answer reads it.
    fn written(parameter: &str) -> Element {
        let reference =
            reference(&format!("<a:Address>http://x</a:Address><a:ReferenceParameters>{parameter}</a:ReferenceParameters>")).unwrap();
        let mut xml = XmlWriter::new(Vec::new());
        xml.start("Header", &[("xmlns:wsa", ns::WSA)]).unwrap();
        reference.write(&mut xml).unwrap();
        xml.end("Header").unwrap();
        let header = parse(&xml.into_inner(), &XmlLimits::default()).unwrap();
        assert_eq!(header.child(ns::WSA, "To").unwrap().text(), "http://x");
        header.elements().nth(1).unwrap().clone()
    }

    #[test]
    fn a_parameter_comes_back_as_a_marked_header_block() {
        for parameter in [
            "<o:k o:l='1' m='2'>a<o:n/><p xmlns='urn:p'>&lt;<q xmlns=''/></p></o:k>",
            "<k xmlns='urn:o' xmlns:wsa='urn:other' wsa:z='1'/>",
            "<o:k xmlns:w='http://www.w3.org/2005/08/addressing' w:IsReferenceParameter='false'/>",
            "<k/>",
        ] {
            let block = written(parameter);
            assert_eq!(block.attribute_ns(ns::WSA, "IsReferenceParameter"), Some("true"), "{parameter}");
            assert_eq!(block.name.local, "k");
        }
        let block = written("<o:k o:l='1' m='2'>a<o:n/><p xmlns='urn:p'>&lt;<q xmlns=''/></p></o:k>");
        assert!(block.is("urn:o", "k") && block.child("urn:o", "n").is_some());
        assert_eq!((block.attribute_ns("urn:o", "l"), block.attribute("m"), block.text().as_str()), (Some("1"), Some("2"), "a"));
        let inner = block.child("urn:p", "p").unwrap();
        assert_eq!(inner.text(), "<");
        assert!(inner.child("", "q").is_some());
    }

    #[test]
    fn a_parameter_cannot_pose_as_a_header_of_the_answer() {
        for block in [
            "<a:To>http://y</a:To>",
            "<w:Security xmlns:w='http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'/>",
        ] {
            let content = format!("<a:Address>http://x</a:Address><a:ReferenceParameters>{block}</a:ReferenceParameters>");
            assert_eq!(reference(&content), Err("InvalidEPR"));
        }
    }

    #[test]
    fn parameters_cannot_make_a_long_answer_of_a_short_request() {
        let content = |uses: usize| {
            let (name, parameters) = ("n".repeat(1000), "<p:a/>".repeat(uses));
            let parameters = format!("<a:ReferenceParameters xmlns:p='{name}'>{parameters}</a:ReferenceParameters>");
            format!("<a:Address>http://x</a:Address>{parameters}")
        };
        assert!(reference(&content(50)).is_ok());
        assert_eq!(reference(&content(100)), Err("InvalidEPR"));
    }

    #[test]
    fn an_address_is_there_once() {
        assert_eq!(reference(""), Err("MissingAddressInEPR"));
        assert_eq!(reference("<a:Address> </a:Address>"), Err("MissingAddressInEPR"));
        assert_eq!(reference("<a:Address>http://x</a:Address><a:Address>http://y</a:Address>"), Err("InvalidEPR"));
        assert!(reference("<a:Address> http://x </a:Address>").unwrap().is_callback());
        assert!(!reference(&format!("<a:Address>{ANONYMOUS}</a:Address>")).unwrap().is_callback());
        assert!(!reference(&format!("<a:Address>{NONE}</a:Address>")).unwrap().is_callback());
    }
}
