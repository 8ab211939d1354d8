//! Remove Metadata [ITI-62] (ITI TF-2: 3.62, supplement Remove Metadata and Documents).

use std::collections::HashSet;

use crate::access::{Action, Call, Failure, Writing};
use crate::model::audit_event::Transaction;
use crate::model::ids::EntryUuid;
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::wire::ebrim::read_remove_objects;
use crate::wire::xml::ns;

use super::iti42::{registry_response, submit};
use super::soap_message::{Rejection, SoapMessage, expect_payload};
use super::soap_reply::ReplyHead;
use super::{Services, SoapReply};

/// Removes registry objects for good, all of the request or none. Documents stay in their repository until ITI-86.
pub(super) fn perform(services: &Services, call: &Call, message: SoapMessage, reply: &ReplyHead) -> Result<SoapReply, Rejection> {
    expect_payload(&message.envelope, ns::LCM, "RemoveObjectsRequest")?;
    let request = &message.envelope.payload;
    let requested = read_remove_objects(request).map_err(Failure::Refused).and_then(|ids| bounded(services, ids));
    let result = submit(services, call, Transaction::Iti62, || None, requested, |door, ids| remove(door, &ids));
    registry_response(call, reply, result.err())
}

/// The ids, if they are not more than a submission may have: other writers wait meanwhile.
fn bounded(services: &Services, ids: Vec<EntryUuid>) -> Result<Vec<EntryUuid>, Failure> {
    let (count, most) = (ids.len(), services.limits.submission_objects);
    if count <= most {
        return Ok(ids);
    }
    let context = format!("the request names {count} objects; this registry removes {most} at once, send several requests");
    Err(Failure::refused(RegistryError::new(ErrorCode::RegistryOutOfResources, "RemoveObjectsRequest/ObjectRefList", context)))
}

/// Removes the objects from the records that hold them. The standard does not say that these are of one patient.
fn remove(door: &mut Writing<'_>, ids: &[EntryUuid]) -> Result<(), Failure> {
    let (mut found, mut closed, mut faults) = (HashSet::new(), Vec::new(), Vec::new());
    door.asked_by_object(ids);
    for patient_id in door.patients_of_objects(ids)? {
        // A record that is closed to the caller shows nothing, like one that does not exist.
        let Some(mut record) = door.open(&patient_id, Action::Remove)? else {
            closed.push(patient_id);
            continue;
        };
        let removal = record.remove(ids)?;
        found.extend(removal.found);
        faults.extend(removal.faults);
    }
    door.check_removal()?;
    let unknown: Vec<_> = ids.iter().copied().filter(|id| !found.contains(id)).collect();
    door.check_not_moved(&unknown, &closed)?;
    faults.splice(0..0, unknown.into_iter().map(unresolved));
    if faults.is_empty() { Ok(()) } else { Err(Failure::Refused(faults)) }
}

fn unresolved(id: EntryUuid) -> RegistryError {
    let context = format!("no object of this registry has the id {id}; look it up with a stored query (ITI-18)");
    RegistryError::new(ErrorCode::UnreferencedObject, format!("ObjectRef({id})"), context)
}
