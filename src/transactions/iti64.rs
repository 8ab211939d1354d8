//! Notify XAD-PID Link Change [ITI-64], which comes over the same connection as ITI-8 (ITI TF-2: 3.64.4.1).

use crate::model::ids::Oid;
use crate::model::patient_feed::LinkChange;

use super::feed_steps::{Action, Place, Rule, Step, Unfit, is_own};

/// The one step of a link change: both XAD-PIDs name records here, and a subsumed local id is of the same authority as
/// the one that subsumes it (ITI TF-2: 3.64.4.1.2.4).
pub(super) fn step(change: &LinkChange, authorities: &[Oid]) -> Result<Step, Unfit> {
    let (new, previous) = (Place::Remaining(1), Place::Ending(1));
    for (xad_pid, place) in [(&change.new_xad_pid, new), (&change.previous_xad_pid, previous)] {
        if !is_own(xad_pid, authorities) {
            return Err(Unfit { place, rule: Rule::OwnAuthority });
        }
    }
    let authority = change.local_id.assigning_authority();
    if change.subsumed_local_id.as_ref().is_some_and(|subsumed| subsumed.assigning_authority() != authority) {
        return Err(Unfit { place: previous, rule: Rule::OneLocalAuthority });
    }
    Ok(Step { place: new, action: Action::ChangeLink(change.clone()) })
}
