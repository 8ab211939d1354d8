//! Signs tokens as the demo's authorization server.

use serde_json::json;
use uuid::Uuid;

use super::key_file;
use super::{DemoDirectory, DemoKeyError, TokenWish, WishError};
use crate::model::person::{Person, SubjectClaims};
use crate::model::skewed_clock::micros;
use crate::model::timestamp::Instant;
use crate::settings::Settings;
use crate::wire::jwt::{SigningKey, write_claims};

/// The issuer: its key, and the names that stand in its tokens.
pub struct DemoIssuer {
    key: SigningKey,
    pub(super) name: String,
    pub(super) audience: String,
    authority: String,
    directory: DemoDirectory,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// Whom it is about.
    pub person: Person,
    /// In the compact form.
    pub token: String,
    /// What may be done with it.
    pub scope: String,
    /// How many seconds it is valid.
    pub seconds: i64,
}

impl DemoIssuer {
    /// The issuer with the key of the data folder, made now if there is none.
    ///
    /// # Errors
    /// [`DemoKeyError`].
    pub(in crate::server) fn start(settings: &Settings, directory: DemoDirectory) -> Result<Self, DemoKeyError> {
        Ok(Self::with(settings, directory, key_file::read_or_make(&settings.data.directory)?))
    }

    /// The issuer with the key that a server has left in the data folder.
    ///
    /// # Errors
    /// [`DemoKeyError`].
    pub fn open(settings: &Settings, directory: DemoDirectory) -> Result<Self, DemoKeyError> {
        Ok(Self::with(settings, directory, key_file::read(&settings.data.directory)?))
    }

    fn with(settings: &Settings, directory: DemoDirectory, key: SigningKey) -> Self {
        let authority = settings.domain.assigning_authorities.first().map(|oid| oid.as_str().to_owned()).unwrap_or_default();
        Self { key, name: settings.demo_issuer(), audience: settings.demo_audience(), authority, directory }
    }

    /// Its public keys, as a JWK Set.
    pub(in crate::server) fn key_set(&self) -> serde_json::Value {
        self.key.key_set()
    }

    /// A token for whoever is wished.
    ///
    /// # Errors
    /// [`WishError`].
    pub fn issue(&self, wish: &TokenWish, now: Instant) -> Result<Issued, WishError> {
        let claims = wish.claims(&self.directory, &self.authority)?;
        let all = if claims.person.is_some() { "patient/*.cruds" } else { "user/*.cruds" };
        self.sign(wish, &wish.person, all, claims, now)
    }

    /// A token for a client that acts for itself, perhaps as an establishment.
    pub(super) fn issue_to_client(&self, wish: &TokenWish, now: Instant) -> Result<Issued, WishError> {
        let claims = match wish.quality {
            Some(_) => wish.claims(&self.directory, &self.authority)?,
            None => Default::default(),
        };
        self.sign(wish, &wish.client, "system/*.cruds", claims, now)
    }

    fn sign(&self, wish: &TokenWish, subject: &str, all: &str, claims: SubjectClaims, now: Instant) -> Result<Issued, WishError> {
        let scope = wish.scope.clone().unwrap_or_else(|| all.to_owned());
        let (issued, seconds) = (now.0.div_euclid(1_000_000), micros(wish.lifetime) / 1_000_000);
        let payload = json!({
            "iss": self.name, "sub": subject, "aud": self.audience, "client_id": wish.client, "scope": scope,
            "jti": Uuid::new_v4().to_string(), "iat": issued, "exp": issued.saturating_add(seconds), "extensions": write_claims(&claims),
        });
        let token = self.key.sign(&payload).map_err(|error| WishError::Failed(error.to_string()))?;
        let person = Person { issuer: self.name.clone(), name_id: subject.to_owned(), alias: None, token: None, claims };
        Ok(Issued { person, token, scope, seconds })
    }
}
