//! The one XML reader and writer of the crate.
//!
//! [`parse`] turns bytes into a tree of [`Element`]s with every namespace resolved, within [`XmlLimits`], and refuses
//! what a SOAP message must not contain (SOAP 1.2 part 1, 5): document type declarations and processing instructions,
//! and with them every entity but the five predefined ones.
//! [`XmlWriter`] writes well-formed XML whatever text it is given.
//!
//! The tree keeps prefixes and namespace declarations, because exclusive canonicalization needs them.

mod attributes;
mod characters;
mod copy;
mod element;
mod error;
pub mod namespaces;
mod reader;
mod scope;
mod writer;

pub use element::{Attribute, Element, Name, Node};
pub use error::{XmlError, XmlFlaw, XmlLimits};
pub use namespaces as ns;
pub use reader::parse;
pub use writer::XmlWriter;
