//! Removes content that no row refers to: what a crash left between a document and its commit.

use std::time::Duration;

use super::clock;
use crate::store::contents::{ContentError, ContentKey, ContentStore};
use crate::store::{Store, StoreError};

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Removed, or to be removed if it was only counted.
    pub removed: u64,
    /// Left, since a row refers to it.
    pub kept: u64,
    /// Not to be removed; the log says why.
    pub failed: u64,
}

/// Why a sweep ended early.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The content store cannot be listed.
    #[error(transparent)]
    Contents(#[from] ContentError),
    /// To the database everything is garbage: most likely it is not the one of this content store.
    #[error(
        "the database knows no document at all, so it is hardly the one of this content store; nothing was removed, check database.url"
    )]
    NoDocuments,
    /// The database cannot tell what is in use. What it cannot tell is never removed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Sweeps what was last written longer ago than `keep`, or only counts it. `progress` is called after each document.
///
/// # Errors
/// [`SweepError`]; what was removed until then stays removed.
pub fn sweep(
    store: &Store,
    contents: &dyn ContentStore,
    keep: Duration,
    only_count: bool,
    mut progress: impl FnMut(&Swept),
) -> Result<Swept, SweepError> {
    let mut swept = Swept::default();
    let Some(older_than) = clock::system_time().checked_sub(keep) else { return Ok(swept) };
    for key in contents.staged_before(older_than)? {
        let key = key?;
        if swept == Swept::default() && !only_count && !store.read(|rows| rows.has_documents())? {
            return Err(SweepError::NoDocuments);
        }
        if is_in_use(store, &key)? {
            swept.kept += 1;
        } else if only_count {
            swept.removed += 1;
        } else {
            match contents.delete(&key) {
                Ok(()) => swept.removed += 1,
                Err(error) => {
                    tracing::warn!(%error, "content could not be removed");
                    swept.failed += 1;
                }
            }
        }
        progress(&swept);
    }
    Ok(swept)
}

fn is_in_use(store: &Store, key: &ContentKey) -> Result<bool, StoreError> {
    store.read(|rows| rows.is_content_in_use(&key.to_string()))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::sync::Arc;

    use super::*;
    use crate::model::timestamp::Instant;
    use crate::store::StoredDocument;
    use crate::store::contents::{FileContents, MasterKey, MasterKeys};

    #[test]
    fn content_without_a_row_is_counted_and_then_removed() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}", folder.path().join("db").display()), 2).unwrap();
        store.migrate().unwrap();
        let keys = Arc::new(MasterKeys::new(MasterKey::new_random().unwrap(), Vec::new()));
        let contents = FileContents::open(&folder.path().join("contents"), keys, 1000).unwrap();
        let mut staging = contents.stage().unwrap();
        staging.write_all(b"left by a crash").unwrap();
        staging.finish().unwrap().keep();
        // Long enough for the clock of the file system, which is coarser, to be past the file's time.
        std::thread::sleep(Duration::from_millis(50));

        let refused = sweep(&store, &contents, Duration::ZERO, false, |_| {}).unwrap_err();
        assert!(matches!(refused, SweepError::NoDocuments), "the database may be the wrong one");
        let held = StoredDocument {
            unique_id: "2.999.1".parse().unwrap(),
            content_key: ContentKey::new_random().to_string(),
            sealed_key: Vec::new(),
            size: 0,
            sha1: String::new(),
            sha256: String::new(),
            mime_type: String::new(),
        };
        store.write(|tx| tx.insert_document(&held, Instant(0))).unwrap();
        let sweep_now = |keep, only_count| sweep(&store, &contents, keep, only_count, |_| {}).unwrap();
        let one = Swept { removed: 1, ..Swept::default() };
        assert_eq!(sweep_now(Duration::from_secs(3600), false), Swept::default());
        assert_eq!(sweep_now(Duration::ZERO, true), one);
        assert_eq!(sweep_now(Duration::ZERO, false), one);
        assert_eq!(sweep_now(Duration::ZERO, false), Swept::default());
    }
}
