//! Changed files, taken up while the server runs.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Credentials;

/// Looks at the files of TLS again and again until the server stops.
pub(in crate::server) async fn watch_files(credentials: Arc<Credentials>, pause: Duration, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
        reload(Arc::clone(&credentials)).await;
    }
}

/// Takes up changed files now, and tells the log.
pub(in crate::server) async fn reload(credentials: Arc<Credentials>) {
    match tokio::task::spawn_blocking(move || credentials.reload()).await {
        Ok(Ok(true)) => tracing::info!("took up changed keys, certificates or revocation lists"),
        Ok(Ok(false)) => {}
        Ok(Err(error)) => tracing::error!(%error, "changed keys, certificates or revocation lists are unfit; those before stay in force"),
        Err(error) => tracing::error!(panicked = error.is_panic(), "the files of TLS could not be looked at"),
    }
}
