//! Rows and document bytes. The only place that names diesel; it knows no protocol and no caller.
//!
//! [`Store::read`] and [`Store::write`] run one database transaction each. What can be asked are methods of [`Read`],
//! what can be changed are methods of [`Write`]; each is named after the question and lives in a file of its own.

mod associations;
mod audit_deliveries;
mod audit_events;
mod care_records;
mod connected_systems;
mod connection;
pub mod contents;
mod directories;
mod directory_names;
mod directory_search;
mod directory_versions;
mod document_facts;
mod documents;
mod entries;
mod entry_conditions;
mod entry_pages;
mod entry_search;
mod error;
mod folder_change;
mod folders;
mod held_answers;
mod item_versions;
mod notices;
mod object_values;
mod patients;
#[cfg(test)]
#[path = "../../tests/it/support/postgres.rs"]
#[allow(unreachable_pub, reason = "the tests from outside share this file")]
mod postgres;
mod presence_codes;
mod purge;
mod received_records;
mod record_items;
mod record_view;
mod removal;
mod representatives;
mod rows;
mod schema;
#[cfg(test)]
mod statement_count;
mod submission_sets;
mod system_events;
#[cfg(test)]
#[path = "../../tests/it/support/database.rs"]
#[allow(unreachable_pub, reason = "the tests from outside share this file")]
pub(crate) mod test_database;
#[cfg(test)]
mod tests;
mod trace;
mod trail;
mod transaction;
mod used_assertions;
mod versions;

pub use audit_deliveries::{AuditDelivery, TrailEnd};
pub use audit_events::{EventPosition, StoredEvent};
pub use care_records::StoredRecord;
pub use connected_systems::KnownSystem;
pub use connection::Engine;
pub use directory_search::SearchedDirectory;
pub use documents::StoredDocument;
pub use entry_pages::RegisteredEntry;
pub use error::StoreError;
pub use held_answers::{AnswersHeld, StoredAnswer};
pub use item_versions::ReplacedItem;
pub use patients::{KnownPatient, PatientState};
pub use presence_codes::StoredCode;
pub use purge::PurgedObjects;
pub use received_records::RecordPosition;
pub use record_view::RecordView;
pub use removal::FiledObjects;
pub use trace::PurgedTrace;
pub use trail::{AuditKey, AuditKeys};
pub use transaction::{PoolState, Read, Store, Write};
