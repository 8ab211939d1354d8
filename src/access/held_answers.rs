//! Answers to audited calls that are delivered later, to an address of their own (ITI TF-2: V.5).
//!
//! The call itself was decided and audited when its answer was made; what is kept here is that answer, encrypted like a
//! document, until its receiver has it. `docs/adr/0008-asynchronous-exchange.md` says why.

use std::io::{self, Read};

use uuid::Uuid;

use crate::model::audit_event::{AuditEvent, AuditOutcome, Transaction};
use crate::model::callback_url::CallbackUrl;
use crate::model::timestamp::Instant;
use crate::store::contents::{ContentError, ContentKey, SealedKey};
use crate::store::{AnswersHeld, StoreError, StoredAnswer};

use super::{Call, Door, Failure};

/// What the trail says of an answer that nobody took.
const GIVEN_UP: &str = "answer-given-up";

/// An answer taken out to be delivered.
#[derive(Debug)]
pub struct HeldAnswer {
    /// The request that it answers, as logs and the audit trail name it.
    pub request_id: Uuid,
    /// Where it goes.
    pub callback: CallbackUrl,
    /// Its HTTP `Content-Type`.
    pub content_type: String,
    /// Bytes.
    pub size: u64,
    /// How often its delivery was begun, this time included.
    pub attempts: u32,
    /// Since when it waits.
    pub held_at: Instant,
    key: ContentKey,
    sealed_key: SealedKey,
}

impl Door {
    /// Keeps the answer to this call until it is delivered; when this returns, it survives a crash and a loss of power.
    pub fn hold_answer(
        &self,
        call: &Call,
        callback: &CallbackUrl,
        content_type: &str,
        write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let mut staging = self.stage()?;
        write(&mut staging).map_err(|cause| ContentError::from_io(cause, "write an answer", "the content store"))?;
        let staged = staging.finish()?;
        let answer = StoredAnswer {
            request_id: call.request_id,
            callback: callback.to_string(),
            content_type: content_type.to_owned(),
            content_key: staged.key.to_string(),
            sealed_key: staged.sealed_key.encode(),
            size: staged.size,
            attempts: 0,
            held_at: call.now,
        };
        self.store().write(|tx| {
            tx.insert_held_answer(&answer)?;
            // As for documents: bytes without a row are swept, a row without bytes would be a lost answer.
            staged.keep();
            Ok(())
        })
    }

    /// How much waits to be delivered.
    pub fn answers_held(&self) -> Result<AnswersHeld, Failure> {
        Ok(self.store().read(|tx| tx.answers_held())?)
    }

    /// Takes an answer that is due. No other server takes it before `until`.
    pub fn take_answer(&self, now: Instant, until: Instant) -> Result<Option<HeldAnswer>, Failure> {
        // Most of the time nothing is; asking that keeps no writer waiting.
        if !self.store().read(|tx| tx.is_answer_due(now))? {
            return Ok(None);
        }
        self.store().write(|tx| tx.take_due_answer(now, until))?.map(HeldAnswer::open).transpose()
    }

    /// The bytes of an answer, authenticated as a whole before the first is given.
    pub fn read_answer(&self, answer: &HeldAnswer) -> Result<impl Read + Send + use<>, Failure> {
        Ok(self.contents().open(&answer.key, &answer.sealed_key)?)
    }

    /// Leaves an answer that could not be delivered until this time.
    pub fn put_off_answer(&self, answer: &HeldAnswer, until: Instant) -> Result<(), Failure> {
        Ok(self.store().write(|tx| tx.put_off_answer(answer.request_id, until))?)
    }

    /// Lets an answer go that was delivered.
    pub fn release_answer(&self, answer: &HeldAnswer) -> Result<(), Failure> {
        self.store().write::<_, StoreError>(|tx| tx.remove_held_answer(answer.request_id))?;
        self.forget_bytes(answer);
        Ok(())
    }

    /// Lets an answer go that nobody takes. The trail, which has the request that it answers, says so in the same transaction.
    pub fn give_up_answer(&self, answer: &HeldAnswer, now: Instant, why: &str) -> Result<(), Failure> {
        let audit = AuditEvent {
            reply_to: Some(answer.callback.to_string()),
            decision: Some(GIVEN_UP.to_owned()),
            outcome: AuditOutcome::SeriousFailure,
            errors: vec![why.to_owned()],
            ..AuditEvent::new(Transaction::Unknown, now, answer.request_id, String::new())
        };
        self.store().write::<_, StoreError>(|tx| {
            tx.remove_held_answer(answer.request_id)?;
            tx.insert_audit_event(&audit)
        })?;
        self.forget_bytes(answer);
        Ok(())
    }

    fn forget_bytes(&self, answer: &HeldAnswer) {
        if let Err(error) = self.contents().delete(&answer.key) {
            tracing::warn!(%error, "the bytes of an answer are left to the sweep");
        }
    }
}

impl HeldAnswer {
    fn open(stored: StoredAnswer) -> Result<Self, Failure> {
        let callback = CallbackUrl::parse(&stored.callback).map_err(|_| StoreError::Failed("a stored callback is malformed"))?;
        Ok(Self {
            request_id: stored.request_id,
            callback,
            content_type: stored.content_type,
            size: stored.size,
            attempts: stored.attempts,
            held_at: stored.held_at,
            key: ContentKey::parse(&stored.content_key)?,
            sealed_key: SealedKey::decode(&stored.sealed_key)?,
        })
    }
}
