//! The sample patients.

use serde::Deserialize;

use crate::model::directory::{Directory, DirectoryKind};
use crate::model::dsp::Professions;
use crate::model::hl7_types::PatientId;
use crate::model::ids::Oid;
use crate::model::patient_feed::{FeedEvent, FeedParty, PatientDemographics, PatientFeed};
use crate::wire::directory_file::{self, FileFormat};

use super::BrokenFixture;
use super::embedded::PATIENTS;

/// An invented patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamplePatient {
    /// Name within the fixtures, as in `P01`.
    pub name: String,
    /// Under which documents are filed.
    pub patient_id: PatientId,
    /// Who they are.
    pub demographics: PatientDemographics,
}

#[derive(Deserialize)]
struct Names {
    assigning_authority: Oid,
    patients: Vec<Name>,
}

#[derive(Deserialize)]
struct Name {
    id: String,
}

/// All sample patients.
///
/// # Errors
/// [`BrokenFixture`].
pub fn patients() -> Result<Vec<SamplePatient>, BrokenFixture> {
    let names: Names = serde_json::from_slice(PATIENTS).map_err(|error| BrokenFixture(format!("patients.json: {error}")))?;
    let no_professions = Professions::default();
    let authorities = [names.assigning_authority];
    let directory = directory_file::read(DirectoryKind::Patients, FileFormat::Json, PATIENTS, &no_professions, &authorities);
    match directory {
        Ok(Directory::Patients(entries)) => {
            let named = names.patients.into_iter().zip(entries);
            let patient = |(name, (patient_id, demographics)): (Name, _)| SamplePatient { name: name.id, patient_id, demographics };
            Ok(named.map(patient).collect())
        }
        Ok(_) => Ok(Vec::new()),
        Err(faults) => Err(BrokenFixture(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))),
    }
}

/// What a patient identity source says when it makes the patient known, at `message_time` (MSH-7).
pub fn announcement(patient: &SamplePatient, message_time: String) -> PatientFeed {
    let party = |application: &str, facility: &str| FeedParty { application: application.to_owned(), facility: facility.to_owned() };
    PatientFeed {
        event: FeedEvent::Add(patient.demographics.clone()),
        message_control_id: format!("DEMO-{}", patient.name),
        sender: party("DEMO", "DOSSIER"),
        receiver: party("DOSSIER", "REGISTRY"),
        message_time: Some(message_time),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::hl7v2::adt;
    use crate::wire::hl7v2::feed_message;
    use crate::wire::hl7v2::header::{TriggerEvent, Version};

    #[test]
    fn every_patient_is_announced_as_the_fixtures_say() {
        let patients = patients().unwrap();
        assert_eq!(patients.len(), 12);
        assert_eq!((patients[8].name.as_str(), patients[8].patient_id.id()), ("P09", "1995000098999"));
        for patient in &patients {
            let feed = announcement(patient, "20250317090000+0100".to_owned());
            let message = feed_message::write(&feed, TriggerEvent::A28, Version::V2_5).unwrap();
            assert!(adt::read(&message, None).unwrap() == feed, "{}", patient.name);
        }
    }
}
