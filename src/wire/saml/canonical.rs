//! Exclusive XML Canonicalization 1.0, without comments (W3C, 18 July 2002).

use crate::wire::xml::{Element, Node};

/// A namespace declaration: prefix (empty for the default) and namespace name.
type Declaration<'a> = (&'a str, &'a str);

/// What is canonicalized, and where it stands.
pub struct Canonical<'a> {
    /// The element that becomes the root of the canonical form.
    pub apex: &'a Element,
    /// The namespaces that its ancestors declare, outermost first.
    pub scope: Vec<Declaration<'a>>,
    /// The `PrefixList` of `ec:InclusiveNamespaces`: prefixes treated as inclusive canonicalization treats all
    /// (section 3, step 1); `#default` stands for the default namespace.
    pub inclusive: Vec<&'a str>,
    /// A descendant that is left out: this very node, not one that looks like it. So works the transform
    /// `enveloped-signature` (XML Signature, 6.6.4).
    pub omit: Option<&'a Element>,
}

impl Canonical<'_> {
    /// The canonical form, in UTF-8; nothing if it is longer than `most` bytes. Whoever writes a long namespace name once and
    /// uses it in many places has it repeated in each of them, so the form may be far longer than what came in.
    pub fn bytes_within(&self, most: usize) -> Option<Vec<u8>> {
        let inclusive = self.inclusive.iter().map(|prefix| if *prefix == "#default" { "" } else { *prefix }).collect();
        let scope = self.scope.clone();
        let mut writer = Writer { out: Vec::with_capacity(4096), most, scope, rendered: Vec::new(), inclusive, omit: self.omit };
        writer.element(self.apex);
        Some(writer.out).filter(|out| out.len() <= most)
    }
}

struct Writer<'a> {
    out: Vec<u8>,
    /// Nothing more is written once `out` is longer.
    most: usize,
    /// Declarations in force, innermost last; kept for the inclusive prefixes only.
    scope: Vec<Declaration<'a>>,
    /// Declarations written on elements that are still open, innermost last.
    rendered: Vec<Declaration<'a>>,
    inclusive: Vec<&'a str>,
    omit: Option<&'a Element>,
}

impl<'a> Writer<'a> {
    fn element(&mut self, element: &'a Element) {
        let (scope, rendered) = (self.scope.len(), self.rendered.len());
        self.scope.extend(element.namespaces.iter().map(|(prefix, namespace)| (prefix.as_ref(), namespace.as_ref())));
        self.out.push(b'<');
        self.name(&element.name.prefix, &element.name.local);
        self.declarations(element);
        self.attributes(element);
        self.out.push(b'>');
        for node in &element.children {
            if self.out.len() > self.most {
                break;
            }
            match node {
                Node::Element(child) if self.omit.is_some_and(|omitted| std::ptr::eq(omitted, child.as_ref())) => {}
                Node::Element(child) => self.element(child),
                Node::Text(text) => self.escaped(text, in_text),
            }
        }
        self.out.extend_from_slice(b"</");
        self.name(&element.name.prefix, &element.name.local);
        self.out.push(b'>');
        self.scope.truncate(scope);
        self.rendered.truncate(rendered);
    }

    fn name(&mut self, prefix: &str, local: &str) {
        if !prefix.is_empty() {
            self.out.extend_from_slice(prefix.as_bytes());
            self.out.push(b':');
        }
        self.out.extend_from_slice(local.as_bytes());
    }

    /// The declarations of prefixes that this element and its attributes visibly use and of the inclusive ones, in the
    /// order of their prefixes, as far as no open element has written the same (section 3, step 3).
    fn declarations(&mut self, element: &'a Element) {
        let before = self.rendered.len();
        self.declare(before, &element.name.prefix, &element.name.namespace);
        for attribute in element.attributes.iter().filter(|attribute| !attribute.name.prefix.is_empty()) {
            self.declare(before, &attribute.name.prefix, &attribute.name.namespace);
        }
        for at in 0..self.inclusive.len() {
            let found = self.inclusive.get(at).and_then(|prefix| self.scope.iter().rev().find(|(declared, _)| declared == prefix)).copied();
            if let Some((prefix, namespace)) = found {
                self.declare(before, prefix, namespace);
            }
        }
        let Some(new) = self.rendered.get_mut(before..) else { return };
        new.sort_unstable();
        let new = new.to_vec();
        for (prefix, namespace) in new {
            self.out.extend_from_slice(b" xmlns");
            if !prefix.is_empty() {
                self.out.push(b':');
                self.out.extend_from_slice(prefix.as_bytes());
            }
            self.out.extend_from_slice(b"=\"");
            self.escaped(namespace, in_attribute);
            self.out.push(b'"');
        }
    }

    /// Notes a declaration to be written, unless the same is in force in what is written already.
    fn declare(&mut self, before: usize, prefix: &'a str, namespace: &'a str) {
        let in_force = self.rendered.iter().rposition(|(written, _)| *written == prefix);
        let same = match in_force.and_then(|at| self.rendered.get(at)) {
            // An element has each prefix once: what this one has noted is what it uses.
            Some(_) if in_force.is_some_and(|at| at >= before) => true,
            Some((_, written)) => *written == namespace,
            // Nothing is written for no namespace as long as no default is in force.
            None => prefix.is_empty() && namespace.is_empty(),
        };
        if !same && prefix != "xml" {
            self.rendered.push((prefix, namespace));
        }
    }

    /// Attributes in the order of namespace and local name (Canonical XML 1.0, 2.2).
    fn attributes(&mut self, element: &'a Element) {
        let mut attributes: Vec<_> = element.attributes.iter().collect();
        attributes.sort_unstable_by(|a, b| (&a.name.namespace, &a.name.local).cmp(&(&b.name.namespace, &b.name.local)));
        for attribute in attributes {
            self.out.push(b' ');
            self.name(&attribute.name.prefix, &attribute.name.local);
            self.out.extend_from_slice(b"=\"");
            self.escaped(&attribute.value, in_attribute);
            self.out.push(b'"');
        }
    }

    fn escaped(&mut self, text: &str, replacement: fn(u8) -> Option<&'static [u8]>) {
        let mut plain = 0;
        for (at, byte) in text.bytes().enumerate() {
            if let Some(written) = replacement(byte) {
                self.out.extend_from_slice(text.as_bytes().get(plain..at).unwrap_or_default());
                self.out.extend_from_slice(written);
                plain = at + 1;
            }
        }
        self.out.extend_from_slice(text.as_bytes().get(plain..).unwrap_or_default());
    }
}

/// Canonical XML 1.0, 2.3, text nodes. The bytes replaced are never part of a longer character.
fn in_text(byte: u8) -> Option<&'static [u8]> {
    match byte {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'>' => Some(b"&gt;"),
        b'\r' => Some(b"&#xD;"),
        _ => None,
    }
}

/// Canonical XML 1.0, 2.3, attribute nodes.
fn in_attribute(byte: u8) -> Option<&'static [u8]> {
    match byte {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'"' => Some(b"&quot;"),
        b'\t' => Some(b"&#x9;"),
        b'\n' => Some(b"&#xA;"),
        b'\r' => Some(b"&#xD;"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::xml::{XmlLimits, parse};

    fn canonical(xml: &str, inclusive: &[&str]) -> String {
        let root = parse(xml.as_bytes(), &XmlLimits::default()).unwrap();
        let bytes = Canonical { apex: &root, scope: Vec::new(), inclusive: inclusive.to_vec(), omit: None }.bytes_within(4096).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn only_what_is_used_is_declared_where_it_is_used() {
        let xml = r#"<a:r xmlns:b="urn:b" xmlns:a="urn:a" xmlns:c="urn:c"><b:x c:k="1"/><b:y><b:z/></b:y></a:r>"#;
        let expected = concat!(
            r#"<a:r xmlns:a="urn:a"><b:x xmlns:b="urn:b" xmlns:c="urn:c" c:k="1"></b:x>"#,
            r#"<b:y xmlns:b="urn:b"><b:z></b:z></b:y></a:r>"#
        );
        assert_eq!(canonical(xml, &[]), expected);
    }

    #[test]
    fn inclusive_prefixes_are_declared_where_they_come_into_force() {
        let xml = r#"<r xmlns:xs="urn:xs"><t v="xs:string"/><t xmlns:xs="urn:other" v="xs:string"/></r>"#;
        let expected = r#"<r xmlns:xs="urn:xs"><t v="xs:string"></t><t xmlns:xs="urn:other" v="xs:string"></t></r>"#;
        assert_eq!(canonical(xml, &["xs", "absent"]), expected);
        let inner = parse(r#"<t v="xs:string"/>"#.as_bytes(), &XmlLimits::default()).unwrap();
        let bytes = Canonical { apex: &inner, scope: vec![("xs", "urn:1"), ("xs", "urn:2")], inclusive: vec!["xs"], omit: None }
            .bytes_within(4096)
            .unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), r#"<t xmlns:xs="urn:2" v="xs:string"></t>"#);
    }

    #[test]
    fn the_default_namespace_is_taken_back_where_it_was_given() {
        let xml = r#"<r xmlns="urn:d"><a xmlns=""><b/></a><c xmlns="urn:d"/></r>"#;
        assert_eq!(canonical(xml, &[]), r#"<r xmlns="urn:d"><a xmlns=""><b></b></a><c></c></r>"#);
        assert_eq!(canonical(r#"<r xmlns=""><a xmlns=""/></r>"#, &["#default"]), "<r><a></a></r>");
        assert_eq!(canonical(r#"<p:r xmlns:p="urn:p" xmlns="urn:d"/>"#, &["#default"]), r#"<p:r xmlns="urn:d" xmlns:p="urn:p"></p:r>"#);
    }

    #[test]
    fn attributes_are_sorted_and_characters_escaped() {
        let xml = "<r z:a='1' b=\"&quot;&lt;>&amp;&#9;&#10;&#13;'\" a='2' y:c='3' xml:lang='de' xmlns:y='urn:2' xmlns:z='urn:1'>&gt;&lt;&amp;\"&#13;\u{e9}</r>";
        let expected = concat!(
            r#"<r xmlns:y="urn:2" xmlns:z="urn:1" a="2" b="&quot;&lt;>&amp;&#x9;&#xA;&#xD;'" xml:lang="de" z:a="1" y:c="3">"#,
            "&gt;&lt;&amp;\"&#xD;\u{e9}</r>"
        );
        assert_eq!(canonical(xml, &[]), expected);
    }

    #[test]
    fn a_form_that_outgrows_its_bound_is_not_written_to_its_end() {
        let long = format!("<r xmlns:p='{}'>{}</r>", "u".repeat(1000), "<p:a/>".repeat(1000));
        let root = parse(long.as_bytes(), &XmlLimits::default()).unwrap();
        let form = Canonical { apex: &root, scope: Vec::new(), inclusive: Vec::new(), omit: None };
        let whole = form.bytes_within(usize::MAX).unwrap().len();
        assert!(whole > 1_000_000);
        assert_eq!(form.bytes_within(whole).map(|bytes| bytes.len()), Some(whole));
        assert_eq!(form.bytes_within(whole - 1), None);
        let mut writer = Writer { out: Vec::new(), most: 5000, scope: Vec::new(), rendered: Vec::new(), inclusive: Vec::new(), omit: None };
        writer.element(&root);
        assert!(writer.out.len() < 7000, "{}", writer.out.len());
    }

    #[test]
    fn an_omitted_node_is_left_out_and_its_twin_stays() {
        let root = parse(b"<r><s>1</s><s>1</s></r>", &XmlLimits::default()).unwrap();
        let omit = root.elements().next();
        let bytes = Canonical { apex: &root, scope: Vec::new(), inclusive: Vec::new(), omit }.bytes_within(4096).unwrap();
        assert_eq!(bytes, b"<r><s>1</s></r>");
    }
}
