//! Who acted, in clear: what the directories said of them at the time of the act (access rules, 8).

use serde::{Deserialize, Serialize};

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// In which quality.
    pub quality: ActorQuality,
    /// Their key in the directory of their kind; nothing where no directory knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Their name.
    #[serde(default)]
    pub name: ActorName,
    /// Profession, as the directory words it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// For which organisation they acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<ActorOrganisation>,
    /// Who had the patient's account in their hands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub representative: Option<ActorRepresentative>,
}

/// A name, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorName {
    /// Family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// Given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorOrganisation {
    /// Its key in the directory, or what the caller called it if the directory has none.
    pub id: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A legal representative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorRepresentative {
    /// Their own patient id.
    pub id: String,
    /// Their name.
    #[serde(default)]
    pub name: ActorName,
}

/// The quality of an actor (access rules, 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActorQuality {
    /// A patient in their own account.
    Patient,
    /// A legal representative in the account of a minor.
    LegalRepresentative,
    /// A health professional.
    Professional,
    /// *Administrateur de dossier*.
    RecordAdministrator,
    /// The CNS.
    HealthFund,
    /// The information system of an establishment.
    Establishment,
    /// The operator's staff.
    Operator,
}

impl ActorQuality {
    /// The code in resources.
    pub fn code(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::LegalRepresentative => "representant-legal",
            Self::Professional => "professionnel",
            Self::RecordAdministrator => "administrateur-dossier",
            Self::HealthFund => "cns",
            Self::Establishment => "etablissement",
            Self::Operator => "admin",
        }
    }
}

/// Which actor, so that theirs can be looked up: the kind of directory and the key in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ActorKey {
    /// A person of the patient directory, whoever represents them.
    Patient(String),
    /// Somebody of the professional directory.
    Professional(String),
    /// An organisation that acted for itself.
    Organisation(String),
}

impl ActorKey {
    /// The text of the column.
    pub fn column(&self) -> String {
        let (kind, id) = match self {
            Self::Patient(id) => ("patient", id),
            Self::Professional(id) => ("professional", id),
            Self::Organisation(id) => ("organisation", id),
        };
        format!("{kind}:{id}")
    }
}

impl Actor {
    /// Somebody in this quality of whom nothing else is known.
    pub fn of(quality: ActorQuality) -> Self {
        Self { quality, id: None, name: ActorName::default(), function: None, organisation: None, representative: None }
    }

    /// By which key they are looked up; nothing where no directory knows them.
    pub fn key(&self) -> Option<ActorKey> {
        let of_organisation = || Some(ActorKey::Organisation(self.organisation.as_ref()?.id.clone()));
        match self.quality {
            ActorQuality::Patient | ActorQuality::LegalRepresentative => self.id.clone().map(ActorKey::Patient),
            ActorQuality::Professional | ActorQuality::RecordAdministrator => self.id.clone().map(ActorKey::Professional),
            ActorQuality::HealthFund | ActorQuality::Establishment => of_organisation(),
            ActorQuality::Operator => None,
        }
    }
}
