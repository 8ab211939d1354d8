//! Which type of document a code means.

use std::collections::BTreeMap;

use super::habilitation::DocumentType;
use crate::model::code::Code;

/// The codes of `DocumentEntry.typeCode` with the types of documents that they mean.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TypeCodes(BTreeMap<(String, String), DocumentType>);

impl TypeCodes {
    /// The table of these: code, code system as an OID, type.
    pub fn new(codes: impl IntoIterator<Item = (String, String, DocumentType)>) -> Self {
        Self(codes.into_iter().map(|(code, system, document_type)| ((code, system), document_type)).collect())
    }

    /// The type that a code means; nothing where it means none, so that nobody has a right to it by the matrix.
    pub fn document_type(&self, code: &Code) -> Option<&DocumentType> {
        self.0.get(&(code.code.clone(), code.scheme.clone()))
    }
}
