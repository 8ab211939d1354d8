//! Files that are taken up while the server runs: keys, certificates, revocation lists, issuers.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// Files of the settings that may change while the server runs.
pub(super) trait WatchedFiles: Send + Sync {
    /// What they hold, for the log.
    fn what(&self) -> &'static str;

    /// Reads them again and puts them in force if they changed; gives whether they did. Unfit ones change nothing. Blocks.
    ///
    /// # Errors
    /// Says which file and what to do; the same files again give no error again.
    fn reload(&self) -> Result<bool, Box<dyn Error + Send + Sync>>;
}

/// All that is watched.
pub(super) type Watched = Vec<Arc<dyn WatchedFiles>>;

/// Looks at the files again and again until the server stops.
pub(super) async fn watch(watched: Watched, pause: Duration, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
        reload(&watched).await;
    }
}

/// Takes up changed files now, and tells the log.
pub(super) async fn reload(watched: &Watched) {
    for files in watched {
        let (what, files) = (files.what(), Arc::clone(files));
        match tokio::task::spawn_blocking(move || files.reload()).await {
            Ok(Ok(true)) => tracing::info!("took up changed {what}"),
            Ok(Ok(false)) => {}
            Ok(Err(error)) => tracing::error!(%error, "changed {what} are unfit; those before stay in force"),
            Err(error) => tracing::error!(panicked = error.is_panic(), "{what} could not be looked at"),
        }
    }
}
