//! What ITI-43 and ITI-68 ask for.

use super::ids::{HomeCommunityId, UniqueId};

/// One document to retrieve (ITI TF-2: 3.43.4.1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRequest {
    /// Community, where one is named.
    pub home_community_id: Option<HomeCommunityId>,
    /// The repository as named; any text, for an unknown one has its own error.
    pub repository_unique_id: String,
    /// The document.
    pub unique_id: UniqueId,
}
