//! A search in one record's document entries as FHIR asks it: FindDocuments, what FHIR adds to it, an order and a page
//! (IHE MHD 4.2, 2:3.67.4.1.2).

use super::document_entry::DocumentEntryType;
use super::entry_condition::EntryCondition;
use super::hl7_types::PatientId;
use super::ids::{EntryUuid, UniqueId};
use super::stored_query::FindDocuments;
use super::timestamp::Instant;

/// What is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntrySearch {
    /// The conditions that FindDocuments has too.
    pub query: FindDocuments,
    /// Of each of these, one name is the entry's.
    pub names: Vec<EntryNames>,
    /// Registered at or after.
    pub registered_from: Option<Instant>,
    /// Registered before.
    pub registered_to: Option<Instant>,
    /// Further conditions, all of which have to be met.
    pub conditions: Vec<EntryCondition>,
    /// By what the entries are ordered.
    pub order: EntryOrder,
    /// The page begins behind this place.
    pub after: Option<EntryPlace>,
    /// So many entries at most.
    pub count: usize,
    /// Every version of an entry instead of the latest.
    pub every_version: bool,
}

/// Names of an entry, of which one is enough.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryNames {
    /// Ids of a version or of all versions.
    pub ids: Vec<EntryUuid>,
    /// Ids of the content.
    pub unique_ids: Vec<UniqueId>,
}

/// An order of entries; those that are alike in it are in the order of their ids.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EntryOrder {
    /// By the time of creation instead of that of registration.
    pub by_creation: bool,
    /// The latest first.
    pub descending: bool,
}

/// The place of an entry in an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryPlace {
    /// The time by which it is ordered, as the order has it: microseconds, or a DTM of 14 digits.
    pub key: String,
    /// The entry.
    pub id: EntryUuid,
}

impl EntrySearch {
    /// All entries of a patient in the order registered, the latest version of each, whatever its status.
    pub fn all(patient_id: PatientId, count: usize) -> Self {
        use super::availability_status::AvailabilityStatus::{Approved, Deprecated};
        let query = FindDocuments {
            statuses: vec![Approved, Deprecated],
            object_types: vec![DocumentEntryType::Stable, DocumentEntryType::OnDemand],
            ..FindDocuments::current(patient_id)
        };
        Self {
            query,
            names: Vec::new(),
            registered_from: None,
            registered_to: None,
            conditions: Vec::new(),
            order: EntryOrder::default(),
            after: None,
            count,
            every_version: false,
        }
    }
}
