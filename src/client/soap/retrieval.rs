//! Retrieved documents on their way to where the caller wants them.

use std::io::{self, Read, Write};

use base64::engine::general_purpose::STANDARD;
use base64::read::DecoderReader;

use crate::client::ClientError;
use crate::model::document_entry::Sha1Hex;
use crate::model::document_request::DocumentRequest;
use crate::wire::ebrim::{DescribedDocument, DocumentContent, RegistryOutcome, read_retrieve_response};
use crate::wire::mtom::MtomError;

use super::answer::Answer;
use super::digest::{CHUNK, Digest};

/// A document that was written out whole.
pub struct RetrievedDocument<W> {
    /// What the repository says of it.
    pub described: DescribedDocument,
    /// How many bytes it has.
    pub size: u64,
    /// Its SHA-1.
    pub hash: Sha1Hex,
    /// Where it was written to, as the caller gave it.
    pub sink: W,
}

/// The outcome of a retrieval.
pub struct Retrieval<W> {
    /// Success, or which documents are not to be had.
    pub outcome: RegistryOutcome,
    /// The documents in the order of the message.
    pub documents: Vec<RetrievedDocument<W>>,
}

/// Writes each document of an answer into what `open` gives for it, and returns once the last byte of the answer is there.
pub(super) fn receive<W: Write>(
    answer: Answer,
    requests: &[DocumentRequest],
    open: &mut dyn FnMut(&DescribedDocument) -> io::Result<W>,
) -> Result<Retrieval<W>, ClientError> {
    let (outcome, mut awaited) = read_retrieve_response(&answer.payload)?;
    if awaited.iter().any(|document| requests.iter().all(|request| request.unique_id.as_str() != document.unique_id)) {
        return Err(ClientError::unexpected("it holds a document that was not asked for"));
    }
    let mut documents = Vec::new();
    for described in awaited.extract_if(.., |document| matches!(document.content, DocumentContent::Inline(_))) {
        documents.push(receive_inline(described, open)?);
    }
    if let Some(mut parts) = answer.parts {
        while let Some(headers) = parts.next_part()? {
            let id = headers.content_id.map(DocumentContent::Part);
            let position = awaited.iter().position(|document| Some(&document.content) == id.as_ref());
            // A part that nothing refers to is no document.
            if let Some(position) = position {
                documents.push(copy(awaited.remove(position), &mut parts.part_body(), open)?);
            }
        }
    }
    match awaited.len() {
        0 => Ok(Retrieval { outcome, documents }),
        missing => Err(ClientError::unexpected(format!(
            "{missing} xop:Include elements refer to parts that are not in the message or are referred to twice"
        ))),
    }
}

fn receive_inline<W: Write>(
    described: DescribedDocument,
    open: &mut dyn FnMut(&DescribedDocument) -> io::Result<W>,
) -> Result<RetrievedDocument<W>, ClientError> {
    let DocumentContent::Inline(base64) = &described.content else {
        return Err(ClientError::unexpected("a document has no content"));
    };
    let text: Vec<u8> = base64.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let described = DescribedDocument { content: DocumentContent::Inline(String::new()), ..described };
    copy(described, &mut DecoderReader::new(text.as_slice(), &STANDARD), open)
}

fn copy<W: Write>(
    described: DescribedDocument,
    content: &mut dyn Read,
    open: &mut dyn FnMut(&DescribedDocument) -> io::Result<W>,
) -> Result<RetrievedDocument<W>, ClientError> {
    let mut sink = open(&described).map_err(ClientError::Sink)?;
    let (mut digest, mut buffer) = (Digest::new(), vec![0; CHUNK]);
    loop {
        let read = content.read(&mut buffer).map_err(MtomError::from_io)?;
        let Some(chunk) = buffer.get(..read).filter(|chunk| !chunk.is_empty()) else { break };
        digest.update(chunk);
        sink.write_all(chunk).map_err(ClientError::Sink)?;
    }
    sink.flush().map_err(ClientError::Sink)?;
    let (size, hash) = digest.finish();
    Ok(RetrievedDocument { described, size, hash, sink })
}
