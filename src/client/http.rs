//! HTTP as SOAP needs it: a POST whose request and answer both stream.

use std::io::{self, Read};
use std::time::Duration;

use ureq::config::AutoHeaderValue;
use ureq::tls::TlsConfig;
use ureq::{Agent, BodyReader, SendBody};

use super::ClientError;

/// How long to wait for a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Until the connection stands, TLS included.
    pub connect: Duration,
    /// For the answer to begin after the request was sent, and for each further piece of either.
    pub answer: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), answer: Duration::from_secs(300) }
    }
}

/// A pool of connections. Goes straight to the address: no proxy, no redirection, because requests name patients.
pub(super) struct Http {
    agent: Agent,
    timeouts: Timeouts,
}

/// An answer whose body is still to be read.
pub(super) struct HttpResponse {
    pub(super) status: u16,
    pub(super) content_type: Option<String>,
    pub(super) body: BodyReader<'static>,
}

impl Http {
    pub(super) fn new(timeouts: Timeouts, tls: TlsConfig) -> Self {
        let config = Agent::config_builder()
            .tls_config(tls)
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .accept(AutoHeaderValue::None)
            .accept_encoding(AutoHeaderValue::None)
            .user_agent(concat!("dossier/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(timeouts.connect))
            .timeout_recv_response(Some(timeouts.answer))
            .timeout_per_read(Some(timeouts.answer))
            .timeout_per_write(Some(timeouts.answer))
            .build();
        Self { agent: config.new_agent(), timeouts }
    }

    /// Sends `length` bytes of `body`; an answer of any status is one.
    pub(super) fn post(&self, url: &str, content_type: &str, length: u64, body: &mut dyn Read) -> Result<HttpResponse, ClientError> {
        if !["http://", "https://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(ClientError::Url { url: url.to_owned() });
        }
        let request = self.agent.post(url).header("Content-Type", content_type).header("Content-Length", length.to_string());
        let response = request.send(SendBody::from_reader(body)).map_err(|error| self.failure(url, error))?;
        let (head, body) = response.into_parts();
        let content_type = head.headers.get("Content-Type").and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok(HttpResponse { status: head.status.as_u16(), content_type, body: body.into_reader() })
    }

    fn failure(&self, url: &str, error: ureq::Error) -> ClientError {
        let url = url.to_owned();
        match error {
            ureq::Error::BadUri(_) | ureq::Error::Http(_) => ClientError::Url { url },
            ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => {
                ClientError::Timeout { url, waited: self.timeouts.connect }
            }
            ureq::Error::Timeout(_) => ClientError::Timeout { url, waited: self.timeouts.answer },
            ureq::Error::HostNotFound => ClientError::Connect { url, reason: "there is no host of that name".to_owned() },
            ureq::Error::Io(error) => match UnreadableSource::unwrap(error) {
                Ok(source) => ClientError::Source(source),
                Err(error) if is_before_connection(&error) => ClientError::Connect { url, reason: error.to_string() },
                Err(error) => ClientError::Broken { url, reason: error.to_string() },
            },
            error @ (ureq::Error::ConnectionFailed | ureq::Error::Tls(_) | ureq::Error::NativeTls(_)) => {
                ClientError::Connect { url, reason: error.to_string() }
            }
            error => ClientError::Broken { url, reason: error.to_string() },
        }
    }
}

fn is_before_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{AddrNotAvailable, ConnectionRefused, HostUnreachable, NetworkUnreachable};
    matches!(error.kind(), ConnectionRefused | HostUnreachable | NetworkUnreachable | AddrNotAvailable)
}

/// Marks an error of what is sent, so that it is not taken for one of the connection.
#[derive(Debug, thiserror::Error)]
#[error("what was to be sent cannot be read: {0}")]
pub(super) struct UnreadableSource(io::Error);

impl UnreadableSource {
    pub(super) fn wrap(source: io::Error) -> io::Error {
        io::Error::other(Self(source))
    }

    /// The error of what is sent, if it is one; else the error itself.
    pub(super) fn unwrap(error: io::Error) -> Result<io::Error, io::Error> {
        error.downcast::<Self>().map(|Self(source)| source)
    }
}
