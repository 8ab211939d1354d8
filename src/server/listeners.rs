//! The ports, taken before anything else is touched.

use std::io;
use std::net::{SocketAddr, TcpListener};

use serde::Serialize;

use super::StartError;
use crate::settings::Settings;

/// Where the server listens; a port 0 of the settings has become the one the system chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Addresses {
    /// SOAP.
    pub http: SocketAddr,
    /// Health and metrics.
    pub operations: SocketAddr,
    /// The HL7 v2 feed, unless it is off.
    pub mllp: Option<SocketAddr>,
}

/// Open ports on which nobody answers yet.
pub struct Listeners {
    pub(super) http: TcpListener,
    pub(super) operations: TcpListener,
    pub(super) mllp: Option<TcpListener>,
    /// Their addresses.
    pub addresses: Addresses,
}

impl Listeners {
    /// Takes all ports of the settings.
    ///
    /// # Errors
    /// [`StartError::Listen`] names the setting whose port cannot be had.
    pub fn bind(settings: &Settings) -> Result<Self, StartError> {
        let (http, http_address) = bind("http.listen", settings.http.listen)?;
        let (operations, operations_address) = bind("operations.listen", settings.operations.listen)?;
        let mllp = settings.mllp.listen.address().map(|address| bind("mllp.listen", address)).transpose()?;
        let (mllp, mllp_address) = mllp.unzip();
        let addresses = Addresses { http: http_address, operations: operations_address, mllp: mllp_address };
        Ok(Self { http, operations, mllp, addresses })
    }
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
