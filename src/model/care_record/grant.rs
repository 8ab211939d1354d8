//! What the holder grants to, or takes from, one person by name.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Noted;
use crate::model::dsp::{Period, PersonId, ProfessionalId};
use crate::model::timestamp::Instant;

/// One grant, or the entry of a professional on the blacklist; past ones stay for the holder to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Its name, also as a resource.
    pub id: Uuid,
    /// What is granted to whom.
    pub kind: GrantKind,
    /// From when until when it counts: the follow-up period is in it, and whatever cut it short has cut it here.
    pub period: Period,
    /// Who gave it.
    pub given: Noted,
    /// Who ended it, and when they said so; nothing where it ends by itself or goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Noted>,
    /// How often it was changed, from 1.
    pub version: u32,
}

/// What is granted to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GrantKind {
    /// The declaration of a referring physician that the CNS validated.
    ReferringPhysician(ProfessionalId),
    /// A member of the trusted circle.
    TrustedCircle(ProfessionalId),
    /// A consultation, opened by the presence code.
    Consultation {
        /// Who entered the code.
        professional: ProfessionalId,
        /// The end of the civil day; the follow-up period comes after it.
        care_end: Instant,
    },
    /// An assistant.
    Assistant(PersonId),
    /// A professional shut out.
    Blacklist(ProfessionalId),
}
