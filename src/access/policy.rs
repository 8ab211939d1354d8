//! Which rules a deployment applies.

use std::sync::Arc;

use crate::model::dsp::{Clause, Denial, Ground, Rules, Scope, Standing};
use crate::model::hl7_types::PatientId;
use crate::store::Read;

use super::authority::{Authority, UnderRules};
use super::decision::Decision;
use super::standings::Standings;
use super::{Action, Call, Failure, Reason};

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
    pub(super) fn decide(
        &self,
        standings: &mut Standings,
        tx: &mut Read,
        call: &Call,
        action: Action,
        patient_id: &PatientId,
    ) -> Result<Decision, Failure> {
        let Self::CareRecord(rules) = self else {
            return Ok(Decision::Allow { authority: Authority::Open, reason: Reason::OpenPolicy });
        };
        Ok(match standings.towards(tx, call, patient_id)? {
            Err(denial) => Decision::denied(denial),
            Ok(standing) => match ground(&standing, action) {
                Err(denial) => Decision::denied(denial),
                Ok(reason) => {
                    let under = UnderRules { standing, rules: Arc::clone(rules) };
                    Decision::Allow { authority: Authority::Rules(Box::new(under)), reason }
                }
            },
        })
    }

    /// Decides on the removal of a document that no entry describes, so that it is part of no record.
    pub(super) fn decide_on_unfiled(&self) -> Decision {
        match self {
            Self::Open => Decision::Allow { authority: Authority::Open, reason: Reason::OpenPolicy },
            Self::CareRecord(_) => Decision::denied(Denial::NotEntitled),
        }
    }
}

/// What opens the record for the action: the preferred of the mandates that are good for it (access rules, 3). Authorship lets
/// somebody without a mandate look for their own documents (5.2); until one is found, the trail says why there is no mandate. What
/// is then done with which document is judged by its own facts.
pub(super) fn ground(standing: &Standing, action: Action) -> Result<Reason, Denial> {
    let first = |fits: fn(&Clause) -> bool| {
        standing.clauses.iter().find(|clause| fits(clause)).map(|clause| Reason::Ground(Ground::Mandate(clause.mandate)))
    };
    let found = match action {
        Action::Find | Action::Retrieve => {
            first(|clause| clause.read != Scope::Nothing).or_else(|| standing.reads_own.then_some(Reason::Denial(standing.otherwise)))
        }
        // Who has a mandate that does not let write is told so.
        Action::Submit => first(|clause| clause.write.is_some()).or_else(|| first(|_| true)),
        Action::Update => first(|_| true),
        // Documents go with their record, by retention alone (access rules, 6).
        Action::Remove => return Err(Denial::NotEntitled),
    };
    found.ok_or(standing.otherwise)
}
