//! Explanations of the access rules for whoever runs the program on the store, without any socket.

use std::sync::Arc;

use super::{Backend, DemoDirectory, TokenWish, WishError};
use crate::access::{Call, Failure};
use crate::model::audit_event::Transaction;
use crate::model::explanation::{AccessQuestion, Explanation};
use crate::model::person::Person;
use crate::model::timestamp::Instant;

/// Who would call, as the command line names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImaginedCaller {
    /// The id of a professional, or of a patient; nothing where a system calls for its establishment alone.
    pub person: Option<String>,
    /// The establishment that the request names.
    pub organisation: Option<String>,
    /// The quality of the session.
    pub quality: Option<String>,
    /// The legal representative in whose hands the account is.
    pub representative: Option<String>,
    /// Why a record administrator opens the record.
    pub access_reason: Option<String>,
}

/// Why nothing was explained.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// Nobody is named as it has to be.
    #[error(transparent)]
    Caller(#[from] WishError),
    /// The question cannot be answered.
    #[error("{}", told(.0))]
    Failed(#[from] Failure),
}

fn told(failure: &Failure) -> String {
    match failure {
        Failure::Refused(errors) => errors.iter().map(|error| error.context.as_str()).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    }
}

impl Backend {
    /// What would become of a call of somebody at a time, by what directories and record say of that time now.
    ///
    /// # Errors
    /// [`ExplainError`].
    pub fn explain(&self, caller: &ImaginedCaller, question: &AccessQuestion, at: Option<Instant>) -> Result<Explanation, ExplainError> {
        let call = self.operators_call("dossier policy explain");
        let imagined = Call { now: at.unwrap_or(call.now), person: self.imagined(caller)?, ..call.clone() };
        Ok(self.services.door.read(&call, Transaction::Manage, |reading| reading.explain(question, &imagined))?)
    }

    fn imagined(&self, caller: &ImaginedCaller) -> Result<Option<Person>, WishError> {
        let Some(person) = &caller.person else { return Ok(None) };
        // What a token of theirs would say.
        let wish = TokenWish {
            person: person.clone(),
            organisation: caller.organisation.clone(),
            quality: caller.quality.clone(),
            representative: caller.representative.clone(),
            access_reason: caller.access_reason.clone(),
            ..TokenWish::default()
        };
        let authority = self.services.assigning_authorities.first().map(ToString::to_string).unwrap_or_default();
        let claims = wish.claims(&DemoDirectory::of(Arc::clone(&self.store)), &authority)?;
        Ok(Some(Person { issuer: "dossier policy explain".to_owned(), name_id: person.clone(), alias: None, token: None, claims }))
    }
}
