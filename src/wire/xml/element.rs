//! The tree a document is read into.

use std::borrow::Cow;
use std::sync::Arc;

/// A qualified name with its namespace resolved.
///
/// Prefix and namespace are shared between all names that use them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The prefix as written, empty if there is none.
    pub prefix: Arc<str>,
    /// The namespace name, empty for a name in no namespace.
    pub namespace: Arc<str>,
    /// The local part.
    pub local: String,
}

impl Name {
    /// Whether this is the name `local` in the namespace `namespace`; the prefix does not matter.
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        self.local == local && *self.namespace == *namespace
    }
}

/// An attribute that is not a namespace declaration, its value normalized as CDATA (XML 1.0, 3.3.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The attribute's name; without a prefix it is in no namespace.
    pub name: Name,
    /// The value with references replaced.
    pub value: String,
}

/// An element with all it contains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// The element's name.
    pub name: Name,
    /// Its attributes in the order written, without namespace declarations.
    pub attributes: Vec<Attribute>,
    /// The namespaces declared on this very element, as prefix (empty for the default) and namespace name.
    pub namespaces: Vec<(Arc<str>, Arc<str>)>,
    /// Child elements and text in document order.
    pub children: Vec<Node>,
}

/// What an element contains. Comments are not kept; adjacent text and CDATA sections are one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A child element.
    Element(Box<Element>),
    /// Character data with references replaced and line ends normalized to a line feed.
    Text(String),
}

impl Element {
    /// Whether the element has the name `local` in the namespace `namespace`.
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        self.name.is(namespace, local)
    }

    /// The child elements in document order.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element.as_ref()),
            Node::Text(_) => None,
        })
    }

    /// The first child element of that name.
    pub fn child(&self, namespace: &str, local: &str) -> Option<&Element> {
        self.elements().find(|element| element.is(namespace, local))
    }

    /// All child elements of that name.
    pub fn children_named<'a>(&'a self, namespace: &'a str, local: &'a str) -> impl Iterator<Item = &'a Element> {
        self.elements().filter(move |element| element.is(namespace, local))
    }

    /// The value of the attribute `local` that is in no namespace.
    pub fn attribute(&self, local: &str) -> Option<&str> {
        self.attribute_ns("", local)
    }

    /// The value of the attribute `local` in the namespace `namespace`.
    pub fn attribute_ns(&self, namespace: &str, local: &str) -> Option<&str> {
        self.attributes.iter().find(|attribute| attribute.name.is(namespace, local)).map(|attribute| attribute.value.as_str())
    }

    /// The text directly inside this element, not that of its child elements; nothing is trimmed.
    pub fn text(&self) -> String {
        self.text_cow().into_owned()
    }

    /// [`Element::text`] without a copy in the usual case of one piece of text.
    pub fn text_cow(&self) -> Cow<'_, str> {
        let mut texts = self.children.iter().filter_map(|node| match node {
            Node::Text(text) => Some(text.as_str()),
            Node::Element(_) => None,
        });
        match (texts.next(), texts.next()) {
            (None, _) => Cow::Borrowed(""),
            (Some(only), None) => Cow::Borrowed(only),
            (Some(first), Some(second)) => {
                let mut all = String::from(first);
                all.push_str(second);
                all.extend(texts);
                Cow::Owned(all)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::wire::xml::{XmlLimits, parse};

    const NS: &str = "urn:a";

    #[test]
    fn accessors_go_by_namespace_and_not_by_prefix() {
        let xml = br#"<x:r xmlns:x="urn:a" xmlns:y="urn:a" xmlns:z="urn:z" k="none" y:k="a">
            <y:c/><z:c/><x:c>1</x:c><c/></x:r>"#;
        let root = parse(xml, &XmlLimits::default()).unwrap();
        assert!(root.is(NS, "r") && !root.is("", "r") && !root.is(NS, "R"));
        assert_eq!(root.children_named(NS, "c").count(), 2);
        assert_eq!(root.elements().count(), 4);
        assert_eq!(root.children_named(NS, "c").last().unwrap().text(), "1");
        assert_eq!(root.child("urn:z", "c").unwrap().name.prefix.as_ref(), "z");
        assert_eq!(root.child("urn:z", "d"), None);
        assert_eq!((root.attribute("k"), root.attribute_ns(NS, "k")), (Some("none"), Some("a")));
        assert_eq!(root.attribute("z"), None);
    }

    #[test]
    fn text_is_direct_text_only() {
        let root = parse(b"<r>a<b>x</b>c<b/> d</r>", &XmlLimits::default()).unwrap();
        assert_eq!(root.text(), "ac d");
        assert_eq!(root.child("", "b").unwrap().text_cow(), "x");
        assert_eq!(root.elements().last().unwrap().text_cow(), "");
    }
}
