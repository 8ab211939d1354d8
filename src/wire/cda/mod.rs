//! Clinical documents of HL7 CDA Release 2 that this server makes itself.

mod document_list;
mod list_words;

pub use document_list::{DocumentList, write_document_list};
