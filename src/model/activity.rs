//! The activity history of a record as one reader sees it (access rules, 8): nothing in it may tell what that reader may not know.

use uuid::Uuid;

use super::audit_action::AuditAction;
use super::audit_actor::{Actor, ActorKey};
use super::audit_event::{AuditOutcome, Transaction};
use super::dsp::Ground;
use super::hl7_types::PatientId;
use super::ids::{EntryUuid, UniqueId};
use super::person::CodedClaim;
use super::timestamp::Instant;

/// One entry of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Its name as a resource.
    pub id: Uuid,
    /// In whose record.
    pub patient_id: PatientId,
    /// When.
    pub occurred_at: Instant,
    /// By which transaction.
    pub transaction: Transaction,
    /// What was done.
    pub action: AuditAction,
    /// Who did it, where they are known.
    pub actor: Option<Actor>,
    /// From which network address.
    pub source_address: String,
    /// What for, as the issuer of the person's proof says.
    pub purposes_of_use: Vec<CodedClaim>,
    /// Why a record administrator opened the record.
    pub access_reason: Option<String>,
    /// On what it rested. Nothing where the act concerned several records: each has its own.
    pub ground: Option<Ground>,
    /// On which documents, as far as the reader may read them.
    pub documents: Vec<ActivityDocument>,
    /// The stored query asked, by its id.
    pub query: Option<String>,
    /// How it ended.
    pub outcome: AuditOutcome,
}

/// A document of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityDocument {
    /// Its entry.
    pub entry_uuid: EntryUuid,
    /// Its id.
    pub unique_id: UniqueId,
    /// Its title, or else what the code of its type means.
    pub title: Option<String>,
}

/// Which entries are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActivityFilter {
    /// Not before this.
    pub from: Option<Instant>,
    /// Before this.
    pub until: Option<Instant>,
    /// By this actor.
    pub actor: Option<ActorKey>,
    /// By somebody who acted for this organisation, or by itself.
    pub organisation: Option<String>,
    /// By one of these transactions.
    pub transactions: Option<Vec<Transaction>>,
    /// One of these actions.
    pub actions: Option<Vec<AuditAction>>,
    /// With one of these outcomes.
    pub outcomes: Option<Vec<AuditOutcome>>,
    /// On this document, as far as the reader may know of it.
    pub document: Option<EntryUuid>,
}

impl ActivityFilter {
    /// Whether what the reader sees of an entry is wanted. Dates and actor are for the database to look at.
    pub fn wants(&self, activity: &Activity) -> bool {
        let organisation = activity.actor.as_ref().and_then(|actor| actor.organisation.as_ref());
        self.transactions.as_ref().is_none_or(|wanted| wanted.contains(&activity.transaction))
            && self.actions.as_ref().is_none_or(|wanted| wanted.contains(&activity.action))
            && self.outcomes.as_ref().is_none_or(|wanted| wanted.contains(&activity.outcome))
            && self.organisation.as_ref().is_none_or(|wanted| organisation.is_some_and(|organisation| organisation.id == *wanted))
            && self.document.is_none_or(|id| activity.documents.iter().any(|document| document.entry_uuid == id))
    }
}

/// Which part of the history is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActivityPage {
    /// What comes after this entry, the newest first; the beginning if none is named.
    pub after: Option<Uuid>,
    /// At most so many.
    pub limit: usize,
}

/// A part of the history, the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Activities {
    /// What the reader sees.
    pub entries: Vec<Activity>,
    /// Whether they see more behind the last of these.
    pub has_more: bool,
}
