//! What is told to somebody who has a mandate but not the right: the rule and what to do, never what they may not see.

use crate::model::audit_event::AuditEvent;
use crate::model::dsp::{Denial, Verdict};
use crate::model::registry_error::{ErrorCode, RegistryError};

use super::Reason;
use super::door::note_reason;

/// Puts a verdict into the trail; an error where it is a no.
pub(super) fn permitted(audit: &mut AuditEvent, verdict: Verdict, place: impl Into<String>) -> Result<(), RegistryError> {
    match verdict {
        Verdict::Allow(ground) => {
            note_reason(audit, Reason::Ground(ground));
            Ok(())
        }
        Verdict::Deny(denial) => {
            note_reason(audit, Reason::Denial(denial));
            Err(RegistryError::new(ErrorCode::RegistryError, place, told(denial)))
        }
    }
}

/// The rule in words. Sections are those of the access rules.
fn told(denial: Denial) -> &'static str {
    match denial {
        Denial::NoHabilitation => {
            "your profession has no right to write this type of document (access rules, 4); DocumentEntry.typeCode says the type"
        }
        Denial::TypeConstraint => {
            "this type of document has a rule of its own that the submission does not meet: where it comes from, its format, or a declaration (access rules, 6)"
        }
        Denial::LevelNotChoosable => {
            "this confidentiality level cannot be chosen at submission (access rules, 6); professionals choose STANDARD, CONFIDENTIEL or ANNONCE, patients STANDARD, CONFIDENTIEL or PRIVE"
        }
        Denial::NotTheAuthor => "only its author replaces a document or changes its metadata (access rules, 6); append to it instead",
        Denial::LevelTransition => {
            "your mandate does not change this confidentiality level into that one (access rules, 6, level transitions)"
        }
        Denial::RecordNotActive => "nothing is written to this record in its present state (access rules, 2)",
        Denial::NotEntitled => "this act is not one of a caller in your quality (access rules, 6)",
        _ => "the access rules do not permit this act to you now (access rules, 6)",
    }
}
