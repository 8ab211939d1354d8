//! The keys of one issuer, looked at again from time to time.

use std::fs::File;
use std::io::Read as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::asking;
use crate::model::skewed_clock::micros;
use crate::model::timestamp::Instant;
use crate::settings::KeysAt;
use crate::wire::jwt::{KeySet, VerificationKey};

/// The shortest time between two looks: whoever sends tokens with invented key names cannot make the server ask more often.
const URL_PAUSE: Duration = Duration::from_secs(60);
const FILE_PAUSE: Duration = Duration::from_secs(1);

/// The largest file of keys, in bytes.
const LARGEST_FILE: u64 = 1024 * 1024;

/// How old keys may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ages {
    /// From this age on they are looked at again.
    pub(super) refresh: Duration,
    /// Up to this age, those from a URL are used while it cannot be reached.
    pub(super) keep: Duration,
}

/// Where keys come from, and what came last.
pub(super) struct KeySource {
    at: KeysAt,
    ages: Ages,
    known: Mutex<Known>,
    /// Held while somebody looks.
    looking: Mutex<()>,
}

#[derive(Default)]
struct Known {
    keys: Option<KeySet>,
    /// When they were got.
    got: Option<Instant>,
    /// When they were last asked for, successfully or not.
    asked: Option<Instant>,
}

/// What a source says of a key.
pub(super) enum Found {
    Key(VerificationKey),
    NoSuchKey,
    NoKeys,
}

impl KeySource {
    /// A source of which nothing is known yet.
    pub(super) fn new(at: KeysAt, ages: Ages) -> Self {
        Self { at, ages, known: Mutex::default(), looking: Mutex::default() }
    }

    /// Reads a file now, so that a server does not start with one that it cannot use; a URL is asked when it is needed.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub(super) fn load(&self, at: Instant) -> Result<(), String> {
        match &self.at {
            KeysAt::File(_) => self.take_up(at),
            KeysAt::Url(_) => Ok(()),
        }
    }

    /// Looks again at the next question, whatever the age.
    pub(super) fn forget_age(&self) {
        let mut known = lock(&self.known);
        (known.got, known.asked) = (None, None);
    }

    /// The key of that name.
    pub(super) fn find(&self, kid: &str, now: Instant) -> Found {
        let found = self.look_up(kid, now);
        let worth_a_look = !matches!(found, Found::Key(_)) || self.is_older_than(self.ages.refresh, now);
        if worth_a_look && self.look_again(now, matches!(found, Found::NoKeys)) { self.look_up(kid, now) } else { found }
    }

    fn look_up(&self, kid: &str, now: Instant) -> Found {
        // A file that is gone or unfit leaves its keys in force, as with those of TLS; a URL may be cut off on purpose.
        let too_old = matches!(self.at, KeysAt::Url(_)) && self.is_older_than(self.ages.keep, now);
        match &lock(&self.known).keys {
            Some(keys) if !too_old => keys.find(kid).cloned().map_or(Found::NoSuchKey, Found::Key),
            Some(_) | None => Found::NoKeys,
        }
    }

    fn is_older_than(&self, age: Duration, now: Instant) -> bool {
        lock(&self.known).got.is_none_or(|got| now.0.saturating_sub(got.0) > micros(age))
    }

    /// Looks, unless somebody does or did just now. Who has no keys at all waits for whoever is looking; all others go on with
    /// what there is. True if there may be other keys now.
    fn look_again(&self, now: Instant, wait: bool) -> bool {
        let _looking = match self.looking.try_lock() {
            Ok(guard) => guard,
            Err(_) if wait => {
                drop(lock(&self.looking));
                return true;
            }
            Err(_) => return false,
        };
        let pause = if matches!(self.at, KeysAt::Url(_)) { URL_PAUSE } else { FILE_PAUSE };
        if lock(&self.known).asked.is_some_and(|asked| now.0.saturating_sub(asked.0) < micros(pause)) {
            return false;
        }
        self.take_up(now)
            .inspect_err(|error| tracing::error!(%error, source = self.name(), "the keys of a token issuer could not be had"))
            .is_ok()
    }

    fn take_up(&self, now: Instant) -> Result<(), String> {
        lock(&self.known).asked = Some(now);
        let bytes = match &self.at {
            KeysAt::File(path) => {
                let mut bytes = Vec::new();
                let read = File::open(path).and_then(|file| file.take(LARGEST_FILE).read_to_end(&mut bytes));
                read.map(|_| bytes).map_err(|error| error.to_string())?
            }
            KeysAt::Url(url) => asking::body(asking::agent().get(url.as_str()).call()).map_err(|error| error.to_string())?,
        };
        let keys = KeySet::parse(&bytes).map_err(|error| error.to_string())?;
        let mut known = lock(&self.known);
        (known.keys, known.got) = (Some(keys), Some(now));
        Ok(())
    }

    fn name(&self) -> String {
        match &self.at {
            KeysAt::File(path) => path.display().to_string(),
            KeysAt::Url(url) => url.as_str().to_owned(),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "key_source_tests.rs"]
mod tests;
