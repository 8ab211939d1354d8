//! What the audit trail keeps of a transaction (ITI TF-2: 3.20). One value, from which every audit format is made.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::asked::Asked;
use super::audit_action::AuditAction;
use super::audit_actor::Actor;
use super::dsp::Ground;
use super::node::Node;
use super::person::{CodedClaim, ProvingToken};
use super::received_record::Receipt;
use super::system_event::SystemEvent;
use super::timestamp::Instant;
use super::trail::TrailRemoval;

/// The IHE transactions this server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Transaction {
    /// Patient Identity Feed.
    #[serde(rename = "ITI-8")]
    Iti8,
    /// Registry Stored Query.
    #[serde(rename = "ITI-18")]
    Iti18,
    /// Provide and Register Document Set-b.
    #[serde(rename = "ITI-41")]
    Iti41,
    /// Register Document Set-b.
    #[serde(rename = "ITI-42")]
    Iti42,
    /// Retrieve Document Set.
    #[serde(rename = "ITI-43")]
    Iti43,
    /// Patient Identity Feed HL7 V3.
    #[serde(rename = "ITI-44")]
    Iti44,
    /// Multi-Patient Stored Query.
    #[serde(rename = "ITI-51")]
    Iti51,
    /// Update Document Set.
    #[serde(rename = "ITI-57")]
    Iti57,
    /// Register On-Demand Document Entry.
    #[serde(rename = "ITI-61")]
    Iti61,
    /// Remove Metadata.
    #[serde(rename = "ITI-62")]
    Iti62,
    /// Remove Documents.
    #[serde(rename = "ITI-86")]
    Iti86,
    /// Notify XAD-PID Link Change.
    #[serde(rename = "ITI-64")]
    Iti64,
    /// Restricted Update Document Set.
    #[serde(rename = "ITI-92")]
    Iti92,
    /// Record Audit Event, as the repository that receives it (ATNA).
    #[serde(rename = "ITI-20")]
    Iti20,
    /// Authenticate Node, where it came to nothing.
    #[serde(rename = "ITI-19")]
    Iti19,
    /// Get Access Token (IUA).
    #[serde(rename = "ITI-71")]
    Iti71,
    /// Introspect Token (IUA).
    #[serde(rename = "ITI-102")]
    Iti102,
    /// Provide Document Bundle (MHD).
    #[serde(rename = "ITI-65")]
    Iti65,
    /// Find Document Lists (MHD).
    #[serde(rename = "ITI-66")]
    Iti66,
    /// Find Document References (MHD).
    #[serde(rename = "ITI-67")]
    Iti67,
    /// Retrieve Document (MHD).
    #[serde(rename = "ITI-68")]
    Iti68,
    /// Mobile Patient Demographics Query (PDQm).
    #[serde(rename = "ITI-78")]
    Iti78,
    /// Retrieve ATNA Audit Event.
    #[serde(rename = "ITI-81")]
    Iti81,
    /// Retrieve Syslog Event (ATNA).
    #[serde(rename = "ITI-82")]
    Iti82,
    /// Mobile Patient Identifier Cross-reference Query (PIXm).
    #[serde(rename = "ITI-83")]
    Iti83,
    /// Find Matching Care Services (mCSD).
    #[serde(rename = "ITI-90")]
    Iti90,
    /// Mobile Patient Identity Feed (PMIR).
    #[serde(rename = "ITI-93")]
    Iti93,
    /// Patient Identity Feed FHIR (PIXm).
    #[serde(rename = "ITI-104")]
    Iti104,
    /// Simplified Publish (MHD).
    #[serde(rename = "ITI-105")]
    Iti105,
    /// Generate Metadata (MHD).
    #[serde(rename = "ITI-106")]
    Iti106,
    /// Access Consent (PCF).
    #[serde(rename = "ITI-108")]
    Iti108,
    /// Patient Demographics Match (PDQm).
    #[serde(rename = "ITI-119")]
    Iti119,
    /// What the FHIR interface can do (FHIR R4, http.html#capabilities).
    #[serde(rename = "capabilities")]
    Capabilities,
    /// Management of a record by its patient or for them, over FHIR.
    #[serde(rename = "manage")]
    Manage,
    /// A change of the directories by the operator.
    #[serde(rename = "import")]
    Import,
    /// What happens to a record by itself: it activates, or is purged.
    #[serde(rename = "life-cycle")]
    LifeCycle,
    /// Establishments declare a visit over FHIR (FHIR R4, encounter.html).
    #[serde(rename = "encounter")]
    Encounter,
    /// What happened to the server itself.
    #[serde(rename = "system")]
    System,
    /// A message that could not be told to be any transaction.
    #[serde(rename = "unknown")]
    Unknown,
}

impl Transaction {
    /// All of them.
    pub const ALL: [Self; 39] = [
        Self::Iti8,
        Self::Iti18,
        Self::Iti41,
        Self::Iti42,
        Self::Iti43,
        Self::Iti44,
        Self::Iti51,
        Self::Iti57,
        Self::Iti61,
        Self::Iti62,
        Self::Iti86,
        Self::Iti64,
        Self::Iti92,
        Self::Iti20,
        Self::Iti82,
        Self::Iti19,
        Self::Iti71,
        Self::Iti102,
        Self::Iti65,
        Self::Iti66,
        Self::Iti67,
        Self::Iti68,
        Self::Iti78,
        Self::Iti81,
        Self::Iti83,
        Self::Iti90,
        Self::Iti93,
        Self::Iti104,
        Self::Iti105,
        Self::Iti106,
        Self::Iti108,
        Self::Iti119,
        Self::Capabilities,
        Self::Manage,
        Self::Import,
        Self::LifeCycle,
        Self::Encounter,
        Self::System,
        Self::Unknown,
    ];

    /// The transaction of a number or word.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|transaction| transaction.as_str() == code)
    }

    /// Its number, as in `ITI-41`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Iti8 => "ITI-8",
            Self::Iti18 => "ITI-18",
            Self::Iti41 => "ITI-41",
            Self::Iti42 => "ITI-42",
            Self::Iti43 => "ITI-43",
            Self::Iti44 => "ITI-44",
            Self::Iti51 => "ITI-51",
            Self::Iti57 => "ITI-57",
            Self::Iti61 => "ITI-61",
            Self::Iti62 => "ITI-62",
            Self::Iti86 => "ITI-86",
            Self::Iti64 => "ITI-64",
            Self::Iti92 => "ITI-92",
            Self::Iti20 => "ITI-20",
            Self::Iti82 => "ITI-82",
            Self::Iti19 => "ITI-19",
            Self::Iti71 => "ITI-71",
            Self::Iti102 => "ITI-102",
            Self::Iti65 => "ITI-65",
            Self::Iti66 => "ITI-66",
            Self::Iti67 => "ITI-67",
            Self::Iti68 => "ITI-68",
            Self::Iti78 => "ITI-78",
            Self::Iti81 => "ITI-81",
            Self::Iti83 => "ITI-83",
            Self::Iti90 => "ITI-90",
            Self::Iti93 => "ITI-93",
            Self::Iti104 => "ITI-104",
            Self::Iti105 => "ITI-105",
            Self::Iti106 => "ITI-106",
            Self::Iti108 => "ITI-108",
            Self::Iti119 => "ITI-119",
            Self::Capabilities => "capabilities",
            Self::Manage => "manage",
            Self::Import => "import",
            Self::LifeCycle => "life-cycle",
            Self::Encounter => "encounter",
            Self::System => "system",
            Self::Unknown => "unknown",
        }
    }
}

/// How it ended (DICOM PS3.15 A.5.2: EventOutcomeIndicator).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AuditOutcome {
    /// All of it was done.
    Success,
    /// Refused, or the caller's fault.
    MinorFailure,
    /// The server's fault.
    SeriousFailure,
}

impl AuditOutcome {
    /// The word kept in the column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::MinorFailure => "MinorFailure",
            Self::SeriousFailure => "SeriousFailure",
        }
    }
}

/// One record of the trail: who, from where, what, for which patient, on which objects, with what outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEvent {
    /// What was asked.
    pub transaction: Transaction,
    /// When.
    pub occurred_at: Instant,
    /// The request, as technical logs name it.
    pub request_id: Uuid,
    /// Network address of the caller.
    pub source_address: String,
    /// The caller as it names itself and as far as it is proven; nothing where it is anonymous.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
    /// `wsa:ReplyTo` of an asynchronous exchange, the address to which the answer went: the UserID of the Source in the
    /// audit messages of the transactions (such as ITI TF-2: 3.18.5.1.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// The calling node as its certificate proves it; nothing where it proved nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<Node>,
    /// The connected system, by its id in the directory, where an attestation was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The person for whom it calls, as proven: `alias<user@issuer>` (ITI TF-2: 3.40.4.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The token that proved the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<ProvingToken>,
    /// The roles in which the person acts, as their issuer says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<CodedClaim>,
    /// What the data are asked for, as the person's issuer says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub purposes_of_use: Vec<CodedClaim>,
    /// The caller's own id of the message: MSH-10 (ITI TF-2: 3.8.5.1.2), Message.id of version 3 (3.44.5.1.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// Patients concerned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patient_ids: Vec<String>,
    /// Objects created, found, changed or given: entry UUIDs and unique ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub object_ids: Vec<String>,
    /// Objects to which something is to be done: those that a call concerns if it is refused. Not kept beside.
    #[serde(skip)]
    pub attempted_ids: Vec<String>,
    /// Whether the caller named objects, and the patients are known from these alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asked_by_object: bool,
    /// The stored query asked, by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// How it was asked, as received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
    /// The decision that let it pass or stopped it, in the words of the access rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// Who acted, as the directories knew them then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Actor>,
    /// What was done, where the transaction alone does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<AuditAction>,
    /// Why a record administrator opened the record, in their words (access rules, 1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_reason: Option<String>,
    /// What was destroyed, where a record was purged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purged: Option<PurgeCertificate>,
    /// The record that was received, where this tells of a reception.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Receipt>,
    /// What happened to the server itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_event: Option<SystemEvent>,
    /// How it ended.
    pub outcome: AuditOutcome,
    /// Error codes of the answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
}

/// What a purge destroyed, without a word of what it was (access rules, 2). Hashes let whoever kept a list of their own compare.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurgeCertificate {
    /// Documents whose keys were destroyed.
    pub documents: u64,
    /// Their size in bytes.
    pub bytes: u64,
    /// SHA-256 of their SHA-256 hashes in ascending order, each in lower-case hexadecimal digits and a line feed after it.
    pub documents_sha256: String,
    /// Document entries, submission sets, folders and associations removed.
    pub objects: u64,
    /// Records of the audit trail removed.
    pub trace: u64,
    /// Records of the audit trail about other patients, too, from which this one was taken out.
    pub redacted: u64,
    /// SHA-256 of the records removed, as they were kept, in their order, a line feed after each.
    pub trace_sha256: String,
    /// What the chains of the trail keep of it; nothing where they were not touched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removal: Option<TrailRemoval>,
}

impl AuditEvent {
    /// Something that succeeded, of which nothing more is known yet.
    pub fn new(transaction: Transaction, occurred_at: Instant, request_id: Uuid, source_address: String) -> Self {
        Self {
            transaction,
            occurred_at,
            request_id,
            source_address,
            caller: None,
            reply_to: None,
            node: None,
            system: None,
            user: None,
            token: None,
            roles: Vec::new(),
            purposes_of_use: Vec::new(),
            message_id: None,
            patient_ids: Vec::new(),
            object_ids: Vec::new(),
            attempted_ids: Vec::new(),
            asked_by_object: false,
            query: None,
            asked: None,
            decision: None,
            actor: None,
            action: None,
            access_reason: None,
            purged: None,
            received: None,
            system_event: None,
            outcome: AuditOutcome::Success,
            errors: Vec::new(),
        }
    }

    /// Leaves each patient where they are named first.
    pub fn name_each_patient_once(&mut self) {
        let mut seen = HashSet::new();
        self.patient_ids.retain(|patient| seen.insert(patient.clone()));
    }

    /// What was done.
    pub fn action(&self) -> AuditAction {
        self.action.unwrap_or_else(|| AuditAction::of(self.transaction))
    }

    /// On what the access rested, the first of several: a mandate, or authorship.
    pub fn ground(&self) -> Option<Ground> {
        self.decision.as_deref()?.split(' ').find_map(Ground::of_code)
    }
}
