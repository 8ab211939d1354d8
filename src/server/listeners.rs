//! The ports, taken before anything else is touched.

use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::StartError;
use super::tls::Credentials;
use crate::settings::{ListenAddress, Settings};

/// Where the server listens; a port 0 of the settings has become the one the system chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addresses {
    /// SOAP.
    pub http: SocketAddr,
    /// Health and metrics.
    pub operations: SocketAddr,
    /// The HL7 v2 feed, unless it is off.
    pub mllp: Option<SocketAddr>,
    /// SOAP over TLS, unless it is off.
    pub https: Option<SocketAddr>,
    /// The HL7 v2 feed over TLS, unless it is off.
    pub mllp_tls: Option<SocketAddr>,
    /// Syslog over TLS from other systems, unless it is off.
    pub syslog_tls: Option<SocketAddr>,
    /// Syslog over UDP from other systems, unless it is off.
    pub syslog_udp: Option<SocketAddr>,
}

impl Addresses {
    /// Each that is on, by the name of its settings.
    pub(super) fn in_words(&self) -> String {
        let named = [
            ("http", Some(self.http)),
            ("https", self.https),
            ("mllp", self.mllp),
            ("mllp_tls", self.mllp_tls),
            ("operations", Some(self.operations)),
        ];
        let on = named.into_iter().filter_map(|(name, address)| Some(format!("{name} {}", address?)));
        on.collect::<Vec<_>>().join(", ")
    }
}

/// Open ports on which nobody answers yet.
pub struct Listeners {
    pub(super) http: TcpListener,
    pub(super) operations: TcpListener,
    pub(super) mllp: Option<TcpListener>,
    pub(super) https: Option<TcpListener>,
    pub(super) mllp_tls: Option<TcpListener>,
    pub(super) syslog_tls: Option<TcpListener>,
    pub(super) syslog_udp: Option<UdpSocket>,
    /// Keys and trust, if any listener speaks TLS.
    pub(super) credentials: Option<Arc<Credentials>>,
    /// Their addresses.
    pub addresses: Addresses,
}

impl Listeners {
    /// Takes all ports of the settings, and reads the keys of TLS.
    ///
    /// # Errors
    /// [`StartError::Listen`] names the setting whose port cannot be had, [`StartError::Tls`] the file that is unfit.
    pub fn bind(settings: &Settings) -> Result<Self, StartError> {
        let (http, http_address) = bind("http.listen", settings.http.listen)?;
        let (operations, operations_address) = bind("operations.listen", settings.operations.listen)?;
        let (mllp, mllp_address) = bind_if_on("mllp.listen", settings.mllp.listen)?;
        let (https, https_address) = bind_if_on("https.listen", settings.https.listen)?;
        let (mllp_tls, mllp_tls_address) = bind_if_on("mllp_tls.listen", settings.mllp_tls.listen)?;
        let (syslog_tls, syslog_tls_address) = bind_if_on("audit_repository.tls_listen", settings.audit_repository.tls_listen)?;
        let (syslog_udp, syslog_udp_address) = bind_udp_if_on("audit_repository.udp_listen", settings.audit_repository.udp_listen)?;
        let addresses = Addresses {
            http: http_address,
            operations: operations_address,
            mllp: mllp_address,
            https: https_address,
            mllp_tls: mllp_tls_address,
            syslog_tls: syslog_tls_address,
            syslog_udp: syslog_udp_address,
        };
        let credentials = Credentials::load(settings)?;
        Ok(Self { http, operations, mllp, https, mllp_tls, syslog_tls, syslog_udp, credentials, addresses })
    }
}

fn bind_if_on(setting: &'static str, listen: ListenAddress) -> Result<(Option<TcpListener>, Option<SocketAddr>), StartError> {
    Ok(listen.address().map(|address| bind(setting, address)).transpose()?.unzip())
}

fn bind_udp_if_on(setting: &'static str, listen: ListenAddress) -> Result<(Option<UdpSocket>, Option<SocketAddr>), StartError> {
    let Some(address) = listen.address() else { return Ok((None, None)) };
    let open = || -> io::Result<_> {
        let socket = UdpSocket::bind(address)?;
        socket.set_nonblocking(true)?;
        let address = socket.local_addr()?;
        Ok((Some(socket), Some(address)))
    };
    open().map_err(|source| StartError::Listen { setting, address, source })
}

fn bind(setting: &'static str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let open = || -> io::Result<_> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    open().map_err(|source| StartError::Listen { setting, address, source })
}
