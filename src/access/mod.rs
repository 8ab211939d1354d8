//! The one door to the store: a decision opens a patient record, and only an opened record reads or writes.
//!
//! [`Door::read`] and [`Door::write`] run one audited call each: whatever the closure does happens in one database
//! transaction, and its audit record is committed with it, or, where it was refused or only read, before the answer.
//! If the record cannot be written, the call fails. Inside, [`Reading::open`] and [`Writing::open`] ask the deployment's
//! [`Policy`] for a decision; only an allowing one gives a record, and a record knows what its caller may see.

mod actor;
mod admission;
mod association_update;
mod audit_delivery;
mod audit_repository;
mod authority;
mod call;
mod caller;
mod care_records;
mod decision;
mod denials;
mod directories;
mod directory_keeping;
mod directory_reading;
mod directory_versions;
mod discretion;
mod door;
mod entry_pages;
mod episodes;
mod episodes_in_sight;
mod explaining;
mod failure;
mod filing;
mod found_objects;
mod held_answers;
mod history;
#[cfg(test)]
mod history_tests;
mod identities;
mod import;
mod level_of_versions;
mod life_cycle;
mod link_change;
mod link_relations;
mod managing;
mod metadata_update;
mod moving;
mod multi_patient;
#[cfg(feature = "no-op-recorder")]
mod no_op_recorder;
mod on_demand;
mod pdf_a;
mod policy;
mod proving;
mod reading_record;
mod record_identities;
mod record_queries;
mod recorder;
mod removal;
#[cfg(test)]
mod removal_tests;
mod removed_document;
mod replacement;
mod retrieved_document;
mod sealed_text;
mod sight;
mod spill;
mod standings;
mod submission_rules;
mod system_events;
#[cfg(test)]
pub(crate) mod test_registry;
#[cfg(test)]
mod tests;
mod trail;
mod update_rules;
mod version_rules;
mod writing_record;

// A document on its way in is held by a transaction before any record is open.
pub use crate::store::RecordPosition;
pub use crate::store::contents::{ContentError, StagedDocument, Staging};
pub use crate::store::{AnswersHeld, AuditDelivery, TrailEnd};
pub use admission::{Admitted, AttestationNeed, AttestationPolicy, NotAdmitted};
pub use audit_delivery::DeliveryLag;
pub use audit_repository::{AuditRecord, MOST_RECORDS, Next, RecordWindow};
pub use call::Call;
pub use decision::{Action, Reason};
pub use directories::{Change, DirectoryRefusal};
pub use directory_keeping::Expected;
pub use directory_reading::{DirectoryQuery, DirectoryView, FoundEntries};
pub use directory_versions::{FoundVersions, Versions};
pub use discretion::{Discreet, Discretion};
pub use door::{Door, Reading, Writing};
pub use entry_pages::{EntryPage, FoundEntry};
pub use episodes::EpisodeRefusal;
pub use episodes_in_sight::EpisodeVersion;
pub use failure::Failure;
pub use found_objects::FoundObjects;
pub use held_answers::HeldAnswer;
pub use identities::IdentityRefusal;
pub use import::{ImportCounts, ImportFailure};
pub use life_cycle::{DueRecord, Outlived};
pub use managing::{ActRefusal, Changed, Creation, DocumentAct, ManagedRecord, NewGrant, Opening, RecordStatus};
pub use policy::Policy;
pub use reading_record::{ReadableRecord, Retrieval};
pub use removal::Removal;
pub use removed_document::RemovedDocument;
pub use retrieved_document::RetrievedDocument;
pub use spill::{Spill, Spilled};
pub use writing_record::{NewDocument, WritableRecord};
