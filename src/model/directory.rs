//! What directory files list: patients, establishments, professionals.

use serde::{Deserialize, Serialize};

use super::care_record::CareRecord;
use super::connected_system::ConnectedSystem;
use super::hl7_types::PatientId;
use super::ids::Oid;
use super::patient_feed::PatientDemographics;
use super::timestamp::Instant;

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
    Records(Vec<CareRecord>),
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
}

/// A place of care.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Establishment {
    /// Key within the assigning authority.
    pub id: String,
    /// Who issued the key.
    pub assigning_authority: Oid,
    /// Name.
    pub name: String,
    /// Local codes of the facility type; at least one.
    pub kinds: Vec<String>,
    /// The establishment's own OID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oid: Option<Oid>,
    /// Whether it is attested to take part.
    pub attested: bool,
    /// The establishment for which it works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subcontractor_of: Option<String>,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Somebody who cares for patients, or a system that acts for such people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Professional {
    /// Key within the assigning authority.
    pub id: String,
    /// Who issued the key.
    pub assigning_authority: Oid,
    /// Family name, or the name of the system.
    pub family: String,
    /// Given name; a system has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// Profession, as text.
    pub profession: String,
    /// Row of the habilitation matrix.
    pub usage_profile: String,
    /// The right to practise, where the profession needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<Licence>,
    /// Where they work; at least one.
    pub workplaces: Vec<Workplace>,
    /// RFC 5646 tags, the preferred one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Professional {
    /// Whether the licence is valid at that time; who needs none may.
    pub fn may_practise(&self, at: Instant) -> bool {
        self.licence.as_ref().is_none_or(|licence| licence.is_valid_on(&at.to_date()))
    }
}

impl Licence {
    /// Whether the right exists on that day, written as the dates are.
    pub fn is_valid_on(&self, day: &str) -> bool {
        *self.valid_from <= *day && self.valid_until.as_deref().is_none_or(|until| day < until)
    }
}

/// A right to practise; dates are ISO 8601.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Licence {
    /// The first day with the right.
    pub valid_from: String,
    /// The first day without it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
}

/// A place where a professional works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workplace {
    /// Local code of the facility type.
    pub kind: String,
    /// Key of the establishment; none for a practice of one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub establishment: Option<String>,
}
