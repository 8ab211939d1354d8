//! Which connected systems get an answer (attestation of conformity).
//!
//! [`Door::admit`] is asked once for each request, before anything of it is read. The proof it gives, an [`Admitted`], can be
//! made here only, and [`Door::read`] and [`Door::write`] ask themselves where it is missing: no protocol can forget it.

use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::model::civil_day::day_of;
use crate::model::connected_system::{ConnectedSystem, Standing, SystemOperator};
use crate::model::node::{Node, NodeProof};
use crate::store::Read;

use super::{Call, Door, Failure};

/// Which calling systems need an attestation of conformity, and whom one without it is told to contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestationPolicy {
    /// Which of them.
    pub need: AttestationNeed,
    /// Whom a system that is refused is told to contact, where the directory says nobody.
    pub contact: String,
}

/// Which calling systems need an attestation of conformity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttestationNeed {
    /// None: every node gets answers but one whose certificate has run out or was revoked meanwhile.
    None,
    /// Those that show a certificate: it has to be that of a system of the directory with an attestation in force. Who shows
    /// none is admitted as a person without a system, such as a patient at home.
    Shown,
    /// All: who shows no certificate is refused too.
    All,
}

/// The proof that a call may go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    system: Option<String>,
    /// Let in as a person alone: systems show certificates here, and this call showed none.
    as_person: bool,
}

impl Admitted {
    /// The connected system by its id, where an attestation was asked for.
    pub fn system(&self) -> Option<&str> {
        self.system.as_deref()
    }

    /// Whoever runs the program on the store needs no certificate.
    pub(super) const OPERATOR: Self = Self { system: None, as_person: false };

    /// Whether a person may be behind the call, but no system.
    pub(super) fn is_person(&self) -> bool {
        self.as_person
    }
}

/// A node that gets nothing, and whom it may ask. Why is told to the audit trail only.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this system is not admitted; contact {contact}")]
pub struct NotAdmitted {
    /// Whom to contact.
    pub contact: String,
    /// Why, for the audit trail.
    pub(super) reason: &'static str,
}

impl Door {
    /// The same call with the proof that its node may go on. A refusal is in the audit trail when this returns.
    ///
    /// # Errors
    /// [`Failure::NotAdmitted`], and the failures of the store.
    pub fn admit(&self, call: &Call, transaction: Transaction) -> Result<Call, Failure> {
        let admitted = self.admission(call, transaction)?;
        Ok(Call { admitted: Some(admitted), ..call.clone() })
    }

    /// What the call brings, or else what the directory says now: one query by the certificate's names.
    pub(super) fn admission(&self, call: &Call, transaction: Transaction) -> Result<Admitted, Failure> {
        if let Some(admitted) = &call.admitted {
            return Ok(admitted.clone());
        }
        let AttestationPolicy { need, contact } = &self.attestation;
        let judged = match (need, &call.node) {
            (_, NodeProof::Withdrawn(_)) => Err(refused(contact, "certificate-withdrawn")),
            (AttestationNeed::All, NodeProof::None) => Err(refused(contact, "no-certificate")),
            (AttestationNeed::None, _) => Ok(Admitted { system: None, as_person: false }),
            (AttestationNeed::Shown, NodeProof::None) => Ok(Admitted { system: None, as_person: true }),
            (AttestationNeed::Shown | AttestationNeed::All, NodeProof::Proven(node)) => {
                self.store.read(|tx| attested(tx, node, call, contact))
            }
        };
        if let Err(Failure::NotAdmitted(NotAdmitted { reason, .. })) = &judged {
            self.refuse(call, transaction, AuditOutcome::MinorFailure, vec![(*reason).to_owned()])?;
        }
        judged
    }
}

fn refused(contact: &str, reason: &'static str) -> Failure {
    NotAdmitted { contact: contact.to_owned(), reason }.into()
}

/// The one system of these names, if its attestation is in force.
fn attested(tx: &mut Read, node: &Node, call: &Call, contact: &str) -> Result<Admitted, Failure> {
    let mut found = tx.connected_systems_of(&node.identities())?;
    let Some(known) = found.pop() else { return Err(refused(contact, "unknown-system")) };
    if !found.is_empty() {
        return Err(refused(contact, "several-systems"));
    }
    let ConnectedSystem { id, contact, .. } = &known.system;
    let day = &day_of(call.now);
    let establishment_is_attested = match &known.system.operator {
        SystemOperator::Establishment(_) => known.establishment.as_ref().is_some_and(|establishment| establishment.is_attested_on(day)),
        SystemOperator::PracticeSoftware(_) => true,
    };
    match known.system.standing(day) {
        _ if !establishment_is_attested => Err(refused(contact, "establishment-not-attested")),
        Standing::Attested => Ok(Admitted { system: Some(id.clone()), as_person: false }),
        Standing::NotYet => Err(refused(contact, "attestation-not-yet")),
        Standing::Expired => Err(refused(contact, "attestation-expired")),
        Standing::Suspended => Err(refused(contact, "attestation-suspended")),
    }
}

#[cfg(test)]
#[path = "admission_tests.rs"]
mod tests;
