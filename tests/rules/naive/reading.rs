//! Reading a document (access rules, 5).

use dossier::model::dsp::{Activation, Author, DocumentFacts, DspStatus, EmergencyAccess, Ground, Level, MandateKind, Quality};

use super::callers::valid;
use super::mandates::{ORDER, World};
use super::matrix::Matrix;

/// On what it rests, if it is allowed.
pub(crate) fn read(world: World<'_>, document: &DocumentFacts, matrix: &Matrix) -> Option<Ground> {
    if !visible(world, document) {
        return None;
    }
    let mandate = ORDER.into_iter().find(|kind| reads_under(world, *kind, document, matrix));
    // "author access (5.2) only when none of them gives it" (3).
    mandate.map(Ground::Mandate).or_else(|| is_own(world, document).then_some(Ground::Author))
}

/// What comes before any mandate: 5.1, "until purge" (5.2), and 5.3, "only `RecordAdministrator` sees it, the author
/// included" among those who do not.
pub(super) fn visible(world: World<'_>, document: &DocumentFacts) -> bool {
    let administrator = matches!(world.caller.quality, Quality::RecordAdministrator { .. });
    let there = world.record.status != DspStatus::Purged;
    valid(world.caller, world.now) && there && (administrator || document.activation == Activation::Active)
}

/// "A professional may always read the documents they themselves sent" (5.2); "the author is the authenticated
/// professional who made the submission".
pub(super) fn is_own(world: World<'_>, document: &DocumentFacts) -> bool {
    world.professional().is_some_and(|id| document.author == Author::Professional(id.clone()))
}

/// 5.6 to 5.8 for one mandate.
pub(super) fn reads_under(world: World<'_>, kind: MandateKind, document: &DocumentFacts, matrix: &Matrix) -> bool {
    world.has(kind) && reads_type(world, kind, document.document_type.as_str(), matrix) && reads_level(world, kind, document.level)
}

/// The table of 4, column "Read".
fn reads_type(world: World<'_>, kind: MandateKind, document_type: &str, matrix: &Matrix) -> bool {
    if !known(world, document_type, matrix) {
        return false;
    }
    match kind {
        // "every type (level permitting)", "every type and level".
        MandateKind::ReferringPhysician | MandateKind::TrustedCircle => true,
        MandateKind::Holder | MandateKind::Assistant | MandateKind::RecordAdministrator => true,
        // "column of the profession".
        MandateKind::Consultation | MandateKind::Establishment | MandateKind::Emergency => {
            profile(world).is_some_and(|profile| matrix.may_read(profile, document_type))
        }
        // "nothing".
        MandateKind::HealthFund => false,
    }
}

/// "Unknown profession or unknown document type: no right" (4), whatever the mandate.
pub(super) fn known(world: World<'_>, document_type: &str, matrix: &Matrix) -> bool {
    matrix.knows_type(document_type) && profile(world).is_none_or(|profile| matrix.knows_profile(profile))
}

/// "The usage profile follows from the professional's profession in the directory" (4).
pub(super) fn profile(world: World<'_>) -> Option<&str> {
    match &world.caller.quality {
        Quality::Professional { profile, .. } => Some(profile.as_str()),
        _ => None,
    }
}

/// The table of 5.8, written down line by line: whom each level lets in.
fn reads_level(world: World<'_>, kind: MandateKind, level: Level) -> bool {
    use MandateKind::{Assistant, Consultation, Emergency, Establishment, Holder, RecordAdministrator, ReferringPhysician, TrustedCircle};
    let extended = world.emergencies().any(|access| access == EmergencyAccess::Extended);
    let let_in: &[MandateKind] = match level {
        Level::Standard => &[Holder, Assistant, ReferringPhysician, TrustedCircle, Consultation, Establishment, Emergency],
        Level::Confidential if extended => &[Holder, Assistant, ReferringPhysician, TrustedCircle, Emergency],
        Level::Confidential => &[Holder, Assistant, ReferringPhysician, TrustedCircle],
        Level::Private => &[Holder, Assistant],
        Level::Announcement => &[ReferringPhysician, TrustedCircle, Consultation, Establishment, Emergency],
    };
    kind == RecordAdministrator || let_in.contains(&kind)
}
