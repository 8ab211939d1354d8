//! The data folder of a demonstration: what other commands need to act as somebody in it.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::settings_file;
use crate::cli::server_time::server_time;
use crate::cli::{Exit, Failure};
use crate::client::soap::WrittenAssertion;
use crate::client::{ClientTls, ClientTlsError};
use crate::demo::establishment_of;
use crate::model::timestamp::Instant;
use crate::pki::connector_of;
use crate::server::{Addresses, AssertionIssuer, DemoDirectory, TokenWish, open_existing_database};
use crate::settings::{self, Settings, Sources};

/// Where it is unless somebody says otherwise.
pub(super) const USUAL: &str = "./dossier-data";
const ADDRESSES: &str = "addresses.json";
const PKI: &str = "pki";
/// How long an assertion is good that is made for one command.
const LIFETIME: Duration = Duration::from_secs(600);

/// Which demonstration a folder belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Under the access rules.
    Rules,
    /// With `--open`.
    Open,
}

/// Refuses the folder of the other kind of demonstration, and of any other server.
pub(super) fn reserve(folder: &Path, wanted: Kind) -> Result<(), Failure> {
    let rules = folder.join(settings_file::FILE).exists();
    let has_data = folder.join("dossier.sqlite3").exists();
    let shown = folder.display();
    match wanted {
        Kind::Open if rules => {
            let what = format!(
                "{shown} holds a demonstration under access rules, which --open would show to everybody; choose another folder with --data-dir DIR"
            );
            Err(Failure::new(Exit::Usage, what))
        }
        Kind::Rules if has_data && !rules => {
            let what = format!(
                "{shown} holds the data of another server or of `dossier demo --open`; choose another folder with --data-dir DIR, or go on with --open"
            );
            Err(Failure::new(Exit::Usage, what))
        }
        Kind::Open | Kind::Rules => Ok(()),
    }
}

/// The folder of a demonstration under the access rules that has been started.
pub(in crate::cli) struct DemoFolder {
    path: PathBuf,
    settings: Settings,
    addresses: Addresses,
}

impl DemoFolder {
    /// The settings file of the demonstration in this folder, or in `./dossier-data`, if there is one.
    pub(in crate::cli) fn settings_file(given: Option<&Path>) -> Option<PathBuf> {
        Some(given.unwrap_or(Path::new(USUAL)).join(settings_file::FILE)).filter(|file| file.exists())
    }

    /// Where the server on a data folder that is a demonstration has its clock.
    pub(in crate::cli) fn operations(path: &Path) -> Option<SocketAddr> {
        addresses(path).map(|addresses| addresses.operations)
    }

    /// The demonstration in this folder, or in `./dossier-data`.
    ///
    /// # Errors
    /// There is none, or it has not been started.
    pub(in crate::cli) fn open(given: Option<&Path>) -> Result<Self, Failure> {
        let path = given.unwrap_or(Path::new(USUAL));
        let none = || {
            let shown = path.display();
            let what = format!(
                "no demonstration runs in {shown}: start `dossier demo`, or name its folder with --demo DIR; with another server, make an assertion (dossier token --saml) and give it with --assertion FILE"
            );
            Failure::new(Exit::Usage, what)
        };
        let file = Self::settings_file(given).ok_or_else(none)?;
        let settings = settings::load(&Sources { file: Some(file), ..Sources::default() })?.settings;
        let addresses = addresses(path).ok_or_else(none)?;
        Ok(Self { path: path.to_owned(), settings, addresses })
    }

    /// That of the server that runs in this process.
    pub(super) fn started(path: &Path, settings: &Settings, addresses: Addresses) -> Result<Self, Failure> {
        let failed = |error: &dyn std::error::Error| {
            Failure::new(Exit::CannotStart, format!("cannot write {}: {error}", path.join(ADDRESSES).display()))
        };
        let text = serde_json::to_string(&addresses).map_err(|error| failed(&error))?;
        fs::write(path.join(ADDRESSES), text).map_err(|error| failed(&error))?;
        Ok(Self { path: path.to_owned(), settings: settings.clone(), addresses })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    pub(super) fn pki(&self) -> PathBuf {
        self.path.join(PKI)
    }

    /// Where a service is, over TLS, such as `xds/registry`.
    pub(in crate::cli) fn url(&self, service: &str) -> String {
        let secure = self.addresses.https.map(|address| format!("https://localhost:{}/{service}", address.port()));
        secure.unwrap_or_else(|| format!("http://{}/{service}", self.addresses.http))
    }

    /// Whom to trust, and the certificate of the system of an establishment, named by its id or its OID.
    ///
    /// # Errors
    /// The files are unfit.
    pub(in crate::cli) fn tls(&self, establishment: Option<&str>) -> Result<ClientTls, ClientTlsError> {
        let named = |text: &str| connector_of(text).or_else(|| connector_of(&establishment_of(text.trim_start_matches("urn:oid:"))?));
        let own = establishment.and_then(named).map(|name| {
            let file = |ending: &str| self.pki().join("connectors").join(format!("{name}.{ending}"));
            (file("pem"), file("key"))
        });
        ClientTls::load(Some(&self.pki().join("ca/chain.pem")), own.as_ref().map(|(certificate, key)| (&**certificate, &**key)))
    }

    /// The time that its server goes by.
    fn now(&self) -> Result<Instant, Failure> {
        server_time(&self.settings, self.addresses.operations)
    }

    /// Who signs assertions in it.
    fn assertions(&self) -> Result<AssertionIssuer, Failure> {
        let directory = DemoDirectory::of(Arc::clone(&open_existing_database(&self.settings)?));
        AssertionIssuer::open(&self.settings, directory).map_err(|error| Failure::new(Exit::CannotStart, error.to_string()))
    }

    /// An assertion about somebody, good for some minutes, and the time of the server.
    ///
    /// # Errors
    /// Nobody has that name, or the server does not answer.
    pub(in crate::cli) fn assertion(&self, wish: TokenWish) -> Result<(WrittenAssertion, Instant), Failure> {
        let (wish, now) = (TokenWish { lifetime: LIFETIME, ..wish }, self.now()?);
        let failed = |error: &dyn std::error::Error| Failure::new(Exit::Failed, error.to_string());
        let signed = self.assertions()?.issue(&wish, now).map_err(|error| failed(&error))?;
        WrittenAssertion::new(&signed).map(|assertion| (assertion, now)).map_err(|error| failed(&error))
    }
}

fn addresses(path: &Path) -> Option<Addresses> {
    serde_json::from_str(&fs::read_to_string(path.join(ADDRESSES)).ok()?).ok()
}
