//! Whom a client trusts, and the certificate by which servers know it (ITI TF-2: 3.19 Authenticate Node).

use std::path::{Path, PathBuf};

use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{SslConnector, SslMethod, SslVersion};
use openssl::x509::X509;
use openssl::x509::store::X509StoreBuilder;
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig, TlsProvider};

/// Trust and identity of a client. The default trusts the authorities of the system and shows no certificate.
#[derive(Clone, Default)]
pub struct ClientTls {
    authorities: Option<Vec<X509>>,
    identity: Option<Identity>,
}

#[derive(Clone)]
struct Identity {
    /// The client's certificate, then its issuers.
    chain: Vec<X509>,
    key: PKey<Private>,
}

/// A file of certificates or keys is unfit.
#[derive(Debug, thiserror::Error)]
pub enum ClientTlsError {
    /// It cannot be read.
    #[error("{} cannot be read: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It does not hold what it should.
    #[error("{} holds no {expected} in PEM", .path.display())]
    NotPem {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        expected: &'static str,
    },
    /// Key and certificate are not a pair.
    #[error("the key {} does not belong to the first certificate of {}", .key.display(), .certificate.display())]
    Mismatch {
        /// The file of the key.
        key: PathBuf,
        /// The file of the certificate.
        certificate: PathBuf,
    },
}

impl ClientTls {
    /// Trusts the authorities of the file `ca` only, and shows the certificate of `identity`, a file with it and its
    /// issuers and a file with its key; all PEM.
    ///
    /// # Errors
    /// [`ClientTlsError`] names the file.
    pub fn load(ca: Option<&Path>, identity: Option<(&Path, &Path)>) -> Result<Self, ClientTlsError> {
        let authorities = ca.map(certificates).transpose()?;
        let identity = identity.map(|(certificate, key)| Identity::load(certificate, key)).transpose()?;
        Ok(Self { authorities, identity })
    }

    /// For HTTP, with what the system trusts.
    pub(super) fn of_the_system() -> TlsConfig {
        TlsConfig::builder().provider(TlsProvider::NativeTls).root_certs(RootCerts::PlatformVerifier).build()
    }

    /// For HTTP.
    pub(super) fn for_http(&self) -> Result<TlsConfig, std::io::Error> {
        let roots = match &self.authorities {
            Some(authorities) => RootCerts::new_with_certs(&der(authorities)?),
            None => RootCerts::PlatformVerifier,
        };
        let identity = self.identity.as_ref().map(|identity| {
            let key = PrivateKey::from_pem(&identity.key.private_key_to_pem_pkcs8()?).map_err(std::io::Error::other)?;
            Ok::<_, std::io::Error>(ClientCert::new_with_certs(&der(&identity.chain)?, key))
        });
        Ok(TlsConfig::builder().provider(TlsProvider::NativeTls).root_certs(roots).client_cert(identity.transpose()?).build())
    }

    /// For MLLP.
    pub(super) fn for_mllp(&self) -> Result<SslConnector, ErrorStack> {
        let mut builder = SslConnector::builder(SslMethod::tls_client())?;
        builder.set_min_proto_version(Some(SslVersion::TLS1_2))?;
        if let Some(authorities) = &self.authorities {
            let mut store = X509StoreBuilder::new()?;
            authorities.iter().try_for_each(|authority| store.add_cert(authority.clone()))?;
            builder.set_cert_store(store.build());
        }
        if let Some(Identity { chain, key }) = &self.identity {
            let mut chain = chain.iter();
            if let Some(own) = chain.next() {
                builder.set_certificate(own)?;
            }
            chain.try_for_each(|issuer| builder.add_extra_chain_cert(issuer.clone()))?;
            builder.set_private_key(key)?;
        }
        Ok(builder.build())
    }
}

impl Identity {
    fn load(certificate: &Path, key: &Path) -> Result<Self, ClientTlsError> {
        let chain = certificates(certificate)?;
        let read = PKey::private_key_from_pem_callback(&bytes(key)?, |_| Ok(0));
        let read = read.map_err(|_| ClientTlsError::NotPem { path: key.to_owned(), expected: "private key without a password" })?;
        let pair = chain.first().and_then(|own| own.public_key().ok()).is_some_and(|public| public.public_eq(&read));
        if pair {
            Ok(Self { chain, key: read })
        } else {
            Err(ClientTlsError::Mismatch { key: key.to_owned(), certificate: certificate.to_owned() })
        }
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, ClientTlsError> {
    std::fs::read(path).map_err(|source| ClientTlsError::File { path: path.to_owned(), source })
}

fn certificates(path: &Path) -> Result<Vec<X509>, ClientTlsError> {
    let found = X509::stack_from_pem(&bytes(path)?).unwrap_or_default();
    if found.is_empty() { Err(ClientTlsError::NotPem { path: path.to_owned(), expected: "certificate" }) } else { Ok(found) }
}

fn der(certificates: &[X509]) -> Result<Vec<Certificate<'static>>, ErrorStack> {
    certificates.iter().map(|one| Ok(Certificate::from_der(&one.to_der()?).to_owned())).collect()
}
