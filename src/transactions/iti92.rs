//! Restricted Update Document Set [ITI-92] (ITI TF-2: 3.92), with the XDS Persistence Option.

use crate::access::Call;
use crate::model::update_request::UpdateScope;

use super::iti57::update;
use super::soap_message::{Rejection, SoapMessage};
use super::soap_reply::ReplyHead;
use super::{Services, SoapReply};

/// Changes descriptive metadata of entries, whatever their status; all of it or nothing.
pub(super) fn perform(services: &Services, call: &Call, message: SoapMessage, reply: &ReplyHead) -> Result<SoapReply, Rejection> {
    update(services, call, &message, reply, UpdateScope::Restricted)
}
