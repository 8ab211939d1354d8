//! Notify XAD-PID Link Change [ITI-64], which comes over the same connection as ITI-8 (ITI TF-2: 3.64.4.1).

use crate::model::ids::Oid;
use crate::model::patient_feed::LinkChange;
use crate::wire::hl7v2::Hl7Error;
use crate::wire::hl7v2::error::{ErrorCondition, Location, SegmentId};

use super::iti8::{Action, Step, foreign, is_own};

/// The one step of a link change: both XAD-PIDs name records here, and a subsumed local id is of the same authority as
/// the one that subsumes it (ITI TF-2: 3.64.4.1.2.4).
pub(super) fn step(change: &LinkChange, authorities: &[Oid]) -> Result<Step, Hl7Error> {
    let pid_3 = Location::segment(SegmentId::PID, 1).field(3);
    let mrg_1 = Location::segment(SegmentId::MRG, 1).field(1);
    for (xad_pid, place) in [(&change.new_xad_pid, pid_3), (&change.previous_xad_pid, mrg_1)] {
        if !is_own(xad_pid, authorities) {
            return Err(foreign(place));
        }
    }
    let authority = change.local_id.assigning_authority();
    if change.subsumed_local_id.as_ref().is_some_and(|subsumed| subsumed.assigning_authority() != authority) {
        let text = "the subsumed local patient id must be of the same assigning authority as the local patient id in PID-3";
        return Err(Hl7Error::error(ErrorCondition::DataType, mrg_1, text));
    }
    Ok(Step { place: pid_3, action: Action::ChangeLink(change.clone()) })
}
