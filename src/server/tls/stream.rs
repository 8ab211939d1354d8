//! A handshake on a stream, within its time.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use openssl::ssl::{Error, Ssl, SslContext};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_openssl::SslStream;

use super::{Credentials, HandshakeRefusal, TlsError, TlsPeer};
use crate::server::refusals::Refusals;
use crate::settings::ClientCertificate;

const USE_HTTPS: &str = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 55\r\nConnection: close\r\n\r\n\
this port speaks TLS; use https:// in place of http://\n";

/// Makes TLS connections of plain ones.
#[derive(Clone)]
pub(in crate::server) struct Handshake {
    context: SslContext,
    credentials: Arc<Credentials>,
    time: Duration,
    refusals: Arc<Refusals>,
    /// Whether those are told who speak HTTP without TLS.
    answers_http: bool,
}

impl Handshake {
    /// For a listener that wants certificates so. Who is refused is noted in `refusals`.
    ///
    /// # Errors
    /// OpenSSL refuses.
    pub(in crate::server) fn new(
        credentials: &Arc<Credentials>,
        wanted: ClientCertificate,
        refusals: Arc<Refusals>,
    ) -> Result<Self, TlsError> {
        let context = credentials.acceptor(wanted)?.build().into_context();
        Ok(Self { context, credentials: Arc::clone(credentials), time: credentials.settings.handshake_time, refusals, answers_http: false })
    }

    /// The same for a listener of HTTP, which tells those who come without TLS what to do.
    #[must_use]
    pub(in crate::server) fn answering_http(self) -> Self {
        Self { answers_http: true, ..self }
    }

    /// The stream inside TLS; nothing if there is none, which is then logged and noted for the audit trail.
    pub(in crate::server) async fn accept<S>(&self, stream: S, from: Option<IpAddr>) -> Option<SslStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let connection = Ssl::new(&self.context).and_then(|tls| SslStream::new(tls, stream));
        let mut connection = connection.inspect_err(|error| tracing::error!(%error, "no TLS connection can be made")).ok()?;
        let refusal = match tokio::time::timeout(self.time, Pin::new(&mut connection).accept()).await {
            Ok(Ok(())) => return Some(connection),
            Ok(Err(error)) => {
                let refusal = HandshakeRefusal::of(connection.ssl(), &error);
                tracing::warn!(peer = from.map(tracing::field::display), reason = refusal.as_str(), %error, "a TLS handshake failed");
                if self.answers_http && speaks_http(&error) {
                    // Whoever does not wait for it does not want to know.
                    let _ = tokio::time::timeout(self.time, answer_in_plain(connection.get_mut())).await;
                }
                refusal
            }
            Err(_) => {
                tracing::warn!(peer = from.map(tracing::field::display), "no TLS handshake within {:?} (tls.handshake_time)", self.time);
                HandshakeRefusal::TooSlow
            }
        };
        if refusal != HandshakeRefusal::BrokenOff {
            self.refusals.note_handshake(refusal, from);
        }
        None
    }

    /// The client at the other end, if it showed a certificate.
    pub(in crate::server) fn peer<S>(&self, connection: &SslStream<S>) -> Option<Arc<TlsPeer>> {
        TlsPeer::of(connection.ssl(), &self.credentials).map(Arc::new)
    }
}

/// Whether the first bytes were those of HTTP without TLS, as a browser sends that was given http:// in place of https://.
fn speaks_http(error: &Error) -> bool {
    error.ssl_error().is_some_and(|stack| stack.errors().iter().any(|one| one.reason() == Some("http request")))
}

async fn answer_in_plain<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) -> io::Result<()> {
    // What is left unread would make the system throw the answer away.
    let mut request = [0; 4096];
    let _ = stream.read(&mut request).await?;
    stream.write_all(USE_HTTPS.as_bytes()).await?;
    stream.shutdown().await
}
