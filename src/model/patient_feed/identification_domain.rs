//! The identification domain whose patients are filed here.

use serde::{Deserialize, Serialize};

use crate::model::hl7_types::Cx;
use crate::model::ids::Oid;

/// The identification domain of the affinity domain, as the registry is configured with it (ITI TF-2: 3.8.4.1.4.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientIdentificationDomain {
    /// The short name that sources may send instead of the OID.
    pub namespace_id: Option<String>,
    /// The OID, the universal id of type ISO.
    pub universal_id: Oid,
}

impl PatientIdentificationDomain {
    /// The identifiers of this domain among `identifiers`; those of other domains are to be ignored (ITI TF-2: 3.8.4.1.4).
    pub fn identifiers_among<'a>(&'a self, identifiers: &'a [Cx]) -> impl Iterator<Item = &'a Cx> {
        identifiers.iter().filter(|id| *id.assigning_authority() == self.universal_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_of_other_domains_are_left_aside() {
        let domain = PatientIdentificationDomain { namespace_id: None, universal_id: "1.2.3".parse().unwrap() };
        let all = ["A^^^&1.2.4&ISO".parse().unwrap(), "B^^^&1.2.3&ISO".parse().unwrap()];
        assert_eq!(domain.identifiers_among(&all).map(Cx::id).collect::<Vec<_>>(), ["B"]);
    }
}
