//! TLS towards audit record repositories, over syslog and HTTP (RFC 5425, 4.2; ITI TF-2: 3.19): both sides prove who they are.

use openssl::ssl::{ConnectConfiguration, SslConnector, SslMethod, SslVerifyMode, SslVersion};
use openssl::x509::store::X509StoreBuilder;
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

use super::TlsError;
use super::files::PemFile;
use super::outgoing_tls::{der, shown};
use super::pem::{certificates, pair, refuse_test_pki};
use crate::server::clock;
use crate::settings::{Environment, Settings};

/// The files of `audit.client_certificate`, `client_key` (or those of `tls`) and `tls_ca_file`. They are read for each connection,
/// of which there are few, so that the newest ones are in force.
pub(in crate::server) struct SyslogTls {
    identity: Option<Identity>,
    authorities: Vec<std::path::PathBuf>,
    environment: Environment,
}

struct Identity {
    settings: (&'static str, &'static str),
    certificate: std::path::PathBuf,
    key: std::path::PathBuf,
}

impl SyslogTls {
    /// As the settings say; reads nothing.
    pub(in crate::server) fn new(settings: &Settings) -> Self {
        let (audit, tls) = (&settings.audit, &settings.tls);
        let own = audit.client_certificate.clone().zip(audit.client_key.clone());
        let own = own.map(|pair| (("audit.client_certificate", "audit.client_key"), pair));
        let listeners = tls.certificate.clone().zip(tls.key.clone()).map(|pair| (("tls.certificate", "tls.key"), pair));
        let identity = own.or(listeners).map(|(settings, (certificate, key))| Identity { settings, certificate, key });
        Self { identity, authorities: audit.tls_ca_file.clone(), environment: settings.deployment.environment }
    }

    /// For one connection. The name of the server has to be that in its certificate (RFC 5425, 5.2).
    ///
    /// # Errors
    /// [`TlsError`] says which file and what to do.
    pub(in crate::server) fn connect(&self) -> Result<ConnectConfiguration, TlsError> {
        let mut builder = SslConnector::builder(SslMethod::tls_client())?;
        builder.set_min_proto_version(Some(SslVersion::TLS1_2))?;
        builder.set_verify(SslVerifyMode::PEER);
        if !self.authorities.is_empty() {
            let mut trusted = X509StoreBuilder::new()?;
            for path in &self.authorities {
                let file = self.allowed(PemFile::read("audit.tls_ca_file", path)?)?;
                certificates(&file)?.into_iter().try_for_each(|authority| trusted.add_cert(authority))?;
            }
            builder.set_cert_store(trusted.build());
        }
        if let Some(Identity { settings: (setting, key_setting), certificate, key }) = &self.identity {
            let certificate = self.allowed(PemFile::read(setting, certificate)?)?;
            let (chain, private) = pair(&certificate, &PemFile::read_key(key_setting, key)?, clock::now().unix_timestamp())?;
            let mut chain = chain.into_iter();
            chain.next().iter().try_for_each(|own| builder.set_certificate(own))?;
            builder.set_private_key(&private)?;
            chain.try_for_each(|issuer| builder.add_extra_chain_cert(issuer))?;
        }
        Ok(builder.build().configure()?)
    }

    /// The same for an HTTP client, for the FHIR feed of ITI-20.
    ///
    /// # Errors
    /// [`TlsError`] says which file and what to do.
    pub(in crate::server) fn for_http(&self) -> Result<TlsConfig, TlsError> {
        let read = |path| self.allowed(PemFile::read("audit.tls_ca_file", path)?);
        let roots = match &self.authorities[..] {
            [] => RootCerts::PlatformVerifier,
            paths => {
                let authorities = paths.iter().map(|path| certificates(&read(path)?)).collect::<Result<Vec<_>, _>>()?;
                RootCerts::new_with_certs(&der(authorities.iter().flatten())?)
            }
        };
        let identity = match &self.identity {
            Some(Identity { settings: (setting, key_setting), certificate, key }) => {
                let certificate = self.allowed(PemFile::read(setting, certificate)?)?;
                Some(shown(&certificate, &PemFile::read_key(key_setting, key)?)?)
            }
            None => None,
        };
        Ok(TlsConfig::builder().provider(TlsProvider::NativeTls).root_certs(roots).client_cert(identity).build())
    }

    fn allowed(&self, file: PemFile) -> Result<PemFile, TlsError> {
        if self.environment == Environment::Production {
            refuse_test_pki(&file)?;
        }
        Ok(file)
    }
}
