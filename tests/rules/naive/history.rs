//! The extent of the activity history (access rules, 8).

use dossier::model::dsp::{DspStatus, HistoryExtent, MandateKind};

use super::callers::valid;
use super::episodes::dead;
use super::mandates::World;

/// How much the caller sees, if anything.
pub(crate) fn history(world: World<'_>) -> Option<HistoryExtent> {
    if !valid(world.caller, world.now) || world.record.status == DspStatus::Purged {
        return None;
    }
    // "Holder, legal representative, assistant, MR, CMC; `RecordAdministrator`". The holder is named, not a mandate: one
    // who closed the record may open it again and still sees what was done with it.
    let patient = (world.is_holder() && !dead(world.record, world.now)) || world.has(MandateKind::Assistant);
    let all = [MandateKind::ReferringPhysician, MandateKind::TrustedCircle, MandateKind::RecordAdministrator];
    if patient {
        // "For the holder and assistant the activity history omits events on `annonce` documents" (5).
        Some(HistoryExtent::EverythingButAnnouncements)
    } else if all.into_iter().any(|kind| world.has(kind)) {
        Some(HistoryExtent::Everything)
    } else {
        // "A professional without MR/CMC mandate sees only their own entries".
        world.professional().is_some().then_some(HistoryExtent::Own)
    }
}
