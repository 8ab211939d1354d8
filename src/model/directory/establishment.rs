//! Establishments.

use serde::{Deserialize, Serialize};

use super::days::between;
use crate::model::ids::Oid;

/// A place of care. Days are civil days of Luxembourg, written `YYYY-MM-DD`.
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
    /// The establishment's own OID, by which requests name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oid: Option<Oid>,
    /// Further OIDs, of sites or of names it had before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_oids: Vec<Oid>,
    /// Whether it is attested to take part; false suspends it, whatever the days say.
    pub attested: bool,
    /// The first day of its attestation, where one is stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attested_from: Option<String>,
    /// The first day without it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attested_until: Option<String>,
    /// Whether it is cleared for emergency care. One of the kind `service-urgences` is, also where this is not said.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub emergency_clearance: bool,
    /// The establishment for which it works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subcontractor_of: Option<String>,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Establishment {
    /// Whether its attestation is in force on that day.
    pub fn is_attested_on(&self, day: &str) -> bool {
        self.attested && between(self.attested_from.as_deref(), self.attested_until.as_deref(), day)
    }

    /// Whether it is a laboratory of medical biology.
    pub fn is_laboratory(&self) -> bool {
        self.is_of_kind("laboratoire")
    }

    /// Whether it is cleared for emergency care.
    pub fn is_cleared_for_emergencies(&self) -> bool {
        self.emergency_clearance || self.is_of_kind("service-urgences")
    }

    /// Whether it is the health fund.
    pub fn is_health_fund(&self) -> bool {
        self.is_of_kind("cns")
    }

    /// All OIDs by which a request may name it.
    pub fn oids(&self) -> impl Iterator<Item = &Oid> {
        self.oid.iter().chain(&self.other_oids)
    }

    fn is_of_kind(&self, kind: &str) -> bool {
        self.kinds.iter().any(|known| known == kind)
    }
}
