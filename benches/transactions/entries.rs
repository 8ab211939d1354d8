//! A registry with a hundred thousand entries, put into the database without the server.

use dossier::model::author::Author;
use dossier::model::document_entry::DocumentEntry;
use dossier::model::dsp::DocumentFacts;
use dossier::model::patient_feed::PatientDemographics;
use dossier::model::text::InternationalString;
use dossier::model::timestamp::Instant;
use dossier::store::{Store, StoreError, Write};

use crate::submissions::{fresh_oid, submission};

const NOW: Instant = Instant(1_742_202_000_000_000);
/// Entries of each patient that only fills the database.
pub const ENTRIES_OF_OTHERS: usize = 100;
/// Entries of one submission.
const ENTRIES_OF_ONE_SET: usize = 5;

/// Puts in the patients of `wanted`, with so many entries each, and others until there are `total` entries.
pub fn load(url: &str, wanted: &[(String, usize)], total: usize, authority: &str) {
    let store = Store::open(url, 1).unwrap();
    store.migrate().unwrap();
    let asked: usize = wanted.iter().map(|(_, count)| count).sum();
    let others = total.saturating_sub(asked) / ENTRIES_OF_OTHERS;
    let others = (0..others).map(|number| (format!("L{number}^^^&{authority}&ISO"), ENTRIES_OF_OTHERS));
    let mut loaded = 0;
    for (patient_id, count) in others.chain(wanted.iter().cloned()) {
        store.write(|tx| load_patient(tx, &patient_id, count)).unwrap();
        loaded += count;
        eprint!("\rloading {loaded} of {total} entries ");
    }
    eprintln!();
}

/// Puts entries into the record of a patient who is there, with what the access rules have to know of each, by its number.
pub fn load_record(url: &str, patient_id: &str, count: usize, facts: impl Fn(usize) -> DocumentFacts) {
    let store = Store::open(url, 1).unwrap();
    store.write(|tx| load_entries(tx, patient_id, count, facts)).unwrap();
}

fn load_patient(tx: &mut Write, patient_id: &str, count: usize) -> Result<(), StoreError> {
    tx.insert_patient(&patient_id.parse().unwrap(), &PatientDemographics::default(), NOW)?;
    load_entries(tx, patient_id, count, |_| DocumentFacts::of_no_rules())
}

fn load_entries(tx: &mut Write, patient_id: &str, count: usize, facts: impl Fn(usize) -> DocumentFacts) -> Result<(), StoreError> {
    let mut loaded = 0;
    while loaded < count {
        let ids: Vec<_> = (0..(count - loaded).min(ENTRIES_OF_ONE_SET)).map(|_| fresh_oid()).collect();
        let request = submission(patient_id, &ids);
        let set = &request.submission_set;
        tx.insert_submission_set(set, NOW)?;
        for entry in &request.entries {
            tx.insert_entry(&filled(entry), &facts(loaded), set.entry_uuid, NOW)?;
            loaded += 1;
        }
        for association in &request.associations {
            tx.insert_association(association, &set.patient_id, set.entry_uuid, NOW)?;
        }
    }
    Ok(())
}

/// The entry with what a clinical system says beyond the least.
fn filled(entry: &DocumentEntry) -> DocumentEntry {
    let author = Author {
        person: "P100^Weber^Anna^^^Dr^^^&1.3.182.4.5&ISO".to_owned().try_into().ok(),
        institutions: "Hospital^^^^^^^^^1.3.182.4.6".to_owned().try_into().into_iter().collect(),
        roles: vec!["author".to_owned()],
        specialties: vec!["cardiology".to_owned()],
        ..Author::default()
    };
    DocumentEntry {
        title: InternationalString::plain("Report of the consultation of 17 March"),
        authors: vec![author],
        source_patient_info: ["PID-3|S1^^^&1.3.182.4.7&ISO", "PID-5|Muster^Eva", "PID-7|19700101", "PID-8|F"].map(str::to_owned).into(),
        hash: "da39a3ee5e6b4b0d3255bfef95601890afd80709".to_owned().try_into().ok(),
        size: Some(1000),
        repository_unique_id: "1.2.7".parse().ok(),
        ..entry.clone()
    }
}
