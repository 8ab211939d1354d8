//! What entries of the directories were before they were changed.

use std::thread;

use diesel::prelude::*;

use crate::model::connected_system::{Attestation, ConnectedSystem, SystemOperator};
use crate::model::directory::{Establishment, LegalRepresentative, PastEntry, Stamp};
use crate::model::hl7_types::PatientId;
use crate::model::patient_feed::PatientDemographics;
use crate::model::samples;
use crate::model::timestamp::Instant;
use crate::store::schema::directory_versions;
use crate::store::test_database::{Database, on_both_databases};
use crate::store::{Store, StoreError, Write};

fn id(n: u8) -> PatientId {
    format!("{n}^^^&1.2.3&ISO").parse().unwrap()
}

fn past<T>(entry: T, version: u64, updated_at: i64, replaced_at: i64) -> PastEntry<T> {
    PastEntry { entry, stamp: Stamp { version, updated_at: Some(Instant(updated_at)) }, replaced_at: Instant(replaced_at) }
}

fn written(store: &Store, act: impl FnMut(&mut Write) -> Result<(), StoreError>) {
    store.write(act).unwrap();
}

fn spoken(language: &str) -> PatientDemographics {
    PatientDemographics { language: Some(language.to_owned()), ..PatientDemographics::default() }
}

fn link(child: u8, representative: u8, from: &str) -> LegalRepresentative {
    LegalRepresentative { child: id(child), representative: id(representative), from: from.to_owned(), until: None, revoked: None }
}

fn what_an_entry_was_is_kept(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let store = super::open(database, folder.path());
    let named = |name: &str| Establishment { name: name.to_owned(), ..samples::establishment("E1") };
    let called = |contact: &str| ConnectedSystem {
        id: "his".to_owned(),
        name: "HIS".to_owned(),
        operator: SystemOperator::Establishment("E1".to_owned()),
        certificates: vec!["dns:his.example".parse().unwrap()],
        attestation: Attestation { issued: "2026-01-01".to_owned(), expires: "2027-01-01".to_owned() },
        suspended_from: None,
        contact: contact.to_owned(),
    };
    written(&store, |tx| {
        for (name, at) in [("one", 1), ("two", 5), ("three", 9)] {
            assert_eq!(tx.put_establishment(&named(name), Instant(at))?, at == 1);
            assert_eq!(tx.put_professional(&samples::professional(&format!("D{}", at / 9)), Instant(at))?, at != 5);
            tx.put_connected_system(&called(name), Instant(at))?;
        }
        Ok(())
    });
    let found = store.read(|tx| {
        let stamps = tx.establishment_stamps(&["E1", "E2"])?;
        assert_eq!(stamps.into_iter().collect::<Vec<_>>(), [("E1".to_owned(), Stamp { version: 3, updated_at: Some(Instant(9)) })]);
        assert_eq!(tx.past_professionals("D0")?, [past(samples::professional("D0"), 1, 1, 5)]);
        assert_eq!(tx.past_professionals("D1")?, []);
        assert_eq!(tx.past_connected_systems("his")?, [past(called("two"), 2, 5, 9), past(called("one"), 1, 1, 5)]);
        tx.past_establishments("E1")
    });
    assert_eq!(found.map_err(|error: StoreError| error.to_string()).unwrap(), [past(named("two"), 2, 5, 9), past(named("one"), 1, 1, 5)]);
}

/// Of an entry that was there before times were noted, nobody knows since when it was so.
fn a_time_that_was_not_noted_is_not_told(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let store = super::open(database, folder.path());
    written(&store, |tx| {
        use crate::store::schema::establishments;
        tx.put_establishment(&samples::establishment("E1"), Instant(1))?;
        diesel::update(establishments::table).set(establishments::updated_at.eq(None::<i64>)).execute(tx.connection())?;
        tx.put_establishment(&samples::establishment("E1"), Instant(5)).map(drop)
    });
    let found = store.read(|tx| tx.past_establishments("E1")).unwrap();
    let stamp = Stamp { version: 1, updated_at: None };
    assert_eq!(found, [PastEntry { entry: samples::establishment("E1"), stamp, replaced_at: Instant(5) }]);
}

fn count(store: &Store) -> i64 {
    store.read(|tx| Ok::<_, StoreError>(directory_versions::table.count().get_result(tx.connection())?)).unwrap()
}

fn what_an_entry_was_goes_with_it(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let store = super::open(database, folder.path());
    written(&store, |tx| {
        (1..=4).try_for_each(|n| tx.insert_patient(&id(n), &spoken("lb"), Instant(1)).map(drop))?;
        tx.update_patient(&id(1), &spoken("fr"), Instant(2))?;
        tx.put_representative(&link(3, 1, "2020-01-01"), Instant(3))?;
        tx.put_representative(&link(3, 1, "2020-02-01"), Instant(4))?;
        tx.put_representative(&link(4, 1, "2020-01-01"), Instant(3))?;
        tx.put_representative(&link(4, 1, "2020-02-01"), Instant(4))?;
        tx.put_representative(&link(4, 2, "2019-01-01"), Instant(4))?;
        tx.put_representative(&link(4, 2, "2019-02-01"), Instant(5)).map(drop)
    });
    let links = |child, by| {
        store.read(|tx| Ok::<_, StoreError>((tx.representative_stamp(&id(child), &id(by))?, tx.past_representations(&id(child), &id(by))?)))
    };
    assert_eq!(links(3, 1).unwrap().1, [past(link(3, 1, "2020-01-01"), 1, 3, 4)]);
    assert_eq!(count(&store), 4);
    written(&store, |tx| tx.merge_patients(&id(1), &id(2), Instant(6)));
    for gone in [(3, 1), (4, 1)] {
        assert_eq!(links(gone.0, gone.1).unwrap(), (None, Vec::new()));
    }
    assert_eq!(links(3, 2).unwrap(), (Some(Stamp { version: 1, updated_at: Some(Instant(6)) }), Vec::new()), "a new entry");
    let kept = (Some(Stamp { version: 2, updated_at: Some(Instant(5)) }), vec![past(link(4, 2, "2019-01-01"), 1, 4, 5)]);
    assert_eq!(links(4, 2).unwrap(), kept, "what was entered there already");
    assert_eq!(count(&store), 2, "the patient's, and that of the one that stays");
    let of_patient = || store.read(|tx| Ok::<_, StoreError>((tx.patient(&id(1))?.unwrap().stamp.version, tx.past_patients(&id(1))?)));
    assert_eq!(of_patient().unwrap(), (2, vec![past(spoken("lb"), 1, 1, 2)]));
    written(&store, |tx| tx.purge_demographics(&id(1), &PatientDemographics::default(), Instant(7)));
    assert_eq!(of_patient().unwrap(), (3, Vec::new()));
    assert_eq!(count(&store), 1);
    written(&store, |tx| tx.purge_demographics(&id(2), &PatientDemographics::default(), Instant(8)));
    assert_eq!(links(4, 2).unwrap(), (kept.0, Vec::new()), "the entry stays, its past goes with the representative");
    assert_eq!(count(&store), 0);
}

/// Each of two writers finds what the other one wrote.
fn no_version_is_lost_between_writers(database: Database) {
    const EACH: u64 = 20;
    let folder = tempfile::tempdir().unwrap();
    let store = super::open(database, folder.path());
    written(&store, |tx| tx.put_establishment(&samples::establishment("E1"), Instant(0)).map(drop));
    let writer = |name: &str| {
        for n in 0..EACH {
            let entry = Establishment { name: format!("{name} {n}"), ..samples::establishment("E1") };
            written(&store, |tx| tx.put_establishment(&entry, Instant(1)).map(drop));
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| writer("one"));
        scope.spawn(|| writer("other"));
    });
    let (present, past) = store.read(|tx| Ok::<_, StoreError>((tx.establishment("E1")?.unwrap(), tx.past_establishments("E1")?))).unwrap();
    let versions: Vec<_> = past.iter().map(|past| past.stamp.version).collect();
    assert_eq!(versions, (1..=2 * EACH).rev().collect::<Vec<_>>());
    let mut names: Vec<_> = past.into_iter().map(|past| past.entry.name).chain([present.name]).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), versions.len() + 1, "each is there once");
}

on_both_databases!(
    what_an_entry_was_is_kept,
    a_time_that_was_not_noted_is_not_told,
    what_an_entry_was_goes_with_it,
    no_version_is_lost_between_writers,
);
