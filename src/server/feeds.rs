//! The listeners beside HTTP, to which other systems report: patients as HL7 v2, audit records as syslog.

use std::net::{TcpListener, UdpSocket};
use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::audit_repository::Receiver;
use super::backend::Backend;
use super::metrics::Metrics;
use super::mllp_listener::{MllpLimits, MllpListener};
use super::refusals::Refusals;
use super::tls::{Credentials, Handshake};
use super::{StartError, patient_feed};
use crate::settings::{ClientCertificate, Settings};

/// What all of them work with.
pub(super) struct Feeds<'a> {
    pub(super) settings: &'a Settings,
    pub(super) backend: &'a Backend,
    pub(super) metrics: &'a Arc<Metrics>,
    /// Keys and trust, if any listener speaks TLS.
    pub(super) credentials: Option<&'a Arc<Credentials>>,
    pub(super) refusals: &'a Arc<Refusals>,
    pub(super) stop: &'a CancellationToken,
}

impl Feeds<'_> {
    /// Listens for HL7 v2, plain and over TLS.
    ///
    /// # Errors
    /// [`StartError::System`] and [`StartError::Tls`].
    pub(super) fn hl7(&self, plain: Option<TcpListener>, secure: Option<TcpListener>) -> Result<Vec<JoinHandle<()>>, StartError> {
        let plain = plain.map(|listener| self.mllp(listener, None)).transpose()?;
        let secure = self.with_handshake(secure, self.settings.mllp_tls.client_certificate)?;
        let secure = secure.map(|(listener, handshake)| self.mllp(listener, Some(handshake))).transpose()?;
        Ok(plain.into_iter().chain(secure).collect())
    }

    /// Listens for syslog, over TLS and over UDP.
    ///
    /// # Errors
    /// The same.
    pub(super) fn syslog(&self, secure: Option<TcpListener>, datagrams: Option<UdpSocket>) -> Result<Vec<JoinHandle<()>>, StartError> {
        let backend = self.backend;
        let receiver = Receiver::new(self.settings, &backend.services, &backend.clock, self.metrics, self.stop);
        let secure = self.with_handshake(secure, ClientCertificate::Required)?;
        let secure = secure.map(|(listener, handshake)| receiver.clone().over_tls(listener, handshake)).transpose()?;
        let datagrams = datagrams.map(|socket| receiver.over_udp(socket)).transpose()?;
        Ok(secure.into_iter().chain(datagrams).collect())
    }

    fn with_handshake(
        &self,
        listener: Option<TcpListener>,
        wanted: ClientCertificate,
    ) -> Result<Option<(TcpListener, Handshake)>, StartError> {
        let Some((listener, credentials)) = listener.zip(self.credentials) else { return Ok(None) };
        Ok(Some((listener, Handshake::new(credentials, wanted, Arc::clone(self.refusals))?)))
    }

    fn mllp(&self, listener: TcpListener, handshake: Option<Handshake>) -> Result<JoinHandle<()>, StartError> {
        let Self { settings, backend, .. } = self;
        let limits = MllpLimits {
            connections: settings.limits.mllp_connections.get(),
            message_bytes: usize::try_from(settings.limits.mllp_message_size.bytes()).unwrap_or(usize::MAX),
            idle: settings.limits.mllp_idle_time,
        };
        let handler = patient_feed::handler(Arc::clone(&backend.services), Arc::clone(self.metrics), backend.clock.clone());
        let refuse = patient_feed::refuse(Arc::clone(&backend.services), backend.clock.clone());
        let clock = backend.clock.clone();
        let server = MllpListener::new(handler, limits, move || clock.now(), self.stop.clone()).refusing_with(refuse);
        let server = if let Some(handshake) = handshake { server.over_tls(handshake) } else { server };
        Ok(tokio::spawn(server.serve(tokio::net::TcpListener::from_std(listener)?)))
    }
}
