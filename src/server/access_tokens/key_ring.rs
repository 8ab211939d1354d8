//! The keys of all issuers whose tokens are trusted.

use std::collections::HashMap;

use super::key_source::{Ages, Found, KeySource};
use crate::model::timestamp::Instant;
use crate::server::{StartError, clock};
use crate::settings::{KeysAt, Settings};
use crate::wire::jwt::{IssuerKeys, KeySet, NoKey, VerificationKey};

/// The keys by issuer.
pub(in crate::server) struct KeyRing {
    issuers: HashMap<String, Vec<KeySource>>,
    /// The authorization server of the demo, with the keys it has in this process.
    own: Option<(String, KeySet)>,
}

impl KeyRing {
    /// The issuers of the settings, and the demo's own.
    ///
    /// # Errors
    /// [`StartError::TokenIssuer`] for a file that cannot be used.
    pub(in crate::server) fn new(settings: &Settings, own: Option<(String, KeySet)>) -> Result<Self, StartError> {
        let ages = Ages { refresh: settings.iua.keys_refresh, keep: settings.iua.keys_keep };
        let mut issuers: HashMap<String, Vec<KeySource>> = HashMap::new();
        for issuer in &settings.iua.issuers {
            let source = KeySource::new(issuer.keys.clone(), ages);
            source.load(clock::instant()).map_err(|reason| match &issuer.keys {
                KeysAt::File(path) => StartError::TokenIssuer { keys: path.display().to_string(), reason },
                KeysAt::Url(url) => StartError::TokenIssuer { keys: url.as_str().to_owned(), reason },
            })?;
            issuers.entry(issuer.name.clone()).or_default().push(source);
        }
        Ok(Self { issuers, own })
    }

    /// Looks at files and URLs again when a token comes.
    pub(in crate::server) fn reload(&self) {
        self.issuers.values().flatten().for_each(KeySource::forget_age);
    }
}

impl IssuerKeys for KeyRing {
    fn key(&self, issuer: &str, kid: &str, at: Instant) -> Result<VerificationKey, NoKey> {
        let own = self.own.as_ref().filter(|(name, _)| name == issuer).and_then(|(_, keys)| keys.find(kid));
        if let Some(key) = own {
            return Ok(key.clone());
        }
        let is_own = self.own.as_ref().is_some_and(|(name, _)| name == issuer);
        let sources = match self.issuers.get(issuer) {
            Some(sources) => sources,
            None if is_own => return Err(NoKey::UnknownKey),
            None => return Err(NoKey::UnknownIssuer),
        };
        let mut none = NoKey::UnknownKey;
        for source in sources {
            match source.find(kid, at) {
                Found::Key(key) => return Ok(key),
                Found::NoSuchKey => {}
                Found::NoKeys => none = NoKey::Unavailable,
            }
        }
        Err(none)
    }
}
