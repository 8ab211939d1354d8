//! Records on their way to one audit record repository, in the form and by the protocol that its address says.

use std::sync::Arc;

use super::fhir_feed_sender::{FeedError, FhirFeedSender};
use super::syslog_sender::{SyslogError, SyslogSender};
use super::tls::SyslogTls;
use crate::model::audit_event::AuditEvent;
use crate::settings::{AuditRepository, AuditTransport};
use crate::wire::dicom_audit::{self, Source};
use crate::wire::syslog::AuditMessage;

/// Why records were not delivered, or may not have been.
#[derive(Debug, thiserror::Error)]
pub(super) enum SendError {
    #[error(transparent)]
    Syslog(#[from] SyslogError),
    #[error(transparent)]
    Feed(#[from] FeedError),
}

/// The way to one repository.
pub(super) struct RepositorySender {
    name: String,
    source: Arc<Source>,
    way: Way,
}

enum Way {
    Syslog(SyslogSender),
    Fhir(FhirFeedSender),
}

impl RepositorySender {
    pub(super) fn new(repository: &AuditRepository, tls: &Arc<SyslogTls>, source: Arc<Source>) -> Self {
        let (known, tls) = (repository.clone(), Arc::clone(tls));
        let way = match repository.transport {
            AuditTransport::Tls | AuditTransport::Udp => Way::Syslog(SyslogSender::new(known, tls)),
            AuditTransport::Fhir => Way::Fhir(FhirFeedSender::new(known, tls)),
        };
        Self { name: repository.to_string(), source, way }
    }

    /// The address, as settings and metrics have it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Sends records in this order. Gives how many of them the repository has for certain.
    pub(super) fn send(&self, events: &[&AuditEvent]) -> (usize, Result<(), SendError>) {
        match &self.way {
            Way::Syslog(sender) => {
                let messages: Vec<_> = events.iter().map(|event| self.message(event)).collect();
                match sender.send(&messages) {
                    Ok(()) => (events.len(), Ok(())),
                    Err(error) => (0, Err(error.into())),
                }
            }
            Way::Fhir(sender) => {
                let (sent, ended) = sender.send(events, &self.source);
                (sent, ended.map_err(SendError::from))
            }
        }
    }

    fn message(&self, event: &AuditEvent) -> String {
        let text = dicom_audit::message(event, &self.source);
        AuditMessage { at: event.occurred_at, host: &self.source.address, process: std::process::id(), text: &text }.to_text()
    }
}
