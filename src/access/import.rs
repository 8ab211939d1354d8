//! Directories from the operator's files.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use crate::model::audit_event::Transaction;
use crate::model::care_record::CareRecord;
use crate::model::directory::{BroughtRecord, Directory};
use crate::model::hl7_types::PatientId;
use crate::model::ids::UniqueId;
use crate::model::stored_query::ObjectIds;

use super::managing::hash_of;
use super::{Admitted, Call, Change, Door, Failure, Writing};

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ImportCounts {
    /// Entries that were not known.
    pub created: usize,
    /// Entries that said something else before.
    pub updated: usize,
    /// Entries that were known already just so.
    pub unchanged: usize,
}

impl ImportCounts {
    fn count(&mut self, change: Change) {
        match change {
            Change::Created => self.created += 1,
            Change::Updated => self.updated += 1,
            Change::Unchanged => self.unchanged += 1,
        }
    }
}

/// Why an import did nothing.
#[derive(Debug, thiserror::Error)]
#[error("entry {entry}: {failure}")]
pub struct ImportFailure {
    /// The entry it stopped at, from 1, in the order of the directory.
    pub entry: usize,
    /// What happened.
    #[source]
    pub failure: Failure,
}

/// The hashes of presence codes, by their patients.
type Codes = HashMap<PatientId, String>;

impl Door {
    /// Adds the entries of a directory and brings known ones up to date, all of them or none; entries that it does not
    /// list stay. Patients are announced as the identity feed does, with the same refusals.
    pub fn import(&self, call: &Call, directory: &Directory) -> Result<ImportCounts, ImportFailure> {
        let mut entry = 0;
        let codes = self.new_codes(directory).map_err(|failure| ImportFailure { entry, failure })?;
        let call = &Call { admitted: Some(Admitted::OPERATOR), ..call.clone() };
        let done = self.write(call, Transaction::Import, |writing| {
            let mut counts = ImportCounts::default();
            for_each(writing, (directory, &codes), &mut |change| {
                entry += 1;
                change.map(|change| counts.count(change))
            })?;
            Ok(counts)
        });
        done.map_err(|failure| ImportFailure { entry, failure })
    }

    /// The hashes of the presence codes of those who have none yet, computed before the transaction begins: they are slow.
    fn new_codes(&self, directory: &Directory) -> Result<Codes, Failure> {
        let Directory::Records(records) = directory else { return Ok(Codes::new()) };
        let mut codes = Codes::new();
        for BroughtRecord { record, presence_code } in records {
            let Some(code) = presence_code else { continue };
            if self.store().read(|tx| tx.presence_code(&record.holder))?.is_none() {
                codes.insert(record.holder.clone(), hash_of(code).ok_or(Failure::Hashing)?);
            }
        }
        Ok(codes)
    }

    /// Those of the patients and documents that were never heard of here, so that only they are brought.
    pub fn unknown(
        &self,
        call: &Call,
        mut patients: Vec<PatientId>,
        mut documents: Vec<UniqueId>,
    ) -> Result<(Vec<PatientId>, Vec<UniqueId>), Failure> {
        let call = &Call { admitted: Some(Admitted::OPERATOR), ..call.clone() };
        self.read(call, Transaction::Import, |reading| {
            let mut known = HashSet::new();
            for patient in &patients {
                known.extend(reading.tx.patient(patient)?.map(|known| known.patient_id));
            }
            patients.retain(|patient| !known.contains(patient));
            let entries = reading.tx.entries(&ObjectIds::UniqueIds(documents.clone()))?;
            let known: HashSet<_> = entries.into_iter().map(|entry| entry.unique_id).collect();
            documents.retain(|document| !known.contains(document));
            Ok((patients, documents))
        })
    }
}

fn for_each(
    writing: &mut Writing<'_>,
    (directory, codes): (&Directory, &Codes),
    done: &mut dyn FnMut(Result<Change, Failure>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    match directory {
        Directory::Patients(patients) => {
            patients.iter().try_for_each(|(id, demographics)| done(writing.put_patient(id, demographics.clone(), &[])))
        }
        Directory::Establishments(entries) => entries.iter().try_for_each(|entry| done(writing.put_establishment(entry))),
        Directory::Professionals(entries) => entries.iter().try_for_each(|entry| done(writing.put_professional(entry))),
        Directory::Records(records) => {
            let code = |record: &CareRecord| codes.get(&record.holder).map(String::as_str);
            records.iter().try_for_each(|BroughtRecord { record, .. }| done(writing.bring_care_record(record, code(record))))
        }
        Directory::Systems(entries) => entries.iter().try_for_each(|entry| done(writing.put_connected_system(entry))),
        Directory::Several(directories) => directories.iter().try_for_each(|directory| for_each(writing, (directory, codes), done)),
        Directory::Representatives(entries) => entries.iter().try_for_each(|entry| done(writing.put_representative(entry))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::IdentityRefusal;
    use crate::access::test_registry::{TestRegistry, call};
    use crate::model::audit_event::AuditOutcome;
    use crate::model::care_record::Noted;
    use crate::model::directory::Establishment;
    use crate::model::dsp::{DspStatus, EmergencyAccess};
    use crate::model::patient_feed::{PartialDate, PatientDemographics};
    use crate::model::presence_code::PresenceCode;
    use crate::model::timestamp::Instant;

    const EVA: &str = "P1^^^&1.2.3&ISO";

    fn patients(birth_date: &str) -> Directory {
        let patient = |id: &str| {
            let birth_date = PartialDate::try_from(birth_date.to_owned()).ok();
            (id.parse().unwrap(), PatientDemographics { identifiers: vec![id.parse().unwrap()], birth_date, ..Default::default() })
        };
        Directory::Patients(vec![patient("P0^^^&1.2.3&ISO"), patient(EVA)])
    }

    fn establishments(name: &str) -> Directory {
        let entry = |id: &str, name: &str| Establishment {
            id: id.to_owned(),
            assigning_authority: "2.999.1".parse().unwrap(),
            name: name.to_owned(),
            kinds: vec!["hopital".to_owned()],
            oid: None,
            other_oids: Vec::new(),
            attested: true,
            attested_from: None,
            attested_until: None,
            emergency_clearance: false,
            subcontractor_of: None,
            note: None,
        };
        Directory::Establishments(vec![entry("E1", "Same"), entry("E2", name)])
    }

    #[test]
    fn each_entry_is_counted_by_what_became_of_it() {
        let (behind, door) = TestRegistry::open();
        for (first, second) in [(patients("1970"), patients("1971")), (establishments("A"), establishments("B"))] {
            let counts = |directory| door.import(&call(), directory).unwrap();
            assert_eq!(counts(&first), ImportCounts { created: 2, ..Default::default() });
            assert_eq!(counts(&first), ImportCounts { unchanged: 2, ..Default::default() });
            let changed = counts(&second);
            assert_eq!((changed.created, changed.updated + changed.unchanged), (0, 2));
            assert!(changed.updated > 0);
        }
        assert_eq!(behind.directory_sizes(), (2, 0));
        assert!(behind.patient(EVA).unwrap().birth_date == PartialDate::try_from("1971".to_owned()).ok());
        let trail = behind.trail();
        assert_eq!(trail.len(), 6);
        assert!(trail.iter().all(|event| event.transaction == Transaction::Import && event.outcome == AuditOutcome::Success));
        assert_eq!((trail[0].patient_ids.len(), trail[5].object_ids.as_slice()), (2, &["E2".to_owned()][..]));
    }

    #[test]
    fn a_record_that_is_there_is_not_written_over() {
        let (_behind, door) = TestRegistry::open();
        let noted = Noted { at: Instant(0), by: "import".to_owned() };
        let record = CareRecord::new(EVA.parse().unwrap(), DspStatus::Active, noted);
        let import = |record: &CareRecord| door.import(&call(), &Directory::Records(vec![record.clone().into()]));
        assert!(matches!(import(&record).unwrap_err().failure, Failure::Identity(IdentityRefusal::Unknown)));
        door.import(&call(), &patients("1970")).unwrap();
        assert_eq!(import(&record).unwrap(), ImportCounts { created: 1, ..Default::default() });
        assert_eq!(import(&record).unwrap(), ImportCounts { unchanged: 1, ..Default::default() });
        let other = CareRecord { emergency_access: EmergencyAccess::Denied, ..record };
        assert!(matches!(import(&other).unwrap_err().failure, Failure::Identity(IdentityRefusal::RecordExists)));
    }

    #[test]
    fn a_presence_code_is_kept_as_its_hash_and_never_written_over() {
        let (behind, door) = TestRegistry::open();
        door.import(&call(), &patients("1970")).unwrap();
        let eva: PatientId = EVA.parse().unwrap();
        let record = CareRecord::new(eva.clone(), DspStatus::Active, Noted { at: Instant(0), by: "import".to_owned() });
        let import = |code: Option<&str>| {
            let presence_code = code.map(|code| PresenceCode::new(code.to_owned()).unwrap());
            door.import(&call(), &Directory::Records(vec![BroughtRecord { record: record.clone(), presence_code }])).unwrap()
        };
        let kept = || door.store().read::<_, Failure>(|tx| Ok(tx.presence_code(&eva)?.map(|code| code.hash))).unwrap();
        assert_eq!((import(None).created, kept()), (1, None));
        assert_eq!(import(Some("K7M4Q2WX")).updated, 1, "a code for a record that is there without one");
        let hash = kept().unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert_eq!((import(Some("another-code")).unchanged, kept()), (1, Some(hash)), "the patient's own choice stays");
        let trail = format!("{:?}", behind.trail());
        assert!(!trail.contains("K7M4Q2WX") && !trail.contains("argon2"), "{trail}");
    }

    #[test]
    fn what_is_known_is_told_from_what_is_not() {
        let (_behind, door) = TestRegistry::open();
        door.import(&call(), &patients("1970")).unwrap();
        TestRegistry::register(&door, EVA, "2.999.3.1").unwrap();
        let [eva, other] = [EVA, "P2^^^&1.2.3&ISO"].map(|id| id.parse::<PatientId>().unwrap());
        let [here, elsewhere] = ["2.999.3.1", "2.999.3.2"].map(|id| id.parse::<UniqueId>().unwrap());
        let unknown = door.unknown(&call(), vec![eva, other.clone()], vec![here, elsewhere.clone()]).unwrap();
        assert!(unknown == (vec![other], vec![elsewhere]));
    }

    #[test]
    fn an_entry_that_is_refused_stops_all() {
        let (behind, door) = TestRegistry::open();
        let [eva, other] = [EVA, "P2^^^&1.2.3&ISO"].map(|id| id.parse().unwrap());
        let merged = door.write(&call(), Transaction::Iti8, |writing| {
            writing.put_patient(&eva, PatientDemographics::default(), &[])?;
            writing.put_patient(&other, PatientDemographics::default(), &[])?;
            writing.merge_patients(&other, &eva)
        });
        merged.unwrap();
        let failure = door.import(&call(), &patients("1970")).unwrap_err();
        assert!(matches!(failure, ImportFailure { entry: 2, failure: Failure::Identity(IdentityRefusal::Merged) }));
        assert!(behind.patient("P0^^^&1.2.3&ISO").is_none());
        assert_eq!(behind.last_event().outcome, AuditOutcome::MinorFailure);
    }
}
