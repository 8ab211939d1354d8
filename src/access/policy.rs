//! Which rules a deployment applies.

use std::sync::Arc;

use crate::model::dsp::Rules;
use crate::model::hl7_types::PatientId;

use super::{Action, Call, Decision, Reason, Visibility};

/// The rules of the deployment profile.
#[derive(Debug, Clone)]
pub enum Policy {
    /// Profile `ihe-connectathon`: every connected system may do everything; all of it is audited.
    Open,
    /// Profile `luxembourg-dsp`: the patient governs, by the access rules of the shared care record.
    CareRecord(Arc<Rules>),
}

impl Policy {
    /// What the deployment decided as data, where the access rules are in force.
    pub(super) fn rules(&self) -> Option<&Rules> {
        match self {
            Self::Open => None,
            Self::CareRecord(rules) => Some(rules),
        }
    }

    /// Decides on one action of one caller on one patient's record.
    pub(super) fn decide(&self, _call: &Call, _action: Action, _patient_id: &PatientId) -> Decision {
        match self {
            Self::Open => Decision::Allow { visibility: Visibility::Everything, reason: Reason::OpenPolicy },
            Self::CareRecord(_) => Decision::Deny { reason: Reason::AccessRules },
        }
    }

    /// Decides on the removal of a document that no entry describes, so that it is part of no record.
    pub(super) fn decide_on_unfiled(&self, _call: &Call) -> Decision {
        match self {
            Self::Open => Decision::Allow { visibility: Visibility::Everything, reason: Reason::OpenPolicy },
            Self::CareRecord(_) => Decision::Deny { reason: Reason::AccessRules },
        }
    }
}
