//! One POST to a callback address.

use std::error::Error;
use std::io::Read;
use std::time::Duration;

use ureq::{Agent, SendBody};

use super::outgoing;
use super::tls::{OutgoingTls, TlsError};
use super::watched_files::WatchedFiles;
use crate::access::HeldAnswer;
use crate::model::in_force::InForce;
use crate::settings::Settings;

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

/// Sends answers. Goes straight to the address; https is proven against the authorities of the settings, or else those that
/// the system trusts, and gets the certificate of the settings to see.
pub(super) struct CallbackSender {
    tls: OutgoingTls,
    agent: InForce<Agent>,
    connect: Duration,
    delivery: Duration,
}

impl CallbackSender {
    /// Reads certificates and key of the settings.
    ///
    /// # Errors
    /// [`TlsError`] says which file and what to do.
    pub(super) fn new(settings: &Settings) -> Result<Self, TlsError> {
        let (connect, delivery) = (settings.async_exchange.connect_time, settings.async_exchange.delivery_time);
        let (tls, config) = OutgoingTls::load(&settings.async_exchange, settings.deployment.environment)?;
        Ok(Self { tls, agent: InForce::new(outgoing::agent(config, connect, delivery)), connect, delivery })
    }

    /// Sends an answer with these bytes. Whatever the callback says beside its status is not read.
    pub(super) fn send(&self, answer: &HeldAnswer, content: &mut dyn Read) -> Result<(), SendError> {
        let request = self.agent.current().post(answer.callback.to_string());
        let request = request.header("Content-Type", &answer.content_type).header("Content-Length", answer.size.to_string());
        let response = request.send(SendBody::from_reader(content)).map_err(Box::new)?;
        match response.status().as_u16() {
            200..=299 => Ok(()),
            other => Err(SendError::Status(other)),
        }
    }
}

impl WatchedFiles for CallbackSender {
    fn what(&self) -> &'static str {
        "certificates for callbacks (async_exchange)"
    }

    fn reload(&self) -> Result<bool, Box<dyn Error + Send + Sync>> {
        let changed = self.tls.changed()?;
        Ok(changed.map(|config| self.agent.replace(outgoing::agent(config, self.connect, self.delivery))).is_some())
    }
}
