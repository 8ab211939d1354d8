//! Syslog messages to one audit record repository.

use std::io::{self, BufWriter, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs as _, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use openssl::ssl::{ErrorCode, HandshakeError, SslStream};

use super::tls::{SyslogTls, TlsError};
use crate::model::text::cut_at;
use crate::settings::{AuditRepository, AuditTransport};
use crate::wire::syslog::frame;

/// How long a connection may take to stand, and each write and read on it.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest message in a datagram: what UDP over IPv6 carries without jumbograms, and a little less.
const LONGEST_DATAGRAM: usize = 65_400;
/// What is read of a repository that talks instead of confirming.
const MOST_READ: usize = 1024;

/// Why messages were not delivered, or may not have been.
#[derive(Debug, thiserror::Error)]
pub(super) enum SyslogError {
    #[error("its name has no address")]
    NoAddress,
    #[error("it could not be reached or broke off: {0}")]
    Connection(#[from] io::Error),
    #[error(transparent)]
    Files(#[from] TlsError),
    #[error("no TLS connection: {0} (audit.tls_ca_file, audit.client_certificate)")]
    Handshake(String),
    #[error("it did not answer close_notify (RFC 5425, 4.4), so that nobody knows what it has: {0}")]
    Unconfirmed(String),
}

/// The way to one repository.
pub(super) struct SyslogSender {
    repository: AuditRepository,
    tls: Arc<SyslogTls>,
}

impl SyslogSender {
    pub(super) fn new(repository: AuditRepository, tls: Arc<SyslogTls>) -> Self {
        Self { repository, tls }
    }

    /// Sends the messages in this order. Over TLS, `Ok` means that the repository has read all of them; over UDP, that they went
    /// out, which is all that can be known.
    pub(super) fn send(&self, messages: &[String]) -> Result<(), SyslogError> {
        if messages.is_empty() {
            return Ok(());
        }
        if self.repository.transport == AuditTransport::Udp { self.send_over_udp(messages) } else { self.send_over_tls(messages) }
    }

    /// Syslog has no acknowledgement, and what was written may still lie in a buffer when the other side ends. But a receiver
    /// answers close_notify only when it has read all before it (RFC 5425, 4.4): so each batch has a connection of its own and
    /// counts as delivered when that answer is here.
    fn send_over_tls(&self, messages: &[String]) -> Result<(), SyslogError> {
        let handshake = self.tls.connect()?;
        let stream = self.connect()?;
        let mut stream = handshake.connect(&self.repository.host, stream).map_err(|error| SyslogError::Handshake(in_words(&error)))?;
        let mut buffer = BufWriter::new(&mut stream);
        for message in messages {
            buffer.write_all(&frame(message.as_bytes()))?;
        }
        buffer.flush()?;
        drop(buffer);
        wait_for_close(&mut stream)
    }

    fn send_over_udp(&self, messages: &[String]) -> Result<(), SyslogError> {
        let address = self.addresses()?.next().ok_or(SyslogError::NoAddress)?;
        let any: SocketAddr = if address.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
        let socket = UdpSocket::bind(any)?;
        socket.connect(address)?;
        for message in messages {
            let datagram = cut_at(message, LONGEST_DATAGRAM);
            if datagram.len() < message.len() {
                tracing::warn!(repository = %self.repository, bytes = message.len(), "an audit record is too long for UDP and was cut; use tls://");
            }
            socket.send(datagram.as_bytes())?;
        }
        Ok(())
    }

    fn connect(&self) -> Result<TcpStream, SyslogError> {
        let mut failure = SyslogError::NoAddress;
        for address in self.addresses()? {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(stream) => {
                    stream.set_read_timeout(Some(PATIENCE))?;
                    stream.set_write_timeout(Some(PATIENCE))?;
                    return Ok(stream);
                }
                Err(error) => failure = error.into(),
            }
        }
        Err(failure)
    }

    fn addresses(&self) -> io::Result<std::vec::IntoIter<SocketAddr>> {
        (self.repository.host.as_str(), self.repository.port).to_socket_addrs()
    }
}

fn wait_for_close(stream: &mut SslStream<TcpStream>) -> Result<(), SyslogError> {
    let unconfirmed = |error: openssl::ssl::Error| SyslogError::Unconfirmed(error.to_string());
    stream.shutdown().map_err(unconfirmed)?;
    let mut read = 0;
    while read < MOST_READ {
        match stream.ssl_read(&mut [0; 64]) {
            Ok(bytes) => read += bytes.max(1),
            Err(error) if error.code() == ErrorCode::ZERO_RETURN => return Ok(()),
            Err(error) => return Err(unconfirmed(error)),
        }
    }
    Err(SyslogError::Unconfirmed("it sends data instead".to_owned()))
}

/// What is wrong, with the reason why the certificate was refused if it was.
fn in_words(error: &HandshakeError<TcpStream>) -> String {
    match error {
        HandshakeError::Failure(middle) | HandshakeError::WouldBlock(middle) => match middle.ssl().verify_result() {
            openssl::x509::X509VerifyResult::OK => middle.error().to_string(),
            refused => format!("its certificate was refused: {refused}"),
        },
        HandshakeError::SetupFailure(stack) => stack.to_string(),
    }
}
