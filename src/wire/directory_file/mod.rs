//! Directory files, CSV or JSON, to the entries they list. `docs/import.md` shows both forms.
//!
//! [`read`] checks a whole file and gives every fault it finds with its place; a file with a fault gives nothing else.
//! Faults name places and rules, never values: a directory of patients is about patients.

mod care_record;
mod connected_system;
mod csv_table;
mod establishment;
mod fault;
mod fields;
mod file;
mod json_list;
mod patient;
mod professional;
mod representative;

pub use fault::Fault;
pub use file::{FileFormat, read};
