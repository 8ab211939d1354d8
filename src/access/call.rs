//! Who calls, from where, when: handed in, never looked up.

use uuid::Uuid;

use crate::model::asked::Asked;
use crate::model::audit_event::{AuditEvent, Transaction};
use crate::model::node::NodeProof;
use crate::model::person::Person;
use crate::model::timestamp::Instant;

use super::{Admitted, Discreet};

/// The circumstances of one request.
#[derive(Debug, Clone)]
pub struct Call {
    /// Names the request in logs, the answer and the audit trail.
    pub request_id: Uuid,
    /// When it came.
    pub now: Instant,
    /// Network address it came from.
    pub source_address: String,
    /// How the caller names itself, where the protocol says so (MSH-3/4); not proven.
    pub caller: Option<String>,
    /// `wsa:ReplyTo`, where the answer goes elsewhere than back to where the request came from (ITI TF-2: V.5).
    pub reply_to: Option<String>,
    /// How it was asked, once that is known.
    pub asked: Option<Asked>,
    /// What the connection proves of the calling node.
    pub node: NodeProof,
    /// The proof that [`super::Door::admit`] let the node pass. Nothing at first; a door that finds nothing asks itself.
    pub admitted: Option<Admitted>,
    /// The person for whom it calls, proven by an assertion.
    pub person: Option<Person>,
    /// What the time of the answer could tell.
    pub discreet: Discreet,
}

impl Call {
    /// The audit record of this call; it succeeds unless something goes wrong.
    pub(super) fn audit_event(&self, transaction: Transaction) -> AuditEvent {
        AuditEvent {
            caller: self.caller.clone(),
            reply_to: self.reply_to.clone(),
            node: match &self.node {
                NodeProof::None => None,
                NodeProof::Proven(node) | NodeProof::Withdrawn(node) => Some(node.clone()),
            },
            system: self.admitted.as_ref().and_then(|admitted| admitted.system().map(str::to_owned)),
            user: self.person.as_ref().map(Person::user_name),
            token: self.person.as_ref().and_then(|person| person.token.clone()),
            asked: self.asked.clone(),
            roles: self.person.as_ref().map(|person| person.claims.roles.clone()).unwrap_or_default(),
            purposes_of_use: self.person.as_ref().map(|person| person.claims.purposes_of_use.clone()).unwrap_or_default(),
            ..AuditEvent::new(transaction, self.now, self.request_id, self.source_address.clone())
        }
    }
}
