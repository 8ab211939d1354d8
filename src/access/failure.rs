//! Why a call did not do what it was asked.

use crate::model::audit_event::AuditOutcome;
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::store::StoreError;
use crate::store::contents::ContentError;

use super::{ActRefusal, DirectoryRefusal, EpisodeRefusal, IdentityRefusal, NotAdmitted};

/// Nothing was changed, and nothing is shown.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The request breaks rules; each error says which.
    #[error("refused: {0:?}")]
    Refused(Vec<RegistryError>),
    /// A patient's identity could not be changed as asked.
    #[error(transparent)]
    Identity(#[from] IdentityRefusal),
    /// An entry could not be put into its directory.
    #[error(transparent)]
    Directory(#[from] DirectoryRefusal),
    /// An act of managing a record was refused.
    #[error(transparent)]
    Act(#[from] ActRefusal),
    /// A presence code could not be hashed.
    #[error("a presence code could not be hashed")]
    Hashing,
    /// A visit could not be declared as asked.
    #[error(transparent)]
    Episode(#[from] EpisodeRefusal),
    /// The calling system gets nothing.
    #[error(transparent)]
    NotAdmitted(#[from] NotAdmitted),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The content store failed.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// The audit record could not be written, so the call was not carried out.
    #[error("the audit record could not be written: {0}")]
    Audit(#[source] StoreError),
}

/// So many errors tell a sender enough of one message; a thousand would only make the answer large.
const MOST_ERRORS: usize = 200;

impl Failure {
    /// A refusal for one reason.
    pub fn refused(error: RegistryError) -> Self {
        Self::Refused(vec![error])
    }

    /// Whether less at once would do.
    pub fn is_too_much(&self) -> bool {
        matches!(self, Self::Refused(errors) if errors.iter().any(|error| error.code == ErrorCode::TooManyResults))
    }

    /// How the audit trail judges it.
    pub fn outcome(&self) -> AuditOutcome {
        match self {
            Self::Refused(_)
            | Self::Identity(_)
            | Self::Act(_)
            | Self::NotAdmitted(_)
            | Self::Directory(_)
            | Self::Episode(_)
            | Self::Content(ContentError::TooLarge { .. }) => AuditOutcome::MinorFailure,
            Self::Store(_) | Self::Content(_) | Self::Hashing | Self::Audit(_) => AuditOutcome::SeriousFailure,
        }
    }

    /// Whether the same request may succeed a little later: connections or room were short, or another request that
    /// changes the same rows was quicker.
    pub fn is_transient(&self) -> bool {
        let (Self::Store(error) | Self::Audit(error)) = self else { return matches!(self, Self::Content(ContentError::NoSpace { .. })) };
        matches!(error, StoreError::Busy | StoreError::Conflict | StoreError::Duplicate { .. } | StoreError::NoSpace)
    }

    /// The error codes the answer will carry. What failed inside is told to the operator's log, not to the caller.
    pub fn errors(&self) -> Vec<RegistryError> {
        let internal = |code, context: &str| vec![RegistryError::new(code, "", context)];
        match self {
            Self::Refused(errors) => errors.iter().take(MOST_ERRORS).cloned().collect(),
            Self::Identity(refusal) => internal(ErrorCode::UnknownPatientId, &refusal.to_string()),
            Self::Act(refusal) => internal(ErrorCode::RegistryError, &refusal.to_string()),
            Self::Episode(refusal) => internal(ErrorCode::RegistryError, &refusal.to_string()),
            Self::Directory(refusal) => internal(ErrorCode::RegistryError, &refusal.to_string()),
            Self::NotAdmitted(refusal) => internal(ErrorCode::RegistryError, &refusal.to_string()),
            Self::Store(StoreError::Busy | StoreError::Conflict) => {
                internal(ErrorCode::RegistryBusy, "the registry is busy; nothing was changed, send the request again later")
            }
            Self::Store(StoreError::NoSpace) => {
                internal(ErrorCode::RegistryOutOfResources, "the registry has no room left; nothing was changed, tell its operator")
            }
            Self::Store(StoreError::Unconfirmed) => internal(
                ErrorCode::RegistryError,
                "the registry could not make sure that this was stored; ask with a query whether it was before you send it again",
            ),
            Self::Content(ContentError::NoSpace { .. }) => {
                internal(ErrorCode::RepositoryOutOfResources, "the repository has no room left; nothing was stored, tell its operator")
            }
            Self::Content(ContentError::TooLarge { limit }) => internal(
                ErrorCode::RepositoryOutOfResources,
                &format!("a document is larger than the {limit} bytes that this repository accepts; nothing was stored"),
            ),
            Self::Content(_) => {
                internal(ErrorCode::RepositoryError, "the repository failed; nothing was changed, tell its operator the request id")
            }
            Self::Store(_) | Self::Hashing => {
                internal(ErrorCode::RegistryError, "the registry failed; nothing was changed, tell its operator the request id")
            }
            Self::Audit(_) => {
                internal(ErrorCode::RegistryError, "the audit trail could not be written, so nothing was done; tell the operator")
            }
        }
    }
}
