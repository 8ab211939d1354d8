//! A person who calls, as somebody trusted has proven (ITI TF-2: 3.40).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::hl7_types::PatientId;

/// A person for whom a call is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who vouches for them.
    pub issuer: String,
    /// Their name with the issuer.
    pub name_id: String,
    /// The name that the service once gave them.
    pub alias: Option<String>,
    /// What proves it; nothing where the issuer gave it no id.
    pub token: Option<ProvingToken>,
    /// What the issuer says of them; claims, which the directories may contradict.
    pub claims: SubjectClaims,
}

/// The kinds of tokens that prove a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenKind {
    /// A SAML 2.0 assertion (ITI TF-2: 3.40).
    Saml,
    /// An OAuth 2.0 access token (ITI TF-2: 3.72).
    Oauth,
}

/// The token that proves a person, by its name. The token itself is kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvingToken {
    /// Of which kind it is.
    pub kind: TokenKind,
    /// `ID` of the assertion, or `jti` of the access token.
    pub id: String,
}

/// The code system of the roles that name a quality.
pub const QUALITY_ROLES: &str = "2.999.442.1.5";

/// The role of the operator's staff.
pub const ADMIN: &str = "admin";

/// The roles that name a quality of their own (access rules, 1); every other role is that of a [`PROFESSIONAL`].
pub const QUALITIES: [&str; 6] = ["patient", "representant-legal", "administrateur-dossier", "cns", "etablissement", ADMIN];

/// The quality of whoever claims none of [`QUALITIES`].
pub const PROFESSIONAL: &str = "professional";

impl Person {
    /// The user as audit records name them: `alias<user@issuer>` (ITI TF-2: 3.40.4.2).
    pub fn user_name(&self) -> String {
        format!("{}<{}@{}>", self.alias.as_deref().unwrap_or_default(), self.name_id, self.issuer)
    }

    /// The keys under which a directory of professionals may know them, the most particular first, each with who issued
    /// it where that is said.
    pub fn directory_keys(&self) -> impl Iterator<Item = (Option<&str>, &str)> {
        let identifiers = self.claims.provider_identifiers.iter().map(|id| (Some(id.root.as_str()), id.extension.as_str()));
        let others = self.claims.npi.iter().chain([&self.name_id]).map(|id| (None, id.as_str()));
        // An identifier that says who issued it is not taken for one of somebody else.
        let stated = !self.claims.provider_identifiers.is_empty();
        identifiers.chain(others.filter(move |_| !stated))
    }
}

/// What an issuer says of a person (ITI TF-2: 3.40.4.1.2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubjectClaims {
    /// Their name in plain text.
    pub subject_id: Option<String>,
    /// The organisations they act for, in plain text.
    pub organizations: Vec<String>,
    /// The same by identifier, a URI.
    pub organization_ids: Vec<String>,
    /// The community the request comes from.
    pub home_community_id: Option<String>,
    /// National provider identifier.
    pub npi: Option<String>,
    /// Identifiers as a professional, with who issued them.
    pub provider_identifiers: Vec<InstanceIdentifier>,
    /// Roles.
    pub roles: Vec<CodedClaim>,
    /// What the data are asked for.
    pub purposes_of_use: Vec<CodedClaim>,
    /// The patient whose data are asked for.
    pub resource_id: Option<String>,
    /// Documents in which the patient consents.
    pub consent_documents: Vec<String>,
    /// Policies the patient consented to.
    pub consent_policies: Vec<String>,
    /// The patient in whose account the person acts, where they act as a patient or as the legal representative of one.
    pub person: Option<PatientId>,
    /// The legal representative in whose hands that account is.
    pub representative: Option<PatientId>,
    /// Why a record administrator opens the record (access rules, 1).
    pub access_reason: Option<String>,
}

impl SubjectClaims {
    /// The qualities that the roles name, each once; a session has exactly one (access rules, 1).
    pub fn qualities(&self) -> BTreeSet<&str> {
        let named = self.roles.iter().filter(|role| role.system == QUALITY_ROLES).map(|role| role.code.as_str());
        let mut qualities: BTreeSet<_> = named.map(|code| if QUALITIES.contains(&code) { code } else { PROFESSIONAL }).collect();
        if qualities.is_empty() {
            qualities.insert(PROFESSIONAL);
        }
        qualities
    }
}

/// Why the directories do not bear out what an issuer says. For the audit trail only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotBorneOut {
    /// They do not know the person.
    #[error("the subject is not in the directories")]
    UnknownSubject,
    /// The person has no right to practise now.
    #[error("the subject's licence is not valid now")]
    Unlicensed,
    /// The person's account is not in use.
    #[error("the subject's account is suspended or closed")]
    Suspended,
    /// The organisation that they name has no attestation in force.
    #[error("the organisation is not known, not attested, or one of several")]
    NotAttested,
    /// They do not work in the organisation that they name.
    #[error("the directory does not link the subject to the organisation")]
    NotLinked,
    /// They do not represent the child, or no longer.
    #[error("the subject is not the legal representative now")]
    NotRepresentative,
}

/// A coded value (HL7 v3: CE).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodedClaim {
    /// The code.
    pub code: String,
    /// Its code system, an OID.
    pub system: String,
    /// What to show a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
}

impl CodedClaim {
    /// Whether it is the role of the operator's staff, who keep the directories (access rules, 9).
    pub fn is_admin(&self) -> bool {
        self.code == ADMIN && self.system == QUALITY_ROLES
    }
}

/// An identifier and who issued it (HL7 v3: II).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceIdentifier {
    /// The OID of who issued it.
    pub root: String,
    /// The identifier.
    pub extension: String,
}
