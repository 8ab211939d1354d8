//! Answers taken apart.

use std::fmt;

use dossier::wire::xml::{Element, Node, XmlLimits, ns, parse};
use memchr::memmem;

use super::redaction::redacted;
use crate::support::Response;
use crate::support::schema_validity::{Message, assert_envelope_schema_valid};

const STATUS_PREFIXES: [&str; 2] = ["urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:", "urn:ihe:iti:2007:ResponseStatusType:"];

/// A SOAP answer.
pub struct Answer {
    pub http_status: u16,
    pub content_type: String,
    /// The envelope as it came.
    pub envelope: String,
    /// The only element of the body.
    pub payload: Element,
    /// The other parts of a package: Content-ID and bytes.
    pub parts: Vec<(String, Vec<u8>)>,
}

impl Answer {
    /// Reads an answer; one that is no SOAP at all fails the test.
    pub fn read(response: &Response) -> Self {
        assert!(response.complete, "the answer was cut off");
        let content_type = response.header("content-type").unwrap_or_default().to_owned();
        let (envelope, parts) = if content_type.starts_with("multipart/related") {
            let mut parts = parts_of(&content_type, &response.body);
            assert!(!parts.is_empty(), "a package without parts");
            (parts.remove(0).1, parts)
        } else {
            (response.body.clone(), Vec::new())
        };
        let envelope = String::from_utf8(envelope).unwrap();
        let root = parse(envelope.as_bytes(), &XmlLimits::default()).unwrap_or_else(|error| panic!("{error}\n{envelope}"));
        let payload = root.child(ns::SOAP, "Body").unwrap().elements().next().unwrap().clone();
        Self { http_status: response.status, content_type, envelope, payload, parts }
    }

    /// `Success`, `Failure` or `PartialSuccess`; nothing of a fault.
    pub fn status(&self) -> Option<&str> {
        let response = if self.payload.is(ns::XDSB, "RetrieveDocumentSetResponse") {
            self.payload.child(ns::RS, "RegistryResponse")?
        } else {
            &self.payload
        };
        let urn = response.attribute("status")?;
        STATUS_PREFIXES.iter().find_map(|prefix| urn.strip_prefix(prefix))
    }

    pub fn succeeded(&self) -> bool {
        self.http_status == 200 && self.status() == Some("Success")
    }

    /// What the registry objects of a query's answer are, by local name.
    pub fn objects(&self, local: &str) -> Vec<&Element> {
        let list = self.payload.child(ns::RIM, "RegistryObjectList").unwrap_or_else(|| panic!("no list of objects in {self}"));
        list.elements().filter(|object| local.is_empty() || object.name.local == local).collect()
    }

    /// The errors as `code | location | context`.
    pub fn errors(&self) -> Vec<String> {
        let mut errors = Vec::new();
        walk(&self.payload, &mut |element| {
            if element.is(ns::RS, "RegistryError") {
                let part = |name| element.attribute(name).unwrap_or("(none)");
                errors.push(format!("{} | {} | {}", part("errorCode"), part("location"), part("codeContext")));
            }
        });
        errors
    }

    /// The answer's meaning on a few lines: the fault's code and reason, or the status and the errors; ids redacted.
    pub fn said(&self) -> String {
        let mut lines = match self.status() {
            Some(status) => vec![format!("HTTP {} {status}", self.http_status)],
            None => vec![format!("HTTP {} {}", self.http_status, fault(&self.payload))],
        };
        lines.extend(self.errors());
        redacted(&lines.join("\n"))
    }

    /// The whole answer, indented, ids redacted; checked against the schemas before.
    pub fn snapshot(&self, message: Message) -> String {
        assert_envelope_schema_valid(&self.envelope, message);
        let root = parse(self.envelope.as_bytes(), &XmlLimits::default()).unwrap();
        let mut text = format!("HTTP {}\nContent-Type: {}\n\n", self.http_status, self.content_type);
        indented(&root, 0, &mut text);
        for (id, bytes) in &self.parts {
            text.push_str(&format!("\npart {id}: {:?}\n", String::from_utf8_lossy(bytes)));
        }
        redacted(&text)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP {} {}\n{}", self.http_status, self.content_type, self.envelope)
    }
}

/// `soap:Sender wsa:ActionNotSupported: reason`.
fn fault(payload: &Element) -> String {
    assert!(payload.is(ns::SOAP, "Fault"), "neither a fault nor an XDS answer: {:?}", payload.name);
    let mut codes = Vec::new();
    let mut code = payload.child(ns::SOAP, "Code");
    while let Some(element) = code {
        codes.push(element.child(ns::SOAP, "Value").unwrap().text());
        code = element.child(ns::SOAP, "Subcode");
    }
    let reason = payload.child(ns::SOAP, "Reason").unwrap().child(ns::SOAP, "Text").unwrap();
    format!("{}: {}", codes.join(" "), reason.text())
}

pub fn walk(element: &Element, visit: &mut impl FnMut(&Element)) {
    visit(element);
    element.elements().for_each(|child| walk(child, visit));
}

fn indented(element: &Element, depth: usize, out: &mut String) {
    let prefix = |prefix: &str, local: &str| if prefix.is_empty() { local.to_owned() } else { format!("{prefix}:{local}") };
    let margin = "  ".repeat(depth);
    let name = prefix(&element.name.prefix, &element.name.local);
    let mut tag = format!("{margin}<{name}");
    for attribute in &element.attributes {
        tag.push_str(&format!(" {}={:?}", prefix(&attribute.name.prefix, &attribute.name.local), attribute.value));
    }
    let text = element.text();
    if element.elements().next().is_some() {
        out.push_str(&format!("{tag}>\n"));
        for child in &element.children {
            if let Node::Element(child) = child {
                indented(child, depth + 1, out);
            }
        }
        out.push_str(&format!("{margin}</{name}>\n"));
    } else if text.is_empty() {
        out.push_str(&format!("{tag}/>\n"));
    } else {
        out.push_str(&format!("{tag}>{text}</{name}>\n"));
    }
}

/// The parts of a package, the first one first; its delimiters must stand where RFC 2046 wants them.
fn parts_of(content_type: &str, body: &[u8]) -> Vec<(String, Vec<u8>)> {
    let (_, boundary) = content_type.split_once("boundary=").unwrap();
    let boundary = boundary.trim_start_matches('"').split(['"', ';']).next().unwrap();
    let delimiter = format!("--{boundary}");
    let first = body.strip_prefix(b"\r\n").unwrap_or(body).strip_prefix(delimiter.as_bytes());
    let mut rest = first.unwrap_or_else(|| panic!("the package does not begin with its delimiter"));
    let mut parts = Vec::new();
    let separator = format!("\r\n{delimiter}");
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let end = memmem::find(part, separator.as_bytes()).unwrap();
        let head_end = memmem::find(part, b"\r\n\r\n").unwrap();
        let head = String::from_utf8(part[..head_end].to_vec()).unwrap();
        let id = head.lines().find_map(|line| line.to_ascii_lowercase().starts_with("content-id:").then(|| line[11..].trim().to_owned()));
        parts.push((id.unwrap_or_default(), part[head_end + 4..end].to_vec()));
        rest = &part[end + separator.len()..];
    }
    assert!(rest.starts_with(b"--"), "the package has no end");
    parts
}
