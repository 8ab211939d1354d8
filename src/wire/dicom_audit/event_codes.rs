//! Which event of DICOM (PS3.16, CID 400) a transaction is, by the security considerations of its section in ITI TF-2, as seen
//! from the actor that this server is. Action codes are those of [`action_code`].
//!
//! | Transaction | Event | Action | Where it is said |
//! |---|---|---|---|
//! | ITI-8, ITI-44 | 110110 Patient Record | C, U by trigger event | 3.8.5.1.2, 3.44.5.1.2 |
//! | ITI-18, ITI-51 | 110112 Query | E | 3.18.5.1.2, 3.51.5.1 |
//! | ITI-19 | 110113 Security Alert, 110126 | E | DICOM PS3.15, A.5.3.11 |
//! | ITI-41, ITI-42, ITI-61 | 110107 Import | C | 3.41.5.1.2, 3.42.7.1.2, 3.61.5.1 |
//! | ITI-43 | 110106 Export | R | 3.43.6.1.2 |
//! | ITI-57, ITI-92 | 110107 Import | U | 3.57.5.1, 3.92.5.1 |
//! | ITI-62, ITI-86 | 110110 Patient Record | D | 3.62.5.1, 3.86.5.1 |
//! | ITI-64 | 110110 Patient Record | U | XPID supplement, 3.64.5.1.2 |
//! | ITI-65 | 110107 Import | C | MHD, profile `AuditProvideBundleRecipient` |
//! | ITI-66, ITI-67, ITI-78, ITI-83, ITI-90, ITI-119 | 110112 Query | E | BALP Query in MHD, PDQm, PIXm, mCSD |
//! | ITI-68 | 110106 Export | R | BALP PatientRead in MHD |
//! | ITI-105, ITI-106 | 110107 Import | C | BALP PatientCreate in MHD |
//! | ITI-71, ITI-102 | 110114 User Authentication | E | BALP, profile `IHE.IUA.71` |
//! | ITI-81 | 110101 Audit Log Used | R | RESTful ATNA, 3.81.5 |
//! | ITI-93, ITI-104 | 110110 Patient Record | C, U, D | BALP PatientCreate, PatientUpdate and PatientDelete in PIXm |
//! | ITI-108 | 110110 Patient Record | C, R, U, D | BALP patterns |
//!
//! What comes over FHIR has its DICOM event in the older texts of these profiles; their AuditEvents are those of BALP alone
//! (`wire::fhir::audit_records`).

use super::coded::{Coded, DCM, IHE, OWN};
use crate::model::audit_action::AuditAction;
use crate::model::audit_event::{AuditEvent, Transaction};
use crate::model::system_event::SystemEventKind;

const APPLICATION_ACTIVITY: Coded<'static> = Coded::new("110100", DCM, "Application Activity");
const AUDIT_LOG_USED: Coded<'static> = Coded::new("110101", DCM, "Audit Log Used");
/// The code of the event in which documents go out.
pub const EXPORT: &str = "110106";
/// The code of the event in which documents come in.
pub const IMPORT: &str = "110107";
const EXPORTED: Coded<'static> = Coded::new(EXPORT, DCM, "Export");
const IMPORTED: Coded<'static> = Coded::new(IMPORT, DCM, "Import");
const PATIENT_RECORD: Coded<'static> = Coded::new("110110", DCM, "Patient Record");
const QUERY: Coded<'static> = Coded::new("110112", DCM, "Query");
const SECURITY_ALERT: Coded<'static> = Coded::new("110113", DCM, "Security Alert");
const USER_AUTHENTICATION: Coded<'static> = Coded::new("110114", DCM, "User Authentication");

/// What an event is called.
#[derive(Debug, Clone, Copy)]
pub(super) struct EventCodes {
    /// `EventID`.
    pub id: Coded<'static>,
    /// `EventTypeCode`: the transaction.
    pub kind: Coded<'static>,
}

impl EventCodes {
    pub(super) fn of(event: &AuditEvent) -> Self {
        let transaction = event.transaction;
        let system = if transaction.as_str().starts_with("ITI-") { IHE } else { OWN };
        let kind = match transaction {
            // A node that did not prove itself (DICOM PS3.15, A.5.3.11).
            Transaction::Iti19 => Coded::new("110126", DCM, "Node Authentication"),
            Transaction::System => kind_of_system(event),
            _ => Coded::new(transaction.as_str(), system, transaction_name(transaction)),
        };
        Self { id: id(event), kind }
    }

    /// Whether documents go out, so that this system is the source and the caller the destination.
    pub(super) fn is_export(&self) -> bool {
        self.id == EXPORTED
    }

    pub(super) fn is_query(&self) -> bool {
        self.id == QUERY
    }

    pub(super) fn is_import(&self) -> bool {
        self.id == IMPORTED
    }
}

fn id(event: &AuditEvent) -> Coded<'static> {
    match event.transaction {
        Transaction::Iti18
        | Transaction::Iti51
        | Transaction::Iti66
        | Transaction::Iti67
        | Transaction::Iti78
        | Transaction::Iti83
        | Transaction::Iti90
        | Transaction::Iti119 => QUERY,
        Transaction::Iti43 | Transaction::Iti68 => EXPORTED,
        Transaction::Iti41
        | Transaction::Iti42
        | Transaction::Iti57
        | Transaction::Iti61
        | Transaction::Iti92
        | Transaction::Iti65
        | Transaction::Iti105
        | Transaction::Iti106 => IMPORTED,
        Transaction::Iti81 | Transaction::Iti82 => AUDIT_LOG_USED,
        Transaction::Iti71 | Transaction::Iti102 => USER_AUTHENTICATION,
        Transaction::Iti19 => SECURITY_ALERT,
        Transaction::Iti8
        | Transaction::Iti44
        | Transaction::Iti62
        | Transaction::Iti64
        | Transaction::Iti86
        | Transaction::Iti93
        | Transaction::Iti104
        | Transaction::Iti108
        | Transaction::LifeCycle
        | Transaction::Encounter => PATIENT_RECORD,
        // What is done for a patient is in their record; the rest changes how the server works.
        Transaction::Manage | Transaction::Import => match (event.action(), event.patient_ids.is_empty()) {
            (AuditAction::ReadHistory, _) => AUDIT_LOG_USED,
            (_, false) => PATIENT_RECORD,
            (_, true) => APPLICATION_ACTIVITY,
        },
        Transaction::System if is_alert(event) => SECURITY_ALERT,
        Transaction::Iti20 | Transaction::Capabilities | Transaction::System | Transaction::Unknown => APPLICATION_ACTIVITY,
    }
}

/// The event of DICOM (PS3.16, CID 400): code and words.
pub fn event_type(event: &AuditEvent) -> (&'static str, &'static str) {
    let id = id(event);
    (id.code, id.words)
}

/// What kind of event it is (`EventTypeCode`), where that is no transaction: whether the code is one of DICOM's (PS3.16, CID 401)
/// and none of this server's own, the code, and its words.
pub fn event_kind(event: &AuditEvent) -> Option<(bool, &'static str, &'static str)> {
    let kind = EventCodes::of(event).kind;
    let is_transaction = kind.code == event.transaction.as_str();
    (!is_transaction).then_some((kind.system == DCM, kind.code, kind.words))
}

/// Whether the event is a query.
pub fn is_query(event: &AuditEvent) -> bool {
    id(event) == QUERY
}

/// What happened to the server itself (DICOM PS3.16, CID 401).
fn kind_of_system(event: &AuditEvent) -> Coded<'static> {
    match event.system_event.as_ref().map(|event| event.kind) {
        Some(SystemEventKind::Start) => Coded::new("110120", DCM, "Application Start"),
        Some(SystemEventKind::Stop) => Coded::new("110121", DCM, "Application Stop"),
        Some(SystemEventKind::SettingsChanged | SystemEventKind::SchemaChanged) => Coded::new("110131", DCM, "Software Configuration"),
        Some(SystemEventKind::RulesChanged) => Coded::new("110129", DCM, "Security Configuration"),
        Some(SystemEventKind::ClockChanged) => Coded::new("clock-changed", OWN, "Clock changed"),
        Some(SystemEventKind::Command) => Coded::new("command", OWN, "Command of the operator"),
        None => Coded::new("system", OWN, "System"),
    }
}

/// What those who watch over security have to look at (DICOM PS3.15, A.5.3.11).
fn is_alert(event: &AuditEvent) -> bool {
    use SystemEventKind::{ClockChanged, RulesChanged, SchemaChanged, SettingsChanged};
    event.system_event.as_ref().is_some_and(|event| matches!(event.kind, SettingsChanged | RulesChanged | SchemaChanged | ClockChanged))
}

/// `EventActionCode` (RFC 3881, 5.1.2).
pub fn action_code(event: &AuditEvent) -> &'static str {
    match event.transaction {
        Transaction::Iti81 | Transaction::Iti82 => "R",
        Transaction::Iti78 | Transaction::Iti83 | Transaction::Iti119 => "E",
        _ => match event.action() {
            AuditAction::List | AuditAction::SignIn | AuditAction::Other => "E",
            AuditAction::Read | AuditAction::ReadSettings | AuditAction::ReadHistory | AuditAction::ReadIdentity => "R",
            AuditAction::Submit | AuditAction::Replace | AuditAction::CreateIdentity => "C",
            AuditAction::Update
            | AuditAction::ChangeLevel
            | AuditAction::Manage
            | AuditAction::ChangeIdentity
            | AuditAction::MergeIdentity => "U",
            AuditAction::Remove => "D",
        },
    }
}

/// The name of a transaction in the framework.
pub fn transaction_name(transaction: Transaction) -> &'static str {
    match transaction {
        Transaction::Iti8 => "Patient Identity Feed",
        Transaction::Iti20 => "Record Audit Event",
        Transaction::Iti82 => "Retrieve Syslog Event",
        Transaction::Iti18 => "Registry Stored Query",
        Transaction::Iti41 => "Provide and Register Document Set-b",
        Transaction::Iti42 => "Register Document Set-b",
        Transaction::Iti43 => "Retrieve Document Set",
        Transaction::Iti44 => "Patient Identity Feed",
        Transaction::Iti51 => "Multi-Patient Query",
        Transaction::Iti57 => "Update Document Set",
        Transaction::Iti61 => "Register On-Demand Document Entry",
        Transaction::Iti62 => "Remove Metadata",
        Transaction::Iti86 => "Remove Documents",
        Transaction::Iti64 => "Notify XAD-PID Link Change",
        Transaction::Iti92 => "Restricted Update Document Set",
        Transaction::Iti19 => "Authenticate Node",
        Transaction::Iti71 => "Get Access Token",
        Transaction::Iti102 => "Introspect Token",
        Transaction::Iti65 => "Provide Document Bundle",
        Transaction::Iti66 => "Find Document Lists",
        Transaction::Iti67 => "Find Document References",
        Transaction::Iti68 => "Retrieve Document",
        Transaction::Iti78 => "Mobile Patient Demographics Query",
        Transaction::Iti81 => "Retrieve ATNA Audit Event",
        Transaction::Iti83 => "Mobile Patient Identifier Cross-reference Query",
        Transaction::Iti90 => "Find Matching Care Services",
        Transaction::Iti93 => "Mobile Patient Identity Feed",
        Transaction::Iti104 => "Patient Identity Feed FHIR",
        Transaction::Iti105 => "Simplified Publish",
        Transaction::Iti106 => "Generate Metadata",
        Transaction::Iti108 => "Access Consent",
        Transaction::Iti119 => "Patient Demographics Match",
        Transaction::Capabilities => "Capabilities",
        Transaction::Manage => "Management of a record",
        Transaction::Import => "Change of the directories",
        Transaction::LifeCycle => "Life cycle of a record",
        Transaction::Encounter => "Visit",
        Transaction::System => "System",
        Transaction::Unknown => "Unknown",
    }
}
