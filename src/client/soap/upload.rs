//! A request as bytes to send: whole, or with documents that stream.

use std::io::{self, Cursor, Read};

use uuid::Uuid;

use crate::model::document_entry::DocumentEntry;
use crate::model::ids::EntryUuid;
use crate::model::submission_request::SubmissionRequest;
use crate::wire::ebrim::{ProvidedContent, write_provide_and_register};
use crate::wire::mtom::{ContentId, MtomWriter, response_content_type};
use crate::wire::saml::WrittenAssertion;
use crate::wire::soap;
use crate::wire::xml::XmlWriter;

use super::OutgoingDocument;

/// A request ready to be sent.
pub(super) struct Upload<'a> {
    pub(super) content_type: String,
    pub(super) length: u64,
    pub(super) body: Box<dyn Read + 'a>,
}

/// Where a request goes and what it asks for.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) url: &'a str,
    pub(super) action: &'a str,
    /// For whom it asks.
    pub(super) assertion: Option<&'a WrittenAssertion>,
}

/// A request that is one envelope (SOAP 1.2 part 2, 7; RFC 3902 for the action).
pub(super) fn simple(
    target: Target<'_>,
    payload: impl FnOnce(&mut XmlWriter<&mut Vec<u8>>) -> io::Result<()>,
) -> io::Result<Upload<'static>> {
    let mut bytes = Vec::new();
    soap::write_request_for(&mut bytes, target.url, target.action, &message_id(), target.assertion, payload)?;
    Ok(Upload {
        content_type: format!("application/soap+xml; charset=UTF-8; action=\"{}\"", target.action),
        length: count(bytes.len()),
        body: Box::new(Cursor::new(bytes)),
    })
}

/// A request that is an envelope and a part for each document (MTOM).
///
/// The frame around the documents is written to memory first, so that the length of the whole is known before.
pub(super) fn with_parts<'a>(
    target: Target<'_>,
    request: &SubmissionRequest,
    documents: Vec<OutgoingDocument<'a>>,
) -> io::Result<Upload<'a>> {
    let boundary = format!("dossier-{}", Uuid::new_v4().simple());
    let root = content_id("envelope")?;
    let parts = documents.iter().map(|document| content_id(&document.entry_uuid.uuid().to_string())).collect::<io::Result<Vec<_>>>()?;
    let contents: Vec<_> = documents.iter().zip(&parts).map(|(document, id)| (document.entry_uuid, ProvidedContent::Part(id))).collect();
    let mut message = MtomWriter::new(Vec::new(), &boundary)?;
    message.root(&root, |out| {
        let body = |xml: &mut XmlWriter<_>| write_provide_and_register(xml, request, &contents);
        soap::write_request_for(out, target.url, target.action, &message_id(), target.assertion, body)
    })?;
    let mut cuts = Vec::new();
    for (document, id) in documents.iter().zip(&parts) {
        message.part(id, mime_type(request, document.entry_uuid), |out| {
            cuts.push(out.len());
            Ok(())
        })?;
    }
    let frame = message.finish()?;
    let length = documents.iter().fold(count(frame.len()), |sum, document| sum.saturating_add(document.size));
    Ok(Upload { content_type: response_content_type(&boundary, &root, target.action), length, body: interleave(frame, &cuts, documents) })
}

/// The frame with each document at its cut.
fn interleave<'a>(mut frame: Vec<u8>, cuts: &[usize], documents: Vec<OutgoingDocument<'a>>) -> Box<dyn Read + 'a> {
    let mut pieces = Vec::with_capacity(documents.len());
    for (cut, document) in cuts.iter().zip(documents).rev() {
        let after = frame.split_off((*cut).min(frame.len()));
        pieces.push((document, after));
    }
    let beginning: Box<dyn Read + 'a> = Box::new(Cursor::new(frame));
    pieces.into_iter().rev().fold(beginning, |before, (document, after)| Box::new(before.chain(document.exact()).chain(Cursor::new(after))))
}

/// A request that carries its documents inline, all in memory.
pub(super) fn inline(target: Target<'_>, request: &SubmissionRequest, documents: Vec<OutgoingDocument<'_>>) -> io::Result<Upload<'static>> {
    let mut contents: Vec<(EntryUuid, Vec<u8>)> = Vec::new();
    for document in documents {
        let (entry_uuid, mut bytes) = (document.entry_uuid, Vec::new());
        document.exact().read_to_end(&mut bytes)?;
        contents.push((entry_uuid, bytes));
    }
    let contents: Vec<_> = contents.iter().map(|(entry_uuid, bytes)| (*entry_uuid, ProvidedContent::Inline(bytes))).collect();
    simple(target, |xml| write_provide_and_register(xml, request, &contents))
}

fn mime_type(request: &SubmissionRequest, entry_uuid: EntryUuid) -> &str {
    let entry = request.entries.iter().find(|entry| entry.entry_uuid == entry_uuid);
    entry.map_or("application/octet-stream", |entry: &DocumentEntry| entry.mime_type.as_str())
}

fn message_id() -> String {
    Uuid::new_v4().urn().to_string()
}

fn content_id(name: &str) -> io::Result<ContentId> {
    ContentId::parse(&format!("{name}@dossier")).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))
}

fn count(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
