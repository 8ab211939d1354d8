//! ProvideAndRegisterDocumentSetRequest, as a document source writes it (ITI TF-2: 3.41.4.1.2).

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::model::ids::EntryUuid;
use crate::model::submission_request::SubmissionRequest;
use crate::wire::mtom::ContentId;
use crate::wire::xml::{XmlWriter, ns};

use super::submit_objects::write_submit_objects;

/// Where the content of a submitted document is.
#[derive(Debug, Clone, Copy)]
pub enum ProvidedContent<'a> {
    /// In another part of the message.
    Part(&'a ContentId),
    /// Here, as base64.
    Inline(&'a [u8]),
}

/// Writes `xdsb:ProvideAndRegisterDocumentSetRequest` with one `Document` element for each entry that brings content.
pub fn write_provide_and_register<W: Write>(
    xml: &mut XmlWriter<W>,
    request: &SubmissionRequest,
    documents: &[(EntryUuid, ProvidedContent<'_>)],
) -> io::Result<()> {
    xml.start("xdsb:ProvideAndRegisterDocumentSetRequest", &[("xmlns:xdsb", ns::XDSB)])?;
    write_submit_objects(xml, request)?;
    for (entry, content) in documents {
        xml.start("xdsb:Document", &[("id", &entry.to_string())])?;
        match content {
            ProvidedContent::Part(id) => xml.empty("xop:Include", &[("xmlns:xop", ns::XOP), ("href", &id.cid_url())])?,
            ProvidedContent::Inline(bytes) => xml.raw(STANDARD.encode(bytes).as_bytes())?,
        }
        xml.end("xdsb:Document")?;
    }
    xml.end("xdsb:ProvideAndRegisterDocumentSetRequest")
}
