//! What a search gives beside its matches (FHIR R4, search.html#include, #revinclude): documents to which a document is related,
//! the members of a list, the lists in which a document is. Each is looked up in the same opened record, so nothing is given
//! that a search for it would not give.

use serde_json::Value;

use super::super::Refusal;
use super::document_references::written;
use super::lists::{Kind, with_members};
use super::search_parameters::Asked;
use crate::access::{Failure, FoundEntry, ReadableRecord};
use crate::model::entry_search::{EntryNames, EntrySearch};
use crate::model::hl7_types::PatientId;
use crate::model::ids::EntryUuid;
use crate::model::stored_query::{MetadataLevel, ObjectIds, StoredQuery};
use crate::wire::fhir::bundle::Entry;
use crate::wire::fhir::fields::{items, text};
use crate::wire::mhd::Domain;

/// What is included in the answer to a search.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Included {
    /// `_include=DocumentReference:relatesto`.
    pub(super) related: bool,
    /// `_revinclude=List:item`.
    pub(super) lists: bool,
    /// `_include=List:item`.
    pub(super) members: bool,
}

impl Included {
    /// Those of a search. Others are left aside with a warning, or refused in strict handling: people are in `contained`, and
    /// patients are asked for by themselves.
    pub(super) fn of(asked: &mut Asked, resource_type: &str) -> Result<Self, Refusal> {
        let mut included = Self::default();
        let values: Vec<_> = asked.known.iter().filter(|(name, _)| matches!(name.as_str(), "_include" | "_revinclude")).cloned().collect();
        for (name, value) in values {
            match (resource_type, name.as_str(), value.as_str()) {
                ("DocumentReference", "_include", "DocumentReference:relatesto" | "DocumentReference:relatesto:DocumentReference") => {
                    included.related = true;
                }
                ("DocumentReference", "_revinclude", "List:item" | "List:item:DocumentReference") => included.lists = true,
                ("List", "_include", "List:item" | "List:item:DocumentReference") => included.members = true,
                _ => asked.leave_aside(&name, "nothing is included by this value")?,
            }
        }
        Ok(included)
    }

    /// What belongs to these documents, and is not among them.
    pub(super) fn of_documents(
        self,
        record: &mut ReadableRecord<'_>,
        patient_id: &PatientId,
        found: &[FoundEntry],
        most: usize,
        domain: &Domain<'_>,
    ) -> Result<Vec<Value>, Failure> {
        let mut included = Vec::new();
        if self.related {
            let are_there: Vec<_> = found.iter().map(|found| found.entry.logical_id).collect();
            let ids: Vec<_> = found.iter().flat_map(|found| found.relations.iter().map(|(_, target)| *target)).collect();
            let related = documents(record, patient_id, ids)?;
            included
                .extend(related.iter().filter(|found| !are_there.contains(&found.entry.logical_id)).map(|found| written(found, domain)));
        }
        if self.lists && !found.is_empty() {
            let ids: Vec<_> = found.iter().map(|found| found.entry.entry_uuid).collect();
            for query in [StoredQuery::GetSubmissionSets(ids.clone()), StoredQuery::GetFoldersForDocument(ObjectIds::EntryUuids(ids))] {
                let lists = lists(record, &query, most)?;
                included.extend(with_members(record, &lists, most, domain)?);
            }
        }
        Ok(included)
    }

    /// The documents that are members of these lists, each once.
    pub(super) fn of_lists(
        self,
        record: &mut ReadableRecord<'_>,
        patient_id: &PatientId,
        lists: &[Value],
        domain: &Domain<'_>,
    ) -> Result<Vec<Value>, Failure> {
        if !self.members {
            return Ok(Vec::new());
        }
        let members = lists.iter().flat_map(|list| items(list, "entry")).filter_map(|entry| text(entry, "item.reference"));
        let ids = members.filter_map(|address| format!("urn:uuid:{}", address.strip_prefix("DocumentReference/")?).parse().ok());
        let found = documents(record, patient_id, ids.collect())?;
        Ok(found.iter().map(|found| written(found, domain)).collect())
    }
}

/// The lists that a query finds.
fn lists(record: &mut ReadableRecord<'_>, query: &StoredQuery, most: usize) -> Result<Vec<(Kind, EntryUuid)>, Failure> {
    let (found, mut lists) = (record.find(query, MetadataLevel::One, 0, most)?, Vec::new());
    record.give(found, |more| {
        lists.extend(more.submission_sets.iter().map(|set| (Kind::SubmissionSet, set.entry_uuid)));
        lists.extend(more.folders.iter().map(|folder| (Kind::Folder, folder.entry_uuid)));
        Ok(())
    })?;
    Ok(lists)
}

/// These documents of a record, each once, as far as they are in sight.
fn documents(record: &mut ReadableRecord<'_>, patient_id: &PatientId, mut ids: Vec<EntryUuid>) -> Result<Vec<FoundEntry>, Failure> {
    ids.sort();
    ids.dedup();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let count = ids.len();
    let names = vec![EntryNames { ids, unique_ids: Vec::new() }];
    Ok(record.page(&EntrySearch { names, ..EntrySearch::all(patient_id.clone(), count) })?.entries)
}

/// The entry of an included resource.
pub(super) fn entry(domain: &Domain<'_>, resource: Value) -> Entry {
    Entry { mode: "include", ..Entry::found(domain.base_url, resource) }
}
