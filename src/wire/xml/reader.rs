//! Bytes to tree.

use std::str;

use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::events::{BytesDecl, BytesStart, Event};

use super::attributes::{normalize, split};
use super::characters::{first_illegal, is_space, resolve_reference, split_qname};
use super::element::{Attribute, Element, Name, Node};
use super::error::{XmlError, XmlFlaw, XmlLimits};
use super::scope::{Binding, Scope};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Reads a whole document: one root element, checked for well-formedness and namespaces, within `limits`.
///
/// Takes UTF-8 only, with or without a byte order mark; time and memory are linear in the length of the input.
pub fn parse(bytes: &[u8], limits: &XmlLimits) -> Result<Element, XmlError> {
    if bytes.len() > limits.bytes {
        return Err(located(XmlFlaw::TooLarge { limit: limits.bytes }, b"", 0, &[]));
    }
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let text = str::from_utf8(bytes).map_err(|e| located(XmlFlaw::NotUtf8, bytes, e.valid_up_to(), &[]))?;
    if let Some((at, found)) = first_illegal(text) {
        return Err(located(XmlFlaw::IllegalCharacter(u32::from(found)), bytes, at, &[]));
    }
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_comments = true;
    let mut tree = Tree::new(limits);
    match build(&mut reader, &mut tree) {
        Ok(root) => Ok(root),
        Err((flaw, at)) => Err(located(flaw, bytes, at, &tree.open)),
    }
}

/// Feeds events to the tree until the end; an error comes with its byte offset.
fn build(reader: &mut Reader<&[u8]>, tree: &mut Tree) -> Result<Element, (XmlFlaw, usize)> {
    loop {
        let at = offset(reader.buffer_position());
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => return Err((syntax(&error), offset(reader.error_position()))),
        };
        if matches!(event, Event::Eof) {
            return tree.finish().map_err(|flaw| (flaw, at));
        }
        tree.take(event, at).map_err(|flaw| (flaw, at))?;
    }
}

struct Tree<'l> {
    limits: &'l XmlLimits,
    scope: Scope,
    nodes: usize,
    /// The elements not closed yet, outermost first.
    open: Vec<Element>,
    root: Option<Element>,
}

impl<'l> Tree<'l> {
    fn new(limits: &'l XmlLimits) -> Self {
        Self { limits, scope: Scope::new(limits.namespaces), nodes: 0, open: Vec::new(), root: None }
    }

    fn take(&mut self, event: Event<'_>, at: usize) -> Result<(), XmlFlaw> {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::Empty(tag) => {
                self.start(&tag)?;
                self.end()
            }
            Event::End(_) => self.end(),
            Event::Text(text) if text.contains("]]>") => Err(XmlFlaw::Malformed("text contains ]]>")),
            Event::Text(text) if self.open.is_empty() => between(&text),
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(text) => self.text(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let mut buffer = [0; 4];
                self.text(resolve_reference(&reference)?.encode_utf8(&mut buffer))
            }
            Event::Comment(_) | Event::Eof => Ok(()),
            Event::Decl(declaration) if at == 0 => check_declaration(&declaration),
            Event::Decl(_) => Err(XmlFlaw::Malformed("the XML declaration is not at the very beginning")),
            Event::PI(_) => Err(XmlFlaw::ProcessingInstruction),
            Event::DocType(_) => Err(XmlFlaw::DocumentType),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), XmlFlaw> {
        if self.root.is_some() {
            return Err(XmlFlaw::Malformed("there is a second root element"));
        }
        if self.open.len() == self.limits.depth {
            return Err(XmlFlaw::TooDeep { limit: self.limits.depth });
        }
        let written = split(tag.attributes_raw(), self.limits.attributes)?;
        self.count(1 + written.len())?;
        let namespaces = self.declare(&written)?;
        let (prefix, local) = split_qname(tag.name().into_inner())?;
        let name = named(self.scope.element(prefix)?, local);
        let attributes = self.attributes(&written)?;
        self.open.push(Element { name, attributes, namespaces, children: Vec::new() });
        Ok(())
    }

    /// Puts the namespace declarations among the attributes in force.
    fn declare(&mut self, written: &[(&str, &str)]) -> Result<Vec<Binding>, XmlFlaw> {
        let mut declared: Vec<Binding> = Vec::new();
        for (name, value) in written {
            let Some(prefix) = declared_prefix(name) else { continue };
            if declared.iter().any(|(earlier, _)| **earlier == *prefix) {
                return Err(XmlFlaw::DuplicateAttribute);
            }
            if name.ends_with(':') {
                return Err(XmlFlaw::IllegalName);
            }
            declared.push(self.scope.declare(prefix, normalize(value)?)?);
        }
        Ok(declared)
    }

    fn attributes(&self, written: &[(&str, &str)]) -> Result<Vec<Attribute>, XmlFlaw> {
        let mut attributes: Vec<Attribute> = Vec::new();
        for (name, value) in written.iter().filter(|(name, _)| declared_prefix(name).is_none()) {
            let (prefix, local) = split_qname(name)?;
            let name = named(self.scope.attribute(prefix)?, local);
            // Quadratic in the attributes of one element only, which are limited.
            if attributes.iter().any(|earlier| earlier.name.is(&name.namespace, &name.local)) {
                return Err(XmlFlaw::DuplicateAttribute);
            }
            attributes.push(Attribute { name, value: normalize(value)? });
        }
        Ok(attributes)
    }

    fn end(&mut self) -> Result<(), XmlFlaw> {
        let Some(element) = self.open.pop() else {
            return Err(XmlFlaw::Malformed("an end-tag has no start-tag"));
        };
        self.scope.forget(element.namespaces.len());
        match self.open.last_mut() {
            Some(parent) => parent.children.push(Node::Element(Box::new(element))),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), XmlFlaw> {
        let Some(parent) = self.open.last_mut() else {
            return Err(XmlFlaw::Malformed("there is text outside the root element"));
        };
        if text.is_empty() {
            return Ok(());
        }
        if let Some(Node::Text(before)) = parent.children.last_mut() {
            before.push_str(text);
            return Ok(());
        }
        parent.children.push(Node::Text(text.to_owned()));
        self.count(1)
    }

    fn count(&mut self, more: usize) -> Result<(), XmlFlaw> {
        self.nodes += more;
        if self.nodes > self.limits.nodes { Err(XmlFlaw::TooManyNodes { limit: self.limits.nodes }) } else { Ok(()) }
    }

    fn finish(&mut self) -> Result<Element, XmlFlaw> {
        if !self.open.is_empty() {
            return Err(XmlFlaw::Malformed("the document ends before its elements are closed"));
        }
        self.root.take().ok_or(XmlFlaw::Malformed("there is no element"))
    }
}

fn named((prefix, namespace): Binding, local: &str) -> Name {
    Name { prefix, namespace, local: local.to_owned() }
}

/// The prefix that an attribute of this name declares, if it is a namespace declaration at all.
fn declared_prefix(attribute: &str) -> Option<&str> {
    if attribute == "xmlns" { Some("") } else { attribute.strip_prefix("xmlns:") }
}

/// Text before and after the root element.
fn between(text: &str) -> Result<(), XmlFlaw> {
    if text.chars().all(is_space) {
        return Ok(());
    }
    Err(XmlFlaw::Malformed("there is text outside the root element"))
}

/// `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`, the last two optional (XML 1.0, production 23).
fn check_declaration(declaration: &BytesDecl<'_>) -> Result<(), XmlFlaw> {
    let content: &str = declaration;
    let written =
        split(content.strip_prefix("xml").unwrap_or(content), 3).map_err(|_| XmlFlaw::Malformed("the XML declaration is not valid"))?;
    let mut expected = ["version", "encoding", "standalone"].iter();
    for (index, (name, value)) in written.iter().enumerate() {
        let in_order = expected.any(|candidate| candidate == name) && (index > 0) == (*name != "version");
        let valid = match *name {
            "version" => *value == "1.0",
            "encoding" if !is_utf8_subset(value) => return Err(XmlFlaw::NotUtf8),
            "standalone" => matches!(*value, "yes" | "no"),
            _ => true,
        };
        if !in_order || !valid {
            return Err(XmlFlaw::Malformed("the XML declaration is not valid; version 1.0 is expected"));
        }
    }
    if written.is_empty() { Err(XmlFlaw::Malformed("the XML declaration has no version")) } else { Ok(()) }
}

fn is_utf8_subset(encoding: &str) -> bool {
    ["utf-8", "utf8", "us-ascii"].iter().any(|name| encoding.eq_ignore_ascii_case(name))
}

/// quick-xml's error without the pieces of the document that it repeats.
fn syntax(error: &Error) -> XmlFlaw {
    let reason = match error {
        Error::Syntax(SyntaxError::UnclosedDoctype) | Error::IllFormed(IllFormedError::MissingDoctypeName) => {
            return XmlFlaw::DocumentType;
        }
        Error::Syntax(SyntaxError::UnclosedPI) => return XmlFlaw::ProcessingInstruction,
        Error::Syntax(SyntaxError::InvalidBangMarkup) => "markup that begins with <! is neither comment nor CDATA",
        Error::Syntax(_) => "the document ends inside markup",
        Error::IllFormed(IllFormedError::UnmatchedEndTag(_)) => "an end-tag has no start-tag",
        Error::IllFormed(IllFormedError::MismatchedEndTag { .. }) => "an end-tag does not match its start-tag",
        Error::IllFormed(IllFormedError::DoubleHyphenInComment) => "a comment contains --",
        Error::IllFormed(IllFormedError::UnclosedReference) => "a reference has no end",
        _ => "the XML grammar is broken here",
    };
    XmlFlaw::Malformed(reason)
}

fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

fn located(flaw: XmlFlaw, bytes: &[u8], at: usize, open: &[Element]) -> XmlError {
    let before = bytes.get(..at).unwrap_or(bytes);
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    // Each character has one byte that is not a UTF-8 continuation byte.
    let characters = before.iter().skip(line_start).filter(|byte| **byte & 0xC0 != 0x80).count();
    XmlError { flaw, line, column: characters + 1, path: path(open) }
}

/// The open elements, shortened where a hostile sender would make them long.
fn path(open: &[Element]) -> String {
    let mut path = String::new();
    for Element { name, .. } in open.iter().take(16) {
        path.push('/');
        path.extend(name.prefix.chars().take(32));
        if !name.prefix.is_empty() {
            path.push(':');
        }
        path.extend(name.local.chars().take(64));
    }
    if open.len() > 16 {
        path.push_str("/…");
    }
    path
}

#[cfg(test)]
mod tests;
