//! Whom a token is wished for, and what it then says of them.

use std::time::Duration;

use super::DemoDirectory;
use crate::model::hl7_types::PatientId;
use crate::model::person::{CodedClaim, InstanceIdentifier, QUALITIES, QUALITY_ROLES, SubjectClaims};

/// What somebody asks a token for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenWish {
    /// The person: the id of a professional, or of a patient, bare or as `ID^^^&OID&ISO`.
    pub person: String,
    /// The establishment for which they act: its id or its OID.
    pub organisation: Option<String>,
    /// The quality in which they act; nothing: as the id says.
    pub quality: Option<String>,
    /// The legal representative who acts in the account of the person.
    pub representative: Option<String>,
    /// Why a record administrator opens a record.
    pub access_reason: Option<String>,
    /// The client to which the token is given.
    pub client: String,
    /// What may be done with it; nothing: all that the person may do.
    pub scope: Option<String>,
    /// For how long.
    pub lifetime: Duration,
}

/// Why a wish is not granted.
#[derive(Debug, thiserror::Error)]
pub enum WishError {
    /// Nobody has that id.
    #[error("{0} is no professional of the directory and no matricule; import the directory (dossier import), or name the quality")]
    UnknownPerson(String),
    /// No establishment has that id.
    #[error("{0} is no establishment of the directory with an OID; import the directory, or give the OID")]
    UnknownOrganisation(String),
    /// The quality is none.
    #[error(
        "{0} is no quality; the qualities are patient, representant-legal, administrateur-dossier, cns, etablissement and admin, and none for professionals"
    )]
    UnknownQuality(String),
    /// It is not a patient.
    #[error("{0} is no patient id; write a matricule, or ID^^^&OID&ISO")]
    NotAPatient(String),
    /// A legal representative has to be named.
    #[error("in the quality representant-legal the person is the child, and the representative has to be named")]
    NoRepresentative,
    /// It could not be looked up or signed.
    #[error("the token could not be made: {0}")]
    Failed(String),
}

impl TokenWish {
    /// What the token says of the person. Bare patient ids are those of `authority`.
    pub(in crate::server) fn claims(&self, directory: &DemoDirectory, authority: &str) -> Result<SubjectClaims, WishError> {
        let quality = match (self.quality.as_deref(), &self.representative) {
            (Some(quality), _) if !QUALITIES.contains(&quality) => return Err(WishError::UnknownQuality(quality.to_owned())),
            (Some(quality), _) => Some(quality),
            (None, Some(_)) => Some("representant-legal"),
            (None, None) if is_patient_id(&self.person) => Some("patient"),
            (None, None) => None,
        };
        let mut claims = match quality {
            Some("patient") => self.patient(authority)?,
            Some("representant-legal") => {
                let named = self.representative.as_ref().ok_or(WishError::NoRepresentative)?;
                SubjectClaims { representative: Some(patient(named, authority)?), ..self.patient(authority)? }
            }
            Some(quality @ ("etablissement" | "admin")) => SubjectClaims { roles: vec![role(quality)], ..SubjectClaims::default() },
            quality => self.professional(directory, quality)?,
        };
        if let Some(organisation) = &self.organisation {
            claims.organization_ids.push(organisation_id(directory, organisation)?);
        }
        claims.access_reason.clone_from(&self.access_reason);
        Ok(claims)
    }

    fn patient(&self, authority: &str) -> Result<SubjectClaims, WishError> {
        let quality = if self.representative.is_some() { "representant-legal" } else { "patient" };
        Ok(SubjectClaims { roles: vec![role(quality)], person: Some(patient(&self.person, authority)?), ..SubjectClaims::default() })
    }

    /// As the directory has them; the directory also says in which quality who is no health professional acts.
    fn professional(&self, directory: &DemoDirectory, quality: Option<&str>) -> Result<SubjectClaims, WishError> {
        let found = directory.professional(&self.person)?.ok_or_else(|| WishError::UnknownPerson(self.person.clone()))?;
        let name = [found.given.as_deref(), Some(&found.family)].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let root = found.assigning_authority.to_string();
        Ok(SubjectClaims {
            subject_id: Some(name),
            roles: quality.or(found.usage_profile.as_deref()).map(role).into_iter().collect(),
            provider_identifiers: vec![InstanceIdentifier { root, extension: found.id }],
            ..SubjectClaims::default()
        })
    }
}

fn role(code: &str) -> CodedClaim {
    CodedClaim { code: code.to_owned(), system: QUALITY_ROLES.to_owned(), display: None }
}

fn is_patient_id(text: &str) -> bool {
    text.contains('^') || ([11, 13].contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()))
}

fn patient(text: &str, authority: &str) -> Result<PatientId, WishError> {
    let whole = if text.contains('^') { text.to_owned() } else { format!("{text}^^^&{authority}&ISO") };
    whole.parse().map_err(|_| WishError::NotAPatient(text.to_owned()))
}

fn organisation_id(directory: &DemoDirectory, text: &str) -> Result<String, WishError> {
    let bare = text.strip_prefix("urn:oid:").unwrap_or(text);
    if bare.contains('.') {
        return Ok(format!("urn:oid:{bare}"));
    }
    let oid = directory.establishment(text)?.and_then(|found| found.oid);
    oid.map(|oid| format!("urn:oid:{oid}")).ok_or_else(|| WishError::UnknownOrganisation(text.to_owned()))
}
