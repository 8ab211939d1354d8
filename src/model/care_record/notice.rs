//! What somebody is told about a record.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::model::dsp::{PersonId, ProfessionalId};
use crate::model::hl7_types::PatientId;
use crate::model::timestamp::Instant;

/// A message to one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Its name, also as a resource.
    pub id: Uuid,
    /// Who is told.
    pub recipient: Recipient,
    /// Whose record it is about.
    pub patient: PatientId,
    /// What happened.
    pub reason: NoticeReason,
    /// When.
    pub created_at: Instant,
    /// When the recipient said that they had read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Instant>,
}

/// Who is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recipient {
    /// A patient, in their own account.
    Patient(PersonId),
    /// A professional.
    Professional(ProfessionalId),
    /// The CNS.
    HealthFund,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeReason {
    /// The holder closed the record (access rules, 2; Charte, annex 5).
    RecordClosed,
    /// The closing of the record ended the declaration of the referring physician.
    DeclarationEndedByClosing,
    /// The declaration of a referring physician took them off the blacklist (access rules, 7).
    BlacklistEntryRemoved,
}

impl NoticeReason {
    /// As the code system writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::RecordClosed => "record-closed",
            Self::DeclarationEndedByClosing => "declaration-ended-by-closing",
            Self::BlacklistEntryRemoved => "blacklist-entry-removed",
        }
    }

    /// In words.
    pub fn text(self) -> &'static str {
        match self {
            Self::RecordClosed => "The record was closed by its holder. Nothing is exchanged through it any more.",
            Self::DeclarationEndedByClosing => {
                "The record was closed by its holder. The declaration of the referring physician ended with it."
            }
            Self::BlacklistEntryRemoved => {
                "The declaration of a referring physician was validated. The physician was on your blacklist and is not on it any more."
            }
        }
    }
}
