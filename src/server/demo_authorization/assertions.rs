//! Signs assertions where the key of a trusted issuer is at hand.

use std::fs;
use std::io;
use std::path::PathBuf;

use openssl::pkey::{PKey, Private};
use uuid::Uuid;

use super::{DemoDirectory, TokenWish, WishError};
use crate::model::skewed_clock::micros;
use crate::model::timestamp::Instant;
use crate::settings::Settings;
use crate::wire::saml::AssertionDraft;

/// An issuer of SAML assertions for demo and tests: one of `xua.issuers` whose private key lies beside its certificate, as
/// `dossier pki` leaves it.
pub struct AssertionIssuer {
    key: PKey<Private>,
    name: String,
    audience: String,
    authority: String,
    directory: DemoDirectory,
}

/// Why nobody can sign.
#[derive(Debug, thiserror::Error)]
pub enum AssertionKeyError {
    /// There is no key.
    #[error(
        "no issuer of xua.issuers has its private key beside its certificate (NAME.key beside NAME.pem, as in saml/ of a folder of dossier pki), or xua.audiences is empty"
    )]
    None,
    /// It cannot be read.
    #[error("the key {} cannot be read: {source}", .path.display())]
    File {
        /// The key.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl AssertionIssuer {
    /// The first issuer of the settings that has a key.
    ///
    /// # Errors
    /// [`AssertionKeyError`].
    pub fn open(settings: &Settings, directory: DemoDirectory) -> Result<Self, AssertionKeyError> {
        let with_key = settings.xua.issuers.iter().map(|issuer| (issuer, issuer.path.with_extension("key")));
        let found = with_key.into_iter().find(|(_, key)| key.exists());
        let ((issuer, path), audience) = found.zip(settings.xua.audiences.first()).ok_or(AssertionKeyError::None)?;
        let failed = |source| AssertionKeyError::File { path: path.clone(), source };
        let key = PKey::private_key_from_pem(&fs::read(&path).map_err(failed)?).map_err(|error| failed(io::Error::other(error)))?;
        let authority = settings.domain.assigning_authorities.first().map(|oid| oid.as_str().to_owned()).unwrap_or_default();
        Ok(Self { key, name: issuer.name.clone(), audience: audience.clone(), authority, directory })
    }

    /// A signed SAML assertion for whoever is wished, as SOAP requests carry it (ITI TF-2: 3.40).
    ///
    /// # Errors
    /// [`WishError`].
    pub fn issue(&self, wish: &TokenWish, now: Instant) -> Result<Vec<u8>, WishError> {
        let claims = wish.claims(&self.directory, &self.authority)?;
        let id = format!("_{}", Uuid::new_v4().simple());
        let until = Instant(now.0.saturating_add(micros(wish.lifetime)));
        let (issuer, audience) = (&self.name, &self.audience);
        let draft = AssertionDraft { id: &id, issuer, name_id: &wish.person, audience, from: now, until, claims: &claims };
        draft.sign(&self.key).map_err(|error| WishError::Failed(error.to_string()))
    }
}
