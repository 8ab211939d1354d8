//! Elements that were read, written again elsewhere.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::element::{Element, Name, Node};
use super::writer::XmlWriter;

impl<W: Write> XmlWriter<W> {
    /// Writes an element so that it means the same in any place: each one declares the prefixes that its own name and
    /// attributes use, and those that were declared on it. A prefix that occurs in text only, and was declared further up,
    /// is lost.
    pub fn element(&mut self, element: &Element) -> io::Result<()> {
        let name = written_name(&element.name);
        let attributes: Vec<_> =
            element.attributes.iter().map(|attribute| (written_name(&attribute.name), attribute.value.as_str())).collect();
        let declarations = declarations(element);
        let declared = declarations.iter().map(|(name, namespace)| (name.as_str(), *namespace));
        let all: Vec<_> = declared.chain(attributes.iter().map(|(name, value)| (name.as_str(), *value))).collect();
        if element.children.is_empty() {
            return self.empty(&name, &all);
        }
        self.start(&name, &all)?;
        for child in &element.children {
            match child {
                Node::Element(child) => self.element(child)?,
                Node::Text(text) => self.text(text)?,
            }
        }
        self.end(&name)
    }
}

fn written_name(name: &Name) -> String {
    if name.prefix.is_empty() { name.local.clone() } else { format!("{}:{}", name.prefix, name.local) }
}

/// `xmlns` attributes with their values.
fn declarations(element: &Element) -> BTreeMap<String, &str> {
    let own = element.namespaces.iter().map(|(prefix, namespace)| (prefix, namespace));
    // An attribute without a prefix is in no namespace; an element without one is in the default namespace.
    let prefixed = element.attributes.iter().map(|attribute| &attribute.name).filter(|name| !name.prefix.is_empty());
    let used = prefixed.chain([&element.name]).map(|name| (&name.prefix, &name.namespace));
    let all = own.chain(used).filter(|(prefix, _)| &***prefix != "xml");
    let name = |prefix: &str| if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
    all.map(|(prefix, namespace)| (name(prefix), &**namespace)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::xml::{XmlLimits, parse};

    /// The element without what only tells how it was written.
    fn meaning(element: &Element) -> String {
        let attributes: BTreeMap<_, _> = element
            .attributes
            .iter()
            .map(|attribute| ((attribute.name.namespace.to_string(), attribute.name.local.clone()), attribute.value.clone()))
            .collect();
        let children: Vec<_> = element
            .children
            .iter()
            .map(|node| match node {
                Node::Element(child) => meaning(child),
                Node::Text(text) => format!("{text:?}"),
            })
            .collect();
        format!("{{{}}}{}{attributes:?}{children:?}", element.name.namespace, element.name.local)
    }

    #[test]
    fn a_copy_means_the_same_in_another_place() {
        let source = br#"<r xmlns="urn:d" xmlns:a="urn:a" xmlns:b="urn:b"><c a:x="1" y="&lt;&quot;&#10;" xml:lang="fr">t&amp;<b:d xmlns:b="urn:b2" b:x="2"/>
            <e xmlns=""><a:f/></e></c></r>"#;
        let root = parse(source, &XmlLimits::default()).unwrap();
        let child = root.elements().next().unwrap();
        let mut xml = XmlWriter::new(Vec::new());
        xml.start("other", &[("xmlns", "urn:elsewhere"), ("xmlns:a", "urn:not-a"), ("xmlns:b", "urn:not-b")]).unwrap();
        xml.element(child).unwrap();
        xml.end("other").unwrap();
        let copied = parse(&xml.into_inner(), &XmlLimits::default()).unwrap();
        assert_eq!(meaning(copied.elements().next().unwrap()), meaning(child));
    }
}
