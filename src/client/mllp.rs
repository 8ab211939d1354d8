//! Sends HL7 version 2 messages over MLLP and brings back their acknowledgements (ITI TF-2: C.2.1).

use std::pin::Pin;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_openssl::SslStream;
use tokio_util::codec::Framed;

use super::ClientTls;
use crate::wire::mllp::{MllpCodec, MllpError};

/// The longest acknowledgement taken, in bytes.
const ACKNOWLEDGEMENT_LIMIT: usize = 1024 * 1024;

/// Why no acknowledgement came.
#[derive(Debug, thiserror::Error)]
pub enum MllpClientError {
    /// Nobody answers at the address.
    #[error("cannot connect to {address}: {source}; check host and port, and that the server listens for MLLP there")]
    Connect {
        /// Host and port as asked for.
        address: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The server's certificate is not trusted, or the server refuses ours.
    #[error("no TLS connection to {address}: {reason}; check that --tls-ca trusts the server, and --cert and --key")]
    Tls {
        /// Host and port.
        address: String,
        /// What OpenSSL says.
        reason: String,
    },
    /// Connecting, sending or waiting took too long. Whether the message had an effect is unknown.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// The server ended the connection instead of answering, or an earlier exchange on it failed.
    #[error("the connection is closed; open a new one and send the message again")]
    Closed,
    /// The bytes sent or received are not MLLP, or the connection broke.
    #[error(transparent)]
    Framing(#[from] MllpError),
}

/// A connection for one message after the other. After a failed exchange it is of no further use, because a late answer
/// could be taken for that of the next message.
#[derive(Debug)]
pub struct MllpConnection<S = TcpStream> {
    framed: Option<Framed<S, MllpCodec>>,
    timeout: Duration,
}

impl MllpConnection {
    /// Connects to `address`, a host and a port as in `localhost:2575`; `timeout` holds for connecting and for each exchange.
    pub async fn connect(address: &str, timeout: Duration) -> Result<Self, MllpClientError> {
        let connected = tokio::time::timeout(timeout, TcpStream::connect(address)).await;
        let stream = connected
            .map_err(|_| MllpClientError::Timeout(timeout))?
            .map_err(|source| MllpClientError::Connect { address: address.to_owned(), source })?;
        Ok(Self::over(stream, timeout))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> MllpConnection<S> {
    /// Uses a stream that is connected already, for instance through TLS.
    pub fn over(stream: S, timeout: Duration) -> Self {
        Self { framed: Some(Framed::new(stream, MllpCodec::new(ACKNOWLEDGEMENT_LIMIT))), timeout }
    }

    /// Sends one message and waits for its acknowledgement; both without frames.
    pub async fn exchange(&mut self, message: &[u8]) -> Result<Vec<u8>, MllpClientError> {
        let mut framed = self.framed.take().ok_or(MllpClientError::Closed)?;
        let answered = tokio::time::timeout(self.timeout, async {
            framed.send(message).await?;
            framed.next().await.ok_or(MllpClientError::Closed)?.map_err(MllpClientError::from)
        });
        let acknowledgement = answered.await.map_err(|_| MllpClientError::Timeout(self.timeout))??;
        self.framed = Some(framed);
        Ok(acknowledgement.to_vec())
    }
}

impl MllpConnection<SslStream<TcpStream>> {
    /// Connects to `address` with TLS; the server's certificate has to name the host.
    pub async fn secure(address: &str, tls: &ClientTls, timeout: Duration) -> Result<Self, MllpClientError> {
        let refused = |reason: String| MllpClientError::Tls { address: address.to_owned(), reason };
        let host = address.rsplit_once(':').map_or(address, |(host, _)| host).trim_matches(['[', ']']);
        let session =
            tls.for_mllp().and_then(|connector| connector.configure()?.into_ssl(host)).map_err(|error| refused(error.to_string()))?;
        let connect = async {
            let stream = TcpStream::connect(address).await;
            let stream = stream.map_err(|source| MllpClientError::Connect { address: address.to_owned(), source })?;
            let mut stream = SslStream::new(session, stream).map_err(|error| refused(error.to_string()))?;
            Pin::new(&mut stream).connect().await.map_err(|error| refused(error.to_string()))?;
            Ok::<_, MllpClientError>(stream)
        };
        let stream = tokio::time::timeout(timeout, connect).await.map_err(|_| MllpClientError::Timeout(timeout))??;
        Ok(Self::over(stream, timeout))
    }
}

/// Begins the address of a feed over TLS.
const SECURE: &str = "mllps://";

/// Sends one message over a connection of its own and waits for the acknowledgement. An address that begins with
/// `mllps://` is spoken to with TLS.
pub async fn send_to(address: &str, tls: &ClientTls, message: &[u8], timeout: Duration) -> Result<Vec<u8>, MllpClientError> {
    match address.strip_prefix(SECURE) {
        Some(secure) => MllpConnection::secure(secure, tls, timeout).await?.exchange(message).await,
        None => send(address, message, timeout).await,
    }
}

/// As [`send_to`], without TLS.
pub async fn send(address: &str, message: &[u8], timeout: Duration) -> Result<Vec<u8>, MllpClientError> {
    MllpConnection::connect(address, timeout).await?.exchange(message).await
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    const SOON: Duration = Duration::from_millis(200);

    #[tokio::test]
    async fn messages_and_acknowledgements_alternate_on_one_connection() {
        let (near, mut far) = tokio::io::duplex(1024);
        let peer = tokio::spawn(async move {
            for answer in ["\x0bA1\x1c\r", "\x0bA2\x1c\r"] {
                let mut request = [0; 5];
                far.read_exact(&mut request).await.unwrap();
                assert_eq!((request[0], &request[3..]), (0x0b, &b"\x1c\r"[..]));
                far.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        let mut connection = MllpConnection::over(near, SOON);
        assert_eq!(connection.exchange(b"M1").await.unwrap(), b"A1");
        assert_eq!(connection.exchange(b"M2").await.unwrap(), b"A2");
        peer.await.unwrap();
        assert!(connection.exchange(b"M3").await.is_err());
    }

    #[tokio::test]
    async fn a_late_answer_is_not_taken_for_the_next_one() {
        let (near, mut far) = tokio::io::duplex(1024);
        let mut connection = MllpConnection::over(near, Duration::from_millis(20));
        assert!(matches!(connection.exchange(b"M1").await, Err(MllpClientError::Timeout(_))));
        let late = far.write_all(b"\x0bA1\x1c\r").await;
        assert!(matches!(connection.exchange(b"M2").await, Err(MllpClientError::Closed)), "{late:?}");
    }

    #[tokio::test]
    async fn an_answer_that_is_not_mllp_is_an_error() {
        let (near, mut far) = tokio::io::duplex(1024);
        far.write_all(b"HTTP/1.1 400").await.unwrap();
        let error = MllpConnection::over(near, SOON).exchange(b"M1").await.unwrap_err();
        assert!(matches!(error, MllpClientError::Framing(MllpError::OutsideFrame(b'H'))));
    }

    #[tokio::test]
    async fn an_address_where_nobody_listens_is_named() {
        let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = free.local_addr().unwrap().to_string();
        drop(free);
        let error = send(&address, b"M", Duration::from_secs(5)).await.unwrap_err();
        assert!(matches!(&error, MllpClientError::Connect { .. }) && error.to_string().contains(&address), "{error}");
    }
}
