//! The certificates of the issuers of assertions (`xua.issuers`).

use std::error::Error;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::watched_files::WatchedFiles;
use super::{StartError, clock};
use crate::model::in_force::InForce;
use crate::settings::sections::XuaMode;
use crate::settings::{IssuerFile, Settings};
use crate::wire::saml::TrustedIssuers;

/// The files, and whom they make trusted.
pub(super) struct IssuerFiles {
    files: Vec<IssuerFile>,
    trusted: Arc<InForce<TrustedIssuers>>,
    /// What was read last, fit or unfit.
    read: Mutex<Vec<Vec<u8>>>,
}

impl IssuerFiles {
    /// Reads the files of the settings; none where no assertions are read.
    ///
    /// # Errors
    /// [`StartError::Issuer`] says which file is unfit.
    pub(super) fn open(settings: &Settings) -> Result<Self, StartError> {
        let files = if settings.xua_mode() == XuaMode::Off { Vec::new() } else { settings.xua.issuers.clone() };
        let read = contents(&files)?;
        let trusted = Arc::new(InForce::new(trust(&files, &read)?));
        Ok(Self { files, trusted, read: Mutex::new(read) })
    }

    /// Whom to trust, now and after each change of the files.
    pub(super) fn trusted(&self) -> Arc<InForce<TrustedIssuers>> {
        Arc::clone(&self.trusted)
    }
}

impl WatchedFiles for IssuerFiles {
    fn what(&self) -> &'static str {
        "certificates of issuers (xua.issuers)"
    }

    fn reload(&self) -> Result<bool, Box<dyn Error + Send + Sync>> {
        let newest = contents(&self.files)?;
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if newest == *read {
            return Ok(false);
        }
        *read = newest;
        self.trusted.replace(trust(&self.files, &read)?);
        Ok(true)
    }
}

fn contents(files: &[IssuerFile]) -> Result<Vec<Vec<u8>>, StartError> {
    files.iter().map(|file| std::fs::read(&file.path).map_err(|error| unusable(&file.path, &error))).collect()
}

/// An issuer none of whose certificates is valid any more is a mistake, which would else be noticed by the users first.
fn trust(files: &[IssuerFile], contents: &[Vec<u8>]) -> Result<TrustedIssuers, StartError> {
    let mut trusted = TrustedIssuers::default();
    for (file, pem) in files.iter().zip(contents) {
        trusted.trust(&file.name, pem).map_err(|error| unusable(&file.path, &error))?;
    }
    let lapsed = trusted.lapsed(clock::instant());
    let lapsed = files.iter().find(|file| lapsed == Some(file.name.as_str()));
    match lapsed {
        Some(file) => Err(unusable(&file.path, &"every certificate of this issuer has expired")),
        None => Ok(trusted),
    }
}

fn unusable(path: &Path, reason: &dyn std::fmt::Display) -> StartError {
    StartError::Issuer { path: path.to_owned(), reason: reason.to_string() }
}
