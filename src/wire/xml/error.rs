//! What is refused, where, and how much is accepted.

use thiserror::Error;

/// How much of everything a document may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct XmlLimits {
    /// Elements inside one another, the root counted.
    pub depth: usize,
    /// Attributes of one element, namespace declarations counted.
    pub attributes: usize,
    /// Namespace declarations in force at one place.
    pub namespaces: usize,
    /// Elements, attributes and texts in all; each takes about 150 bytes of memory at most beside its own characters.
    pub nodes: usize,
    /// Bytes of the whole document.
    pub bytes: usize,
}

impl Default for XmlLimits {
    fn default() -> Self {
        Self { depth: 64, attributes: 64, namespaces: 64, nodes: 2_000_000, bytes: 16 * 1024 * 1024 }
    }
}

/// A document that was refused. Names and places only: no text and no attribute value is ever repeated.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("XML refused at line {line}, column {column}{}{path}: {flaw}", if path.is_empty() { "" } else { ", in " })]
pub struct XmlError {
    /// What is wrong.
    pub flaw: XmlFlaw,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The open elements as `/soap:Envelope/soap:Body`, empty outside the root element.
    pub path: String,
}

/// What is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum XmlFlaw {
    /// The document has more bytes than [`XmlLimits::bytes`].
    #[error("the document has more than {limit} bytes")]
    TooLarge {
        /// The limit in force.
        limit: usize,
    },
    /// Elements are nested deeper than [`XmlLimits::depth`].
    #[error("elements are nested more than {limit} deep")]
    TooDeep {
        /// The limit in force.
        limit: usize,
    },
    /// An element has more attributes than [`XmlLimits::attributes`].
    #[error("the element has more than {limit} attributes")]
    TooManyAttributes {
        /// The limit in force.
        limit: usize,
    },
    /// More namespaces are declared than [`XmlLimits::namespaces`].
    #[error("more than {limit} namespace declarations are in force")]
    TooManyNamespaces {
        /// The limit in force.
        limit: usize,
    },
    /// There are more elements, attributes and texts than [`XmlLimits::nodes`].
    #[error("the document has more than {limit} elements, attributes and texts")]
    TooManyNodes {
        /// The limit in force.
        limit: usize,
    },
    /// The bytes are not UTF-8, or the XML declaration names another encoding.
    #[error("the document is not in UTF-8; send it in UTF-8")]
    NotUtf8,
    /// A document type declaration, which SOAP forbids.
    #[error("a document type declaration (<!DOCTYPE) is not allowed")]
    DocumentType,
    /// A processing instruction, which SOAP forbids.
    #[error("a processing instruction is not allowed")]
    ProcessingInstruction,
    /// A reference to an entity that is not predefined.
    #[error("only the entities lt, gt, amp, apos and quot and character references may be referred to")]
    UnknownEntity,
    /// A character that XML 1.0 does not allow, written directly or as a reference.
    #[error("the character U+{0:04X} is not allowed in XML 1.0")]
    IllegalCharacter(u32),
    /// A name that is no qualified name (Namespaces in XML 1.0, 4).
    #[error("the name of an element or attribute is not a valid qualified name")]
    IllegalName,
    /// A prefix nothing is declared for.
    #[error("a namespace prefix is used that is not declared")]
    UnboundPrefix,
    /// A declaration that Namespaces in XML 1.0 forbids.
    #[error("a namespace declaration is not allowed: {0}")]
    IllegalNamespace(&'static str),
    /// One element with the same attribute twice.
    #[error("the element has the same attribute twice")]
    DuplicateAttribute,
    /// Any other breach of the XML grammar.
    #[error("not well-formed: {0}")]
    Malformed(&'static str),
}
