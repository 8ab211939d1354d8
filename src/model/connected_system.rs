//! Connected systems: software that may call, and the attestation that allows it.

use serde::{Deserialize, Serialize};

use super::node::CertificateIdentity;

/// One system of the directory. Days are civil days of Luxembourg, written `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectedSystem {
    /// Key.
    pub id: String,
    /// Name.
    pub name: String,
    /// For whom it calls.
    pub operator: SystemOperator,
    /// Its certificates; at least one, several while one replaces another.
    pub certificates: Vec<CertificateIdentity>,
    /// Its attestation of conformity.
    pub attestation: Attestation,
    /// The first day on which it gets nothing, until it is taken away again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended_from: Option<String>,
    /// Whom its people contact about their admission.
    pub contact: String,
}

/// For whom a system calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SystemOperator {
    /// An establishment, by its key in the directory.
    Establishment(String),
    /// The practices that use this software product.
    PracticeSoftware(String),
}

/// An attestation of conformity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    /// The first day with it.
    pub issued: String,
    /// The first day without it again.
    pub expires: String,
}

/// What the directory says of a system on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its attestation is in force.
    Attested,
    /// Its attestation is for later.
    NotYet,
    /// Its attestation is over.
    Expired,
    /// Its attestation is suspended.
    Suspended,
}

impl ConnectedSystem {
    /// The standing on a day, written `YYYY-MM-DD`.
    pub fn standing(&self, day: &str) -> Standing {
        if self.suspended_from.as_deref().is_some_and(|from| from <= day) {
            Standing::Suspended
        } else if self.attestation.expires.as_str() <= day {
            Standing::Expired
        } else if day < self.attestation.issued.as_str() {
            Standing::NotYet
        } else {
            Standing::Attested
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attestation_is_in_force_between_its_days_unless_it_is_suspended() {
        let system = |suspended_from: Option<&str>| ConnectedSystem {
            id: "s".to_owned(),
            name: "S".to_owned(),
            operator: SystemOperator::PracticeSoftware("P 1.0".to_owned()),
            certificates: vec!["dns:s.example".parse().unwrap()],
            attestation: Attestation { issued: "2026-02-01".to_owned(), expires: "2026-03-01".to_owned() },
            suspended_from: suspended_from.map(str::to_owned),
            contact: "us".to_owned(),
        };
        let days = ["2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01"];
        let standings = |suspended| days.map(|day| system(suspended).standing(day));
        use Standing::{Attested, Expired, NotYet, Suspended};
        assert_eq!(standings(None), [NotYet, Attested, Attested, Expired]);
        assert_eq!(standings(Some("2026-02-28")), [NotYet, Attested, Suspended, Suspended]);
    }
}
