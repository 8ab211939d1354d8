//! What directory files list.

use super::{Establishment, LegalRepresentative, Professional};
use crate::model::care_record::CareRecord;
use crate::model::connected_system::ConnectedSystem;
use crate::model::hl7_types::PatientId;
use crate::model::patient_feed::PatientDemographics;
use crate::model::presence_code::PresenceCode;

/// One directory, checked as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Directory {
    /// Patients, each under the identifier that names their record.
    Patients(Vec<(PatientId, PatientDemographics)>),
    /// Hospitals, laboratories, pharmacies, practices.
    Establishments(Vec<Establishment>),
    /// Health professionals.
    Professionals(Vec<Professional>),
    /// Connected systems with their attestations.
    Systems(Vec<ConnectedSystem>),
    /// Records of patients with what was granted, declared and decided so far.
    Records(Vec<BroughtRecord>),
    /// Legal representatives of minors.
    Representatives(Vec<LegalRepresentative>),
    /// Several directories, in the order in which they can be imported.
    Several(Vec<Directory>),
}

/// A record as another deployment hands it over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BroughtRecord {
    /// The record.
    pub record: CareRecord,
    /// The code that its patient has there.
    pub presence_code: Option<PresenceCode>,
}

impl From<CareRecord> for BroughtRecord {
    fn from(record: CareRecord) -> Self {
        Self { record, presence_code: None }
    }
}

impl Directory {
    /// How many entries it has.
    pub fn len(&self) -> usize {
        match self {
            Self::Patients(patients) => patients.len(),
            Self::Establishments(establishments) => establishments.len(),
            Self::Professionals(professionals) => professionals.len(),
            Self::Systems(systems) => systems.len(),
            Self::Records(records) => records.len(),
            Self::Representatives(links) => links.len(),
            Self::Several(directories) => directories.iter().map(Self::len).sum(),
        }
    }

    /// Whether it has no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Which directory a file is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectoryKind {
    /// Patients.
    Patients,
    /// Establishments.
    Establishments,
    /// Professionals.
    Professionals,
    /// Connected systems.
    Systems,
    /// Records of patients.
    Records,
    /// Legal representatives of minors.
    Representatives,
    /// A FHIR bundle of patients, establishments, professionals and representatives.
    Bundle,
}
