//! What a refused act of managing a record is answered with.

use super::Refusal;
use crate::access::ActRefusal;
use crate::model::dsp::Denial;
use crate::wire::fhir::{Issue, IssueCode};

/// The answer; the audit trail has the act already.
pub(super) fn of_act(refusal: &ActRefusal) -> Refusal {
    let of = |status, code| Refusal::of(status, Issue::error(code, refusal.to_string()));
    let answer = match refusal {
        ActRefusal::NobodyCalls => Refusal::not_proven(&refusal.to_string()),
        ActRefusal::Unknown => Refusal::not_found(),
        ActRefusal::Denied(Denial::State | Denial::ReferringPhysician | Denial::RecordNotActive) => of(422, IssueCode::BusinessRule),
        ActRefusal::Denied(_) => of(403, IssueCode::Forbidden),
        ActRefusal::Version { found } => of(412, IssueCode::Conflict).header("ETag", format!("W/\"{found}\"")),
        ActRefusal::Exists | ActRefusal::AlreadyGranted => of(409, IssueCode::Duplicate),
        ActRefusal::TooMany { .. } => of(422, IssueCode::TooCostly),
        ActRefusal::UnknownProfessional
        | ActRefusal::NotAPhysician
        | ActRefusal::NoAssistant
        | ActRefusal::Lengthening
        | ActRefusal::EndsInThePast
        | ActRefusal::Ended => of(422, IssueCode::BusinessRule),
    };
    answer.audited()
}
