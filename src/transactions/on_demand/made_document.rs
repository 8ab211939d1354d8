//! One document that was made because somebody asked for it (ITI TF-2: 3.43.4.2.2).

use std::collections::HashSet;

use uuid::Uuid;

use crate::access::{Call, Failure, ReadableRecord, Retrieval, RetrievedDocument};
use crate::model::code::Code;
use crate::model::document_entry::DocumentEntry;
use crate::model::ids::{EntryUuid, InvalidIdentifier, UniqueId};
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::timestamp::Dtm;
use crate::transactions::Services;

use super::{Draft, PendingSnapshot, Stamp};

/// The content that answers one request.
pub(in crate::transactions) struct MadeDocument {
    /// Its own id, which no other content ever gets.
    pub(in crate::transactions) unique_id: UniqueId,
    pub(in crate::transactions) mime_type: &'static str,
    pub(in crate::transactions) bytes: Vec<u8>,
    /// The labels of the entry and of all that is in the content, each once.
    pub(in crate::transactions) confidentiality_codes: Vec<Code>,
    /// The snapshot that is current while this was made, as far as one is wanted.
    pub(in crate::transactions) previous: Option<EntryUuid>,
}

/// What an on-demand entry gives now.
pub(in crate::transactions) enum Made {
    /// New content.
    New(PendingSnapshot),
    /// The current snapshot: only the moment of making would differ.
    Unchanged(RetrievedDocument),
}

/// Makes what an entry of this record promises, if this repository is to make it; where snapshots are kept, the same
/// content is not made twice.
///
/// # Errors
/// Those of reading the record, and refusals where nothing can be made.
pub(in crate::transactions) fn make(
    services: &Services,
    call: &Call,
    record: &mut ReadableRecord<'_>,
    entry: Box<DocumentEntry>,
) -> Result<Option<Made>, Failure> {
    if entry.repository_unique_id.as_ref() != Some(&services.door.repository_unique_id) {
        return Ok(None);
    }
    let assembler = services.on_demand.assembler(&entry).ok_or_else(|| no_assembler(&entry))?;
    let draft = assembler.draft(record, &entry)?;
    let current = if services.on_demand.persist { record.current_snapshot(entry.entry_uuid)? } else { None };
    if let Some(snapshot) = &current
        && let Some(made_at) = &snapshot.creation_time
        && stamped(&draft, &entry, made_at)?.0 == snapshot.unique_id
        // One that was removed from the repository (ITI-86) is made anew.
        && let Some(Retrieval::Document(document)) = record.retrieve(&snapshot.unique_id)?
    {
        return Ok(Some(Made::Unchanged(document)));
    }
    let (unique_id, bytes) = stamped(&draft, &entry, &call.now.to_dtm())?;
    let confidentiality_codes = labels(&entry, draft);
    let previous = current.map(|snapshot| snapshot.entry_uuid);
    let document = MadeDocument { unique_id, mime_type: assembler.mime_type(), bytes, confidentiality_codes, previous };
    Ok(Some(Made::New(PendingSnapshot { of: entry, document })))
}

/// The labels of the entry and of what is in the content, each once.
fn labels(entry: &DocumentEntry, draft: Draft) -> Vec<Code> {
    let mut seen = HashSet::new();
    let mut labels = [entry.confidentiality_codes.clone(), draft.confidentiality_codes].concat();
    labels.retain(|label| seen.insert((label.code.clone(), label.scheme.clone())));
    labels
}

/// The draft as a document with an id of its own. The id follows from the content, so that the same id always means the
/// same content (ITI TF-2: 3.43.4.2.2); the moment of making is part of the content.
fn stamped(draft: &Draft, entry: &DocumentEntry, at: &Dtm) -> Result<(UniqueId, Vec<u8>), Failure> {
    let unstamped = (draft.write)(&Stamp { unique_id: &entry.unique_id, at }).map_err(|_| not_made(entry))?;
    let name = Uuid::new_v5(&Uuid::NAMESPACE_OID, &unstamped);
    let unique_id = format!("2.25.{}", name.as_u128()).parse().map_err(|_: InvalidIdentifier| not_made(entry))?;
    let bytes = (draft.write)(&Stamp { unique_id: &unique_id, at }).map_err(|_| not_made(entry))?;
    Ok((unique_id, bytes))
}

fn no_assembler(entry: &DocumentEntry) -> Failure {
    let context = format!(
        "the document {} is made on demand, and this repository makes none of its kind; its operator chooses with on_demand.assembler what is made",
        entry.unique_id
    );
    Failure::refused(RegistryError::new(ErrorCode::DocumentUniqueIdError, entry.unique_id.as_str(), context))
}

fn not_made(entry: &DocumentEntry) -> Failure {
    let context = format!("the document {} could not be made; tell the operator of this repository", entry.unique_id);
    Failure::refused(RegistryError::new(ErrorCode::RepositoryError, entry.unique_id.as_str(), context))
}
