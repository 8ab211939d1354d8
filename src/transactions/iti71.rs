//! Get Access Token [ITI-71] (IHE IUA, 3.71) and Introspect Token [ITI-102]: what the audit trail keeps of who signed in, got a token
//! or asked about one, and of who tried in vain. Who grants it is an authorization server; the one of the demo runs here.

use crate::access::{Call, Failure};
use crate::model::audit_event::{AuditOutcome, Transaction};

use super::Services;

/// Leaves a record of what was granted to the person and the client of the call, or of the error for which nothing was. What is
/// granted may leave the server once this returns. Tokens and codes are not in it.
///
/// # Errors
/// [`Failure::Audit`], and then nothing may be granted.
pub fn keep(services: &Services, call: &Call, transaction: Transaction, done: Result<&'static str, String>) -> Result<(), Failure> {
    match done {
        Ok(granted) => services.door.granted(call, transaction, granted),
        Err(error) => services.door.refuse(call, transaction, AuditOutcome::MinorFailure, vec![error]),
    }
}
