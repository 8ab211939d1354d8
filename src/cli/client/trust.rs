//! Flags of every client command that speak of TLS.

use std::path::PathBuf;

use clap::Args;

use crate::cli::{Exit, Failure};
use crate::client::ClientTls;

/// Whom the client trusts, and by which certificate the server knows it.
#[derive(Args, Clone, Default)]
pub struct Trust {
    /// Trust the authorities in this file (PEM) instead of those of the system
    #[arg(long, value_name = "FILE")]
    pub tls_ca: Option<PathBuf>,
    /// Show this certificate (PEM, followed by its issuers)
    #[arg(long, value_name = "FILE", requires = "key")]
    pub cert: Option<PathBuf>,
    /// The private key of --cert (PEM)
    #[arg(long, value_name = "FILE", requires = "cert")]
    pub key: Option<PathBuf>,
}

impl Trust {
    /// Whether somebody said anything.
    pub(super) fn is_given(&self) -> bool {
        self.tls_ca.is_some() || self.cert.is_some()
    }

    /// What the files hold.
    ///
    /// # Errors
    /// A file is unfit.
    pub fn load(&self) -> Result<ClientTls, Failure> {
        let identity = self.cert.as_deref().zip(self.key.as_deref());
        ClientTls::load(self.tls_ca.as_deref(), identity).map_err(|error| Failure::new(Exit::Failed, error.to_string()))
    }
}
