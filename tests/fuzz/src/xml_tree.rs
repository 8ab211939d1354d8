//! XML trees read and written.

use crate::wire::xml::{Element, Node, XmlLimits, XmlWriter, parse};

/// Limits that an input of some kilobytes can reach.
pub const LIMITS: XmlLimits = XmlLimits { depth: 32, attributes: 16, namespaces: 24, nodes: 20_000, bytes: 256 * 1024 };

/// Reads a document within [`LIMITS`].
pub fn tree(bytes: &[u8]) -> Option<Element> {
    parse(bytes, &LIMITS).ok()
}

/// The document that a writer of ours wrote, which has to be one.
pub fn reread(write: impl FnOnce(&mut XmlWriter<Vec<u8>>) -> std::io::Result<()>) -> Element {
    let mut xml = XmlWriter::new(Vec::new());
    write(&mut xml).expect("writing into memory does not fail");
    let bytes = xml.into_inner();
    // What is written is longer than what was read: names, ids and namespaces come to it.
    let roomy = XmlLimits { bytes: 64 << 20, nodes: 4_000_000, ..XmlLimits::default() };
    parse(&bytes, &roomy).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&bytes)))
}

/// Writes a whole tree.
pub fn write(xml: &mut XmlWriter<Vec<u8>>, element: &Element) -> std::io::Result<()> {
    let written = |prefix: &str, local: &str| if prefix.is_empty() { local.to_owned() } else { format!("{prefix}:{local}") };
    let name = written(&element.name.prefix, &element.name.local);
    let declarations = element.namespaces.iter().map(|(prefix, namespace)| {
        let name = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
        (name, namespace.to_string())
    });
    let attributes = element.attributes.iter().map(|a| (written(&a.name.prefix, &a.name.local), a.value.clone()));
    let all: Vec<_> = declarations.chain(attributes).collect();
    let all: Vec<_> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    xml.start(&name, &all)?;
    for child in &element.children {
        match child {
            Node::Element(child) => write(xml, child)?,
            Node::Text(text) => xml.text(text)?,
        }
    }
    xml.end(&name)
}
