//! The answer to a stored query: written while the database is read, sent once its audit record is committed.

use std::io::{self, Write as _};

use crate::access::{Call, ContentError, Failure, FoundObjects, ReadableRecord, Spill, Spilled};
use crate::model::audit_event::AuditOutcome;
use crate::wire::ebrim::{ReturnType, write_adhoc_query_response, write_object_refs, write_registry_objects};
use crate::wire::xml::XmlWriter;

use super::SoapReply;
use super::soap_message::Rejection;
use super::soap_reply::{ReplyHead, copy, log_failure};

/// An answer on its way into its spill.
pub(super) struct QueryAnswer {
    return_type: ReturnType,
    spill: Spill,
    objects: usize,
}

impl QueryAnswer {
    /// An answer that holds nothing yet.
    pub(super) fn new(return_type: ReturnType, spill: Spill) -> Self {
        Self { return_type, spill, objects: 0 }
    }

    /// How many objects it holds.
    pub(super) fn len(&self) -> usize {
        self.objects
    }

    /// Adds what was found in a record. For references no object is read.
    pub(super) fn add(&mut self, record: &mut ReadableRecord<'_>, found: FoundObjects) -> Result<(), Failure> {
        self.objects += found.len();
        match self.return_type {
            ReturnType::ObjectRef => self.write(|xml| write_object_refs(xml, found.ids())),
            ReturnType::LeafClass => record.give(found, |objects| self.write(|xml| write_registry_objects(xml, &objects))),
        }
    }

    /// Adds a piece of XML, made in memory first because it is written in very many small steps.
    fn write(&mut self, piece: impl FnOnce(&mut XmlWriter<Vec<u8>>) -> io::Result<()>) -> Result<(), Failure> {
        let mut xml = XmlWriter::new(Vec::new());
        let written = piece(&mut xml).and_then(|()| self.spill.write_all(&xml.into_inner()));
        written.map_err(|error| Failure::Content(ContentError::from_io(error, "write", "an answer")))
    }

    /// The answer as bytes.
    pub(super) fn finish(self) -> Result<Spilled, Failure> {
        self.spill.finish()
    }
}

/// `query:AdhocQueryResponse` with what was found, or with the errors.
pub(super) fn query_response(call: &Call, reply: &ReplyHead, result: Result<Spilled, Failure>) -> Result<SoapReply, Rejection> {
    match result {
        Ok(Spilled::InMemory(objects)) => reply.whole(None, |xml| write_adhoc_query_response(xml, &[], |xml| xml.raw(&objects))),
        Ok(Spilled::Stored(mut objects)) => reply
            .long(AuditOutcome::Success, move |xml| write_adhoc_query_response(xml, &[], |xml| copy(&mut objects, |bytes| xml.raw(bytes)))),
        Err(failure) => {
            log_failure(call, reply.transaction, &failure);
            reply.whole(Some(&failure), |xml| write_adhoc_query_response(xml, &failure.errors(), |_| Ok(())))
        }
    }
}
