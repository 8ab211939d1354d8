//! What somebody did to a record, as the activity history tells it (access rules, 8).

use serde::{Deserialize, Serialize};

use super::audit_event::Transaction;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuditAction {
    /// Looked for documents and saw what there are.
    List,
    /// Opened documents.
    Read,
    /// Sent documents.
    Submit,
    /// Sent a new version of a document.
    Replace,
    /// Changed what describes documents.
    Update,
    /// Changed the confidentiality level of a document.
    ChangeLevel,
    /// Removed documents.
    Remove,
    /// Changed mandates, settings or the status of the record.
    Manage,
    /// Looked at mandates, settings or the status of the record.
    ReadSettings,
    /// Looked at the activity history.
    ReadHistory,
    /// Looked at, or for, the patient's identity.
    ReadIdentity,
    /// Changed the patient's identity, or linked it with another.
    ChangeIdentity,
    /// Made a patient known.
    CreateIdentity,
    /// Merged two patients who are one.
    MergeIdentity,
    /// Signed in, or got an access token or asked about one.
    SignIn,
    /// Anything else.
    Other,
}

impl AuditAction {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::List,
        Self::Read,
        Self::Submit,
        Self::Replace,
        Self::Update,
        Self::ChangeLevel,
        Self::Remove,
        Self::Manage,
        Self::ReadSettings,
        Self::ReadHistory,
        Self::ReadIdentity,
        Self::ChangeIdentity,
        Self::CreateIdentity,
        Self::MergeIdentity,
        Self::SignIn,
        Self::Other,
    ];

    /// What a transaction does, unless it says more.
    pub fn of(transaction: Transaction) -> Self {
        match transaction {
            Transaction::Iti18 | Transaction::Iti51 | Transaction::Iti66 | Transaction::Iti67 => Self::List,
            Transaction::Iti43 | Transaction::Iti68 => Self::Read,
            Transaction::Iti41
            | Transaction::Iti42
            | Transaction::Iti61
            | Transaction::Iti65
            | Transaction::Iti105
            | Transaction::Iti106 => Self::Submit,
            Transaction::Iti57 | Transaction::Iti92 => Self::Update,
            Transaction::Iti62 | Transaction::Iti86 => Self::Remove,
            Transaction::Manage | Transaction::Iti108 | Transaction::LifeCycle | Transaction::Encounter => Self::Manage,
            Transaction::Iti81 | Transaction::Iti82 => Self::ReadHistory,
            Transaction::Iti78 | Transaction::Iti83 | Transaction::Iti119 => Self::ReadIdentity,
            Transaction::Iti8
            | Transaction::Iti44
            | Transaction::Iti64
            | Transaction::Iti93
            | Transaction::Iti104
            | Transaction::Import => Self::ChangeIdentity,
            Transaction::Iti71 | Transaction::Iti102 => Self::SignIn,
            Transaction::Iti90
            | Transaction::Iti19
            | Transaction::Iti20
            | Transaction::Capabilities
            | Transaction::System
            | Transaction::Unknown => Self::Other,
        }
    }

    /// The code in resources and on the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Read => "read",
            Self::Submit => "submit",
            Self::Replace => "replace",
            Self::Update => "update",
            Self::ChangeLevel => "change-level",
            Self::Remove => "remove",
            Self::Manage => "manage",
            Self::ReadSettings => "read-settings",
            Self::ReadHistory => "read-history",
            Self::ReadIdentity => "read-identity",
            Self::ChangeIdentity => "change-identity",
            Self::CreateIdentity => "create-identity",
            Self::MergeIdentity => "merge-identity",
            Self::SignIn => "sign-in",
            Self::Other => "other",
        }
    }

    /// The action of a code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.code() == code)
    }
}
