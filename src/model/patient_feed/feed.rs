//! One message of the feed: what it asks, who sends it.

use serde::{Deserialize, Serialize};

use super::{DemographicElement, LinkChange, PatientDemographics};
use crate::model::hl7_types::Cx;

/// One message of a Patient Identity Source (ITI TF-2: 3.8.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientFeed {
    /// What the source asks.
    pub event: FeedEvent,
    /// MSH-10, the source's own id of the message; goes into the audit record.
    pub message_control_id: String,
    /// MSH-3 and MSH-4, who sends.
    pub sender: FeedParty,
    /// MSH-5 and MSH-6, whom the sender means to reach.
    pub receiver: FeedParty,
    /// MSH-7 as sent: `YYYYMMDDHHMMSS`, perhaps shorter, perhaps with a zone.
    pub message_time: Option<String>,
}

/// An application at a facility; the audit record names it as `facility|application` (ITI TF-2: 3.8.5.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedParty {
    /// MSH-3 or MSH-5, the namespace, or where that is missing the universal id.
    pub application: String,
    /// MSH-4 or MSH-6, likewise.
    pub facility: String,
}

/// What a feed can ask (ITI TF-2: 3.8.4.1.1, 3.8.4.2.1; 3.44.4.1.1, 3.44.4.2.1; 3.64.4.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedEvent {
    /// A patient's identity is established: A01, A04, A05, A28. Sources send it again at each visit, so the patient may be known.
    Add(PatientDemographics),
    /// What is known of a patient changed: A08, A31.
    Revise {
        /// The patient, and the elements that have a value now. An element that is not there stays as it was.
        patient: PatientDemographics,
        /// The elements whose value the source takes away, sent as `""` (ITI TF-2: C).
        removed: Vec<DemographicElement>,
    },
    /// Identifiers turned out to name the same patient: A40. Each pair in the order it came.
    Merge(Vec<PatientMerge>),
    /// A local patient turned out to be another patient of the affinity domain: A43.
    ChangeLink(LinkChange),
}

/// One patient merged into another (ITI TF-2: 3.8.4.2.4). Not reversible.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientMerge {
    /// PID-3, the patient's identifiers whose use continues; at least one.
    pub surviving: Vec<Cx>,
    /// MRG-1, the patient's identifiers whose use ends; at least one.
    pub subsumed: Vec<Cx>,
}
