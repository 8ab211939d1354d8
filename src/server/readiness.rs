//! Whether the server can do its work now: the database answers with the tables of this version, documents can be stored.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::Mutex;

use super::audit_lags::{AuditLags, Lag};
use super::metrics::Metrics;
use crate::store::contents::ContentStore;
use crate::store::{Store, StoreError};

/// How long an answer is given again. Asking costs a file and a query, which nobody may have done for each request.
const FRESH: Duration = Duration::from_secs(2);
/// How long the parts have to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The state of the parts.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Report {
    /// All of it is well.
    pub ready: bool,
    /// `ok`, or what is wrong with the database.
    pub database: String,
    /// `ok`, or what is wrong with the content store.
    pub contents: String,
    /// What each audit record repository lacks. The server is ready all the same: the trail is safe in the database.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub audit_delivery: BTreeMap<String, Lag>,
}

/// Asks the parts, one asker at a time.
pub struct Readiness {
    store: Arc<Store>,
    contents: Arc<dyn ContentStore>,
    metrics: Arc<Metrics>,
    lags: Arc<AuditLags>,
    last: Mutex<Option<(Instant, Report)>>,
    /// Migrations do not come undone: once all were there, only a reader is asked, who waits for no writer.
    migrated: Arc<AtomicBool>,
}

impl Readiness {
    /// Nothing has been asked yet.
    pub fn new(store: Arc<Store>, contents: Arc<dyn ContentStore>, metrics: Arc<Metrics>, lags: Arc<AuditLags>) -> Self {
        Self { store, contents, metrics, lags, last: Mutex::new(None), migrated: Arc::default() }
    }

    /// The state, not older than two seconds.
    pub async fn report(&self) -> Report {
        let mut last = self.last.lock().await;
        if let Some((_, report)) = last.as_ref().filter(|(asked, _)| asked.elapsed() < FRESH) {
            return report.clone();
        }
        let report = self.ask().await;
        *last = Some((Instant::now(), report.clone()));
        report
    }

    async fn ask(&self) -> Report {
        let (store, contents, migrated) = (Arc::clone(&self.store), Arc::clone(&self.contents), Arc::clone(&self.migrated));
        let asked = tokio::task::spawn_blocking(move || (database(&store, &migrated), content_store(&*contents)));
        let (database, contents) = match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(answers)) => answers,
            Ok(Err(_)) | Err(_) => (silent(), silent()),
        };
        self.metrics.content_store(contents.is_ok());
        let ready = database.is_ok() && contents.is_ok();
        Report { ready, database: in_words(database), contents: in_words(contents), audit_delivery: self.lags.all() }
    }
}

type Answer = Result<(), String>;

fn database(store: &Store, migrated: &AtomicBool) -> Answer {
    if migrated.load(Ordering::Relaxed) {
        // A look-up by an index: that it answers matters, not what.
        return store.read(|tx| tx.is_content_in_use("")).map(drop).map_err(|error: StoreError| error.to_string());
    }
    match store.is_current() {
        Ok(true) => {
            migrated.store(true, Ordering::Relaxed);
            Ok(())
        }
        Ok(false) => Err("migrations are missing; run `dossier migrate`".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn content_store(contents: &dyn ContentStore) -> Answer {
    contents.check().map_err(|error| error.to_string())
}

fn silent() -> Answer {
    Err(format!("no answer within {} seconds", PATIENCE.as_secs()))
}

fn in_words(answer: Answer) -> String {
    answer.err().unwrap_or_else(|| "ok".to_owned())
}
