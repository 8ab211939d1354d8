//! The namespace declarations in force while reading (Namespaces in XML 1.0, 3 and 6).

use std::sync::Arc;

use super::characters::is_ncname;
use super::error::XmlFlaw;
use super::ns;

/// The longest namespace name, in bytes. Whoever writes names out again may have to repeat them at each use.
const LONGEST_NAME: usize = 2048;

/// Prefix (empty for the default) and namespace name.
pub(super) type Binding = (Arc<str>, Arc<str>);

/// The declarations in force, innermost last.
pub(super) struct Scope {
    bindings: Vec<Binding>,
    limit: usize,
    none: Binding,
    xml: Binding,
}

impl Scope {
    /// With nothing declared and at most `limit` declarations in force at once.
    pub(super) fn new(limit: usize) -> Self {
        let none: Arc<str> = Arc::from("");
        Self { bindings: Vec::new(), limit, none: (Arc::clone(&none), none), xml: (Arc::from("xml"), Arc::from(ns::XML)) }
    }

    /// Puts a declaration in force.
    pub(super) fn declare(&mut self, prefix: &str, uri: String) -> Result<Binding, XmlFlaw> {
        check_declaration(prefix, &uri)?;
        if self.bindings.len() == self.limit {
            return Err(XmlFlaw::TooManyNamespaces { limit: self.limit });
        }
        let binding: Binding = (Arc::from(prefix), Arc::from(uri));
        self.bindings.push(binding.clone());
        Ok(binding)
    }

    /// Ends the last `count` declarations.
    pub(super) fn forget(&mut self, count: usize) {
        self.bindings.truncate(self.bindings.len().saturating_sub(count));
    }

    /// What the prefix of an element's name stands for.
    pub(super) fn element(&self, prefix: &str) -> Result<Binding, XmlFlaw> {
        if prefix == "xml" {
            return Ok(self.xml.clone());
        }
        match self.bindings.iter().rev().find(|(declared, _)| **declared == *prefix) {
            Some(binding) => Ok(binding.clone()),
            None if prefix.is_empty() => Ok(self.none.clone()),
            None => Err(XmlFlaw::UnboundPrefix),
        }
    }

    /// What the prefix of an attribute's name stands for; the default namespace does not apply to attributes.
    pub(super) fn attribute(&self, prefix: &str) -> Result<Binding, XmlFlaw> {
        if prefix.is_empty() { Ok(self.none.clone()) } else { self.element(prefix) }
    }
}

fn check_declaration(prefix: &str, uri: &str) -> Result<(), XmlFlaw> {
    if prefix == "xmlns" || uri == ns::XMLNS {
        return Err(XmlFlaw::IllegalNamespace("xmlns is reserved"));
    }
    if uri.len() > LONGEST_NAME {
        return Err(XmlFlaw::IllegalNamespace("a namespace name is longer than 2048 bytes"));
    }
    if (prefix == "xml") != (uri == ns::XML) {
        return Err(XmlFlaw::IllegalNamespace("the prefix xml and its namespace belong together"));
    }
    if prefix.is_empty() {
        return Ok(());
    }
    if uri.is_empty() {
        return Err(XmlFlaw::IllegalNamespace("a prefix is bound to no namespace"));
    }
    if is_ncname(prefix) { Ok(()) } else { Err(XmlFlaw::IllegalName) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_declarations_hide_outer_ones_until_forgotten() {
        let mut scope = Scope::new(9);
        scope.declare("a", "urn:1".into()).unwrap();
        scope.declare("", "urn:d".into()).unwrap();
        scope.declare("a", "urn:2".into()).unwrap();
        assert_eq!(scope.element("a").unwrap().1.as_ref(), "urn:2");
        scope.forget(1);
        assert_eq!(scope.element("a").unwrap().1.as_ref(), "urn:1");
        assert_eq!(scope.element("").unwrap().1.as_ref(), "urn:d");
        assert_eq!(scope.attribute("").unwrap().1.as_ref(), "");
        assert_eq!(scope.attribute("xml").unwrap().1.as_ref(), ns::XML);
        assert_eq!(scope.element("b"), Err(XmlFlaw::UnboundPrefix));
        assert_eq!(scope.element("xmlns"), Err(XmlFlaw::UnboundPrefix));
    }

    #[test]
    fn reserved_and_empty_bindings_are_refused() {
        let cases = [("xmlns", "urn:a"), ("a", ns::XMLNS), ("xml", "urn:a"), ("a", ns::XML), ("a", ""), ("", ns::XML)];
        for (prefix, uri) in cases {
            let refused = Scope::new(9).declare(prefix, uri.into());
            assert!(matches!(refused, Err(XmlFlaw::IllegalNamespace(_))), "{prefix} {uri}");
        }
        for prefix in ["a", ""] {
            assert!(Scope::new(9).declare(prefix, "u".repeat(2048)).is_ok());
            let refused = Scope::new(9).declare(prefix, "u".repeat(2049));
            assert!(matches!(refused, Err(XmlFlaw::IllegalNamespace(_))), "{prefix}");
        }
        assert!(Scope::new(9).declare("xml", ns::XML.into()).is_ok());
        assert!(Scope::new(9).declare("", String::new()).is_ok());
    }
}
