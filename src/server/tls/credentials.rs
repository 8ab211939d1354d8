//! The keys and trust in force, and how newer ones take their place.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use openssl::ssl::{ClientHelloResponse, SslAcceptorBuilder, SslContext};
use openssl::x509::store::X509Store;
use openssl::x509::{X509Crl, X509NameRef};

use super::TlsError;
use super::context::{acceptor, ask, trust, trust_of_responders};
use super::files::TlsFiles;
use super::material::Material;
use super::ocsp::Ocsp;
use crate::model::in_force::InForce;
use crate::server::clock;
use crate::server::watched_files::WatchedFiles;
use crate::settings::sections::Tls;
use crate::settings::{ClientCertificate, Environment, ExpiredCrl, Settings};

/// What one reading of the files gave.
pub(super) struct Generation {
    /// Counts readings, so that a connection knows whether it was judged by this one.
    pub(super) number: u64,
    context: SslContext,
    /// With revocation lists.
    pub(super) trust: X509Store,
    /// Without them.
    pub(super) trust_without_lists: X509Store,
    /// The answers of responders, which begin anew with each reading, as trust does.
    pub(super) ocsp: Option<Ocsp>,
    crls: Vec<X509Crl>,
    expiries: Vec<(&'static str, i64)>,
}

impl Generation {
    fn new(number: u64, material: Material, settings: &Tls) -> Result<Self, TlsError> {
        let responders = trust_of_responders(&material, settings.expired_crl == ExpiredCrl::Refuse)?;
        Ok(Self {
            number,
            context: acceptor(&material, trust(&material, true)?)?.build().into_context(),
            trust: trust(&material, true)?,
            trust_without_lists: trust(&material, false)?,
            ocsp: Ocsp::new(settings, &material.client_ca, responders),
            expiries: material.expiries(),
            crls: material.crls,
        })
    }

    /// Whether no authority and no list ran out since it was read.
    pub(super) fn is_fresh(&self, now: i64) -> bool {
        self.expiries.iter().all(|(kind, until)| *kind == "server" || now <= *until)
    }

    /// The revocation lists of an issuer.
    pub(super) fn lists_of<'a>(&'a self, issuer: &'a X509NameRef) -> impl Iterator<Item = &'a X509Crl> {
        self.crls.iter().filter(|list| list.issuer_name().try_cmp(issuer).is_ok_and(|order| order.is_eq()))
    }
}

/// Keys, certificates and trust of all TLS listeners.
pub(in crate::server) struct Credentials {
    pub(super) settings: Tls,
    environment: Environment,
    current: InForce<Generation>,
    /// What was read last, fit or unfit.
    read: Mutex<TlsFiles>,
    /// Whether what was read last is what is in force.
    up_to_date: std::sync::atomic::AtomicBool,
}

impl Credentials {
    /// Reads the files, if any listener speaks TLS.
    ///
    /// # Errors
    /// [`TlsError`] says which file and what to do.
    pub(in crate::server) fn load(settings: &Settings) -> Result<Option<Arc<Self>>, TlsError> {
        let listeners = [settings.https.listen, settings.mllp_tls.listen, settings.audit_repository.tls_listen];
        if listeners.iter().all(|listen| listen.address().is_none()) {
            return Ok(None);
        }
        let environment = settings.deployment.environment;
        let files = TlsFiles::read(&settings.tls)?;
        let material = Material::parse(&files, environment, clock::now().unix_timestamp())?;
        Ok(Some(Arc::new(Self {
            settings: settings.tls.clone(),
            environment,
            current: InForce::new(Generation::new(0, material, &settings.tls)?),
            read: Mutex::new(files),
            up_to_date: true.into(),
        })))
    }

    pub(super) fn current(&self) -> Arc<Generation> {
        self.current.current()
    }

    /// For a listener: each handshake takes keys and trust from whatever is in force when it begins.
    ///
    /// # Errors
    /// OpenSSL refuses.
    pub(in crate::server) fn acceptor(self: &Arc<Self>, wanted: ClientCertificate) -> Result<SslAcceptorBuilder, TlsError> {
        let material = {
            let files = self.read.lock().unwrap_or_else(PoisonError::into_inner);
            Material::parse(&files, self.environment, clock::now().unix_timestamp())?
        };
        let mut builder = acceptor(&material, trust(&material, true)?)?;
        ask(&mut builder, wanted, self.settings.expired_crl);
        let credentials = Arc::clone(self);
        builder.set_client_hello_callback(move |connection, _| {
            connection.set_ssl_context(&credentials.current().context)?;
            Ok(ClientHelloResponse::SUCCESS)
        });
        Ok(builder)
    }

    fn take_up(&self) -> Result<bool, TlsError> {
        let files = TlsFiles::read(&self.settings)?;
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if files == *read {
            return Ok(false);
        }
        let material = Material::parse(&files, self.environment, clock::now().unix_timestamp());
        *read = files;
        let newer = Generation::new(self.current().number + 1, material?, &self.settings)?;
        self.current.replace(newer);
        Ok(true)
    }

    /// Days until the first certificate or list of each kind runs out; negative once it has.
    pub(in crate::server) fn days_left(&self, now: i64) -> Vec<(&'static str, f64)> {
        let days = |at: &i64| (at - now) as f64 / 86_400.0;
        self.current().expiries.iter().map(|(kind, at)| (*kind, days(at))).collect()
    }

    /// Whether the files as they were read last are in force.
    pub(in crate::server) fn is_up_to_date(&self) -> bool {
        self.up_to_date.load(std::sync::atomic::Ordering::Relaxed)
    }
}

impl WatchedFiles for Credentials {
    fn what(&self) -> &'static str {
        "keys, certificates or revocation lists"
    }

    fn reload(&self) -> Result<bool, Box<dyn Error + Send + Sync>> {
        let reloaded = self.take_up();
        if !matches!(reloaded, Ok(false)) {
            self.up_to_date.store(reloaded.is_ok(), std::sync::atomic::Ordering::Relaxed);
        }
        Ok(reloaded?)
    }
}
