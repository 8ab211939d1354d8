//! AuditEvents to one audit record repository: the FHIR feed of ITI-20 (RESTful ATNA, 3.20.4.2: Send Audit Resource Request).

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use ureq::Agent;

use super::outgoing;
use super::tls::{SyslogTls, TlsError};
use crate::model::audit_event::AuditEvent;
use crate::settings::AuditRepository;
use crate::wire::dicom_audit::Source;
use crate::wire::fhir::audit_records;

/// How long a connection may take to stand, and one request in all.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long new records are begun in one go, so that all of it ends while the repository is kept from other processes.
const ONE_GO: Duration = Duration::from_secs(15);
/// What is read of an answer, so that the connection can be used again.
const MOST_READ: u64 = 64 * 1024;

/// Why a record was not delivered, or may not have been.
#[derive(Debug, thiserror::Error)]
pub(super) enum FeedError {
    #[error(transparent)]
    Files(#[from] TlsError),
    #[error("it could not be reached or broke off: {0}")]
    Connection(#[from] Box<ureq::Error>),
    #[error(
        "it refuses the record of request {request} with HTTP status {status}; the records after it wait, so that their order is kept: see what it does not like there"
    )]
    Refused { request: uuid::Uuid, status: u16 },
    #[error("it answered with HTTP status {0}")]
    Status(u16),
}

/// The way to one repository.
pub(super) struct FhirFeedSender {
    repository: AuditRepository,
    tls: Arc<SyslogTls>,
}

impl FhirFeedSender {
    pub(super) fn new(repository: AuditRepository, tls: Arc<SyslogTls>) -> Self {
        Self { repository, tls }
    }

    /// Sends records in this order, each once the repository has stored all before it. Gives how many it has for certain; with all of
    /// them or too little time left there is no error.
    pub(super) fn send(&self, events: &[&AuditEvent], source: &Source) -> (usize, Result<(), FeedError>) {
        let agent = match self.tls.for_http() {
            Ok(tls) => outgoing::agent_of_one_connection(tls, PATIENCE, PATIENCE),
            Err(error) => return (0, Err(error.into())),
        };
        let begun = Instant::now();
        for (sent, event) in events.iter().enumerate() {
            if begun.elapsed() > ONE_GO {
                return (sent, Ok(()));
            }
            for resource in audit_records(event, None, source) {
                if let Err(error) = self.create(&agent, &resource, event) {
                    return (sent, Err(error));
                }
            }
        }
        (events.len(), Ok(()))
    }

    fn create(&self, agent: &Agent, resource: &Value, event: &AuditEvent) -> Result<(), FeedError> {
        let request = agent.post(format!("{}/AuditEvent", self.repository));
        let request = request.header("Content-Type", "application/fhir+json").header("Prefer", "return=minimal");
        let mut answer = request.send(resource.to_string()).map_err(Box::new)?;
        // What it says is not looked at.
        let _ = answer.body_mut().with_config().limit(MOST_READ).read_to_vec();
        match answer.status().as_u16() {
            200..=299 => Ok(()),
            // These are about the moment, not about the record.
            status @ (401 | 403 | 404 | 408 | 429) => Err(FeedError::Status(status)),
            status @ 400..=499 => Err(FeedError::Refused { request: event.request_id, status }),
            status => Err(FeedError::Status(status)),
        }
    }
}
