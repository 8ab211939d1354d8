//! One POST to a callback address.

use std::io::Read;
use std::time::Duration;

use ureq::{Agent, SendBody};

use super::outgoing;
use crate::access::HeldAnswer;

/// Why an answer was not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum SendError {
    /// Another status than those of success; redirections are not followed.
    #[error("the callback answered with HTTP status {0}")]
    Status(u16),
    /// The callback was not reached, or the connection broke.
    #[error("the callback could not be reached or did not take the answer: {0}")]
    Connection(#[from] Box<ureq::Error>),
}

/// Sends answers.
pub(super) struct CallbackSender {
    agent: Agent,
}

impl CallbackSender {
    /// Waits so long for a connection, and so long for a whole delivery.
    pub(super) fn new(connect: Duration, delivery: Duration) -> Self {
        Self { agent: outgoing::agent(connect, delivery) }
    }

    /// Sends an answer with these bytes. Whatever the callback says beside its status is not read.
    pub(super) fn send(&self, answer: &HeldAnswer, content: &mut dyn Read) -> Result<(), SendError> {
        let request = self.agent.post(answer.callback.to_string());
        let request = request.header("Content-Type", &answer.content_type).header("Content-Length", answer.size.to_string());
        let response = request.send(SendBody::from_reader(content)).map_err(Box::new)?;
        match response.status().as_u16() {
            200..=299 => Ok(()),
            other => Err(SendError::Status(other)),
        }
    }
}
