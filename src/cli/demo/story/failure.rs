//! Why the story stopped.

use crate::cli::Failure;
use crate::cli::demo::announcing::AnnouncingFailure;
use crate::cli::demo::importing::ImportingFailure;
use crate::client::ClientError;
use crate::demo::BrokenFixture;
use crate::server::WishError;

/// Why the story could not be told to its end. Sample data may be named.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoryFailure {
    #[error(transparent)]
    Fixture(#[from] BrokenFixture),
    #[error(transparent)]
    Import(#[from] ImportingFailure),
    #[error(transparent)]
    Announcement(#[from] AnnouncingFailure),
    #[error("nobody vouches for {person}: {source}")]
    Person { person: String, source: WishError },
    #[error("{0}")]
    Unfit(String),
    #[error("{what}: {source}")]
    Act { what: String, source: ClientError },
    #[error("{0} was accepted although the rules forbid it")]
    LetThrough(String),
    #[error("a file of the data folder cannot be read: {0}")]
    System(#[from] std::io::Error),
    /// Before anything was told.
    #[error(transparent)]
    Start(#[from] Failure),
}
