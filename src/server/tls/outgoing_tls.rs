//! What the server shows, and whom it trusts, where it is the client itself: at callbacks.

use std::sync::{Mutex, PoisonError};

use openssl::error::ErrorStack;
use openssl::x509::X509;
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig, TlsProvider};

use super::TlsError;
use super::files::PemFile;
use super::pem::{certificates, pair, refuse_test_pki};
use crate::server::clock;
use crate::settings::Environment;
use crate::settings::sections::AsyncExchange;

/// The files of `async_exchange.client_certificate`, `client_key` and `ca`.
pub(in crate::server) struct OutgoingTls {
    settings: AsyncExchange,
    environment: Environment,
    /// What was read last, fit or unfit.
    read: Mutex<Files>,
}

#[derive(PartialEq, Eq)]
struct Files {
    identity: Option<(PemFile, PemFile)>,
    authorities: Vec<PemFile>,
}

impl OutgoingTls {
    /// Reads the files and makes of them what an HTTP client needs.
    ///
    /// # Errors
    /// [`TlsError`] says which file and what to do.
    pub(in crate::server) fn load(settings: &AsyncExchange, environment: Environment) -> Result<(Self, TlsConfig), TlsError> {
        let files = Files::read(settings)?;
        let config = files.config(environment)?;
        Ok((Self { settings: settings.clone(), environment, read: Mutex::new(files) }, config))
    }

    /// The same again, if the files have changed.
    ///
    /// # Errors
    /// [`TlsError`]; the same files again give no error again.
    pub(in crate::server) fn changed(&self) -> Result<Option<TlsConfig>, TlsError> {
        let files = Files::read(&self.settings)?;
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if files == *read {
            return Ok(None);
        }
        *read = files;
        read.config(self.environment).map(Some)
    }
}

impl Files {
    fn read(settings: &AsyncExchange) -> Result<Self, TlsError> {
        let both = settings.client_certificate.as_ref().zip(settings.client_key.as_ref());
        let identity = both.map(|(certificate, key)| {
            let certificate = PemFile::read("async_exchange.client_certificate", certificate)?;
            Ok::<_, TlsError>((certificate, PemFile::read_key("async_exchange.client_key", key)?))
        });
        let authorities = settings.ca.iter().map(|path| PemFile::read("async_exchange.ca", path)).collect::<Result<_, _>>()?;
        Ok(Self { identity: identity.transpose()?, authorities })
    }

    fn config(&self, environment: Environment) -> Result<TlsConfig, TlsError> {
        if environment == Environment::Production {
            let own = self.identity.iter().map(|(certificate, _)| certificate);
            own.chain(&self.authorities).try_for_each(refuse_test_pki)?;
        }
        let identity = self.identity.as_ref().map(|(certificate, key)| shown(certificate, key)).transpose()?;
        let roots = match &self.authorities[..] {
            [] => RootCerts::PlatformVerifier,
            files => {
                let authorities = files.iter().map(certificates).collect::<Result<Vec<_>, _>>()?;
                RootCerts::new_with_certs(&der(authorities.iter().flatten())?)
            }
        };
        Ok(TlsConfig::builder().provider(TlsProvider::NativeTls).root_certs(roots).client_cert(identity).build())
    }
}

/// A certificate with those of its issuers, and its key.
pub(super) fn shown(certificate: &PemFile, key: &PemFile) -> Result<ClientCert, TlsError> {
    let (chain, private) = pair(certificate, key, clock::now().unix_timestamp())?;
    let private = PrivateKey::from_pem(&private.private_key_to_pem_pkcs8()?).map_err(|_| key.not_pem("private key without a password"))?;
    Ok(ClientCert::new_with_certs(&der(chain.iter())?, private))
}

pub(super) fn der<'a>(certificates: impl Iterator<Item = &'a X509>) -> Result<Vec<Certificate<'static>>, ErrorStack> {
    certificates.map(|one| Ok(Certificate::from_der(&one.to_der()?).to_owned())).collect()
}
