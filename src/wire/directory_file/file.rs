//! A whole directory file.

use std::collections::HashMap;

use crate::model::directory::{Directory, DirectoryKind, LegalRepresentative};
use crate::model::dsp::Professions;
use crate::model::hl7_types::PatientId;
use crate::model::ids::Oid;
use crate::wire::fhir_directory::read_bundle;

use super::csv_table::{self, Column};
use super::fault::Place;
use super::fields::Item;
use super::{Fault, care_record, connected_system, establishment, json_list, patient, professional, representative};

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    /// Comma-separated values with a header line, UTF-8.
    Csv,
    /// An object with a list.
    Json,
}

/// The entries of a file, or all its faults. Patients are taken under the `authorities` whose identifiers name records
/// here; a patient of whom the file does not say it is of the first. From the `professions` follow usage profiles.
///
/// # Errors
/// Every fault of the file, in the order of the file.
pub fn read(
    kind: DirectoryKind,
    format: FileFormat,
    bytes: &[u8],
    professions: &Professions,
    authorities: &[Oid],
) -> Result<Directory, Vec<Fault>> {
    let (columns, list): (&[Column], _) = match kind {
        DirectoryKind::Patients => (&patient::COLUMNS, "patients"),
        DirectoryKind::Establishments => (&establishment::COLUMNS, "establishments"),
        DirectoryKind::Professionals => (&professional::COLUMNS, "professionals"),
        DirectoryKind::Systems => (&connected_system::COLUMNS, "systems"),
        DirectoryKind::Representatives => (&representative::COLUMNS, "representatives"),
        DirectoryKind::Records => (&care_record::COLUMNS, "records"),
        DirectoryKind::Bundle => return bundle(bytes, professions, authorities),
    };
    let items = match format {
        FileFormat::Csv => csv_table::items(bytes, columns)?,
        FileFormat::Json => json_list::items(bytes, list)?,
    };
    match kind {
        DirectoryKind::Patients => {
            let key = |(id, _): &(PatientId, _)| id.to_string();
            each(&items, "matricule", key, |item, faults| patient::read(item, authorities, faults)).map(Directory::Patients)
        }
        DirectoryKind::Establishments => each(&items, "id", |one| one.id.clone(), establishment::read).map(Directory::Establishments),
        DirectoryKind::Professionals => {
            let read = |item: &Item, faults: &mut Vec<Fault>| professional::read(item, professions, faults);
            each(&items, "id", |one| one.id.clone(), read).map(Directory::Professionals)
        }
        DirectoryKind::Representatives => {
            let key = |one: &LegalRepresentative| format!("{} {}", one.child, one.representative);
            each(&items, "child", key, |item, faults| representative::read(item, authorities, faults)).map(Directory::Representatives)
        }
        DirectoryKind::Systems => each(&items, "id", |one| one.id.clone(), connected_system::read).map(Directory::Systems),
        DirectoryKind::Records => {
            let read = |item: &Item, faults: &mut Vec<Fault>| care_record::read(item, authorities, faults);
            each(&items, "patient", |one| one.record.holder.to_string(), read).map(Directory::Records)
        }
        DirectoryKind::Bundle => bundle(bytes, professions, authorities),
    }
}

fn bundle(bytes: &[u8], professions: &Professions, authorities: &[Oid]) -> Result<Directory, Vec<Fault>> {
    let entries = read_bundle(bytes, authorities, professions)?;
    Ok(Directory::Several(entries.into_directories()))
}

/// All entries, no two of them with the same key.
fn each<T>(
    items: &[Item],
    key_name: &str,
    key: impl Fn(&T) -> String,
    read: impl Fn(&Item, &mut Vec<Fault>) -> Option<T>,
) -> Result<Vec<T>, Vec<Fault>> {
    let (mut entries, mut faults) = (Vec::with_capacity(items.len()), Vec::new());
    let mut seen: HashMap<String, Place> = HashMap::new();
    for item in items {
        let before = faults.len();
        let entry = read(item, &mut faults).filter(|_| faults.len() == before);
        let Some(entry) = entry else { continue };
        if let Some(first) = seen.insert(key(&entry), item.place) {
            let text = format!("{first} has the same key; list each entry once");
            faults.push(Fault::new(item.place.of(key_name), text));
        }
        entries.push(entry);
    }
    if faults.is_empty() { Ok(entries) } else { Err(faults) }
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
