//! A handshake on a stream, within its time.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use openssl::ssl::{Ssl, SslContext};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_openssl::SslStream;

use super::{Credentials, TlsError, TlsPeer};
use crate::settings::ClientCertificate;

/// Makes TLS connections of plain ones.
#[derive(Clone)]
pub(in crate::server) struct Handshake {
    context: SslContext,
    credentials: Arc<Credentials>,
    time: Duration,
}

impl Handshake {
    /// For a listener that wants certificates so.
    ///
    /// # Errors
    /// OpenSSL refuses.
    pub(in crate::server) fn new(credentials: &Arc<Credentials>, wanted: ClientCertificate) -> Result<Self, TlsError> {
        let context = credentials.acceptor(wanted)?.build().into_context();
        Ok(Self { context, credentials: Arc::clone(credentials), time: credentials.settings.handshake_time })
    }

    /// The stream inside TLS and the client, if it showed a certificate; or why there is none.
    pub(in crate::server) async fn accept<S>(&self, stream: S) -> Result<(SslStream<S>, Option<Arc<TlsPeer>>), String>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let connection = Ssl::new(&self.context).and_then(|tls| SslStream::new(tls, stream));
        let mut connection = connection.map_err(|error| error.to_string())?;
        match tokio::time::timeout(self.time, Pin::new(&mut connection).accept()).await {
            Ok(Ok(())) => {
                let peer = TlsPeer::of(connection.ssl(), &self.credentials).map(Arc::new);
                Ok((connection, peer))
            }
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("no handshake within {:?} (tls.handshake_time)", self.time)),
        }
    }
}
