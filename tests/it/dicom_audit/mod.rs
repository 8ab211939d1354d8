//! Every kind of audit event as a DICOM audit message, checked with the schema of DICOM PS3.15, A.5.1.

use std::io::Write as _;
use std::process::Command;

use dossier::model::asked::{Asked, LONGEST_QUERY};
use dossier::model::audit_action::AuditAction;
use dossier::model::audit_actor::{Actor, ActorName, ActorOrganisation, ActorQuality, ActorRepresentative};
use dossier::model::audit_event::{AuditEvent, AuditOutcome, PurgeCertificate, Transaction};
use dossier::model::node::Node;
use dossier::model::person::{CodedClaim, ProvingToken, TokenKind};
use dossier::model::system_event::{SystemEvent, SystemEventKind};
use dossier::model::timestamp::Instant;
use dossier::wire::dicom_audit::{Source, message};
use uuid::Uuid;

use crate::support::schema_validity::xmllint_is_there;

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/dicom_audit/audit-message.rng");
const SET: &str = "urn:uuid:0b1c2d3e-0000-4000-8000-000000000001";
const ENTRY: &str = "urn:uuid:0b1c2d3e-0000-4000-8000-000000000002";

pub(crate) fn source() -> Source {
    Source {
        id: "dossier.example".to_owned(),
        enterprise_site: Some("2.999.1".to_owned()),
        address: "198.51.100.1".to_owned(),
        repository_unique_id: Some("2.999.2".to_owned()),
    }
}

fn claim(code: &str, display: Option<&str>) -> CodedClaim {
    CodedClaim { code: code.to_owned(), system: "2.999.442.1.5".to_owned(), display: display.map(str::to_owned) }
}

fn actor(quality: ActorQuality) -> Actor {
    let name = ActorName { family: Some("Weis".to_owned()), given: Some("Ana".to_owned()) };
    let is_patient = matches!(quality, ActorQuality::Patient | ActorQuality::LegalRepresentative);
    Actor {
        quality,
        id: Some(if is_patient { "P1^^^&1.2.3&ISO" } else { "D01" }.to_owned()),
        name: name.clone(),
        function: (!is_patient).then(|| "Médecin généraliste".to_owned()),
        organisation: (!is_patient).then(|| ActorOrganisation { id: "E1".to_owned(), name: Some("Hôpital".to_owned()) }),
        representative: (quality == ActorQuality::LegalRepresentative)
            .then(|| ActorRepresentative { id: "P2^^^&1.2.3&ISO".to_owned(), name }),
    }
}

pub(crate) fn event(transaction: Transaction) -> AuditEvent {
    let ids: &[&str] = match transaction {
        Transaction::Iti43 | Transaction::Iti68 | Transaction::Iti86 => &["2.999.3.1"],
        Transaction::Iti41 | Transaction::Iti42 | Transaction::Iti65 => &[SET, ENTRY],
        Transaction::Iti18 | Transaction::Iti57 | Transaction::Iti62 => &[ENTRY],
        _ => &[],
    };
    let is_anonymous = matches!(transaction, Transaction::Iti19 | Transaction::Unknown | Transaction::Capabilities);
    AuditEvent {
        caller: matches!(transaction, Transaction::Iti8).then(|| "HIS|HOSPITAL".to_owned()),
        system: (!is_anonymous).then(|| "S1".to_owned()),
        user: (!is_anonymous).then(|| "alias<D01@https://issuer.example>".to_owned()),
        roles: if is_anonymous { Vec::new() } else { vec![claim("physician", Some("Physician"))] },
        purposes_of_use: if is_anonymous { Vec::new() } else { vec![claim("TREAT", None)] },
        message_id: matches!(transaction, Transaction::Iti8 | Transaction::Iti44).then(|| "4711".to_owned()),
        patient_ids: if is_anonymous { Vec::new() } else { vec!["P1^^^&1.2.3&ISO".to_owned()] },
        object_ids: ids.iter().map(|id| (*id).to_owned()).collect(),
        query: matches!(transaction, Transaction::Iti18 | Transaction::Iti51).then(|| "FindDocuments".to_owned()),
        asked: asked(transaction),
        token: (!is_anonymous).then(|| token(transaction)),
        decision: (!is_anonymous).then(|| "referring-physician".to_owned()),
        actor: (!is_anonymous).then(|| actor(ActorQuality::Professional)),
        outcome: if is_anonymous { AuditOutcome::MinorFailure } else { AuditOutcome::Success },
        ..AuditEvent::new(transaction, Instant(1_742_202_000_000_000), Uuid::from_u128(7), "192.0.2.7".to_owned())
    }
}

/// What happened to the server itself.
fn system(kind: SystemEventKind) -> AuditEvent {
    AuditEvent {
        source_address: "localhost".to_owned(),
        caller: Some("dossier serve".to_owned()),
        system_event: Some(SystemEvent::new(kind).with("host", "his").with("version", "1.0")),
        ..AuditEvent::new(Transaction::System, Instant(1_742_202_000_000_000), Uuid::from_u128(7), "localhost".to_owned())
    }
}

/// How a transaction is asked: over FHIR with an interaction, and where it is a question with its text.
fn asked(transaction: Transaction) -> Option<Asked> {
    let (interaction, query) = match transaction {
        Transaction::Iti18 | Transaction::Iti51 => return Some(Asked::query("<query:AdhocQueryRequest xmlns:query=\"urn:query\"/>")),
        Transaction::Iti66 => ("search-type", Some("List?code=submissionset&patient=P1")),
        Transaction::Iti67 => ("search-type", Some("DocumentReference/_search\npatient=P1&status=current")),
        Transaction::Iti78 | Transaction::Iti90 | Transaction::Iti81 => ("search-type", Some("Patient?family=Weis&birthdate=1958-03-14")),
        Transaction::Iti83 => ("operation", Some("Patient/$ihe-pix?sourceIdentifier=urn:oid:1.2.3|P1")),
        Transaction::Iti119 | Transaction::Iti106 => ("operation", None),
        Transaction::Iti65 => ("transaction", None),
        Transaction::Iti68 => ("read", None),
        Transaction::Iti105 => ("create", None),
        Transaction::Iti104 | Transaction::Encounter => ("update", None),
        Transaction::Iti108 => ("delete", None),
        Transaction::Capabilities => ("capabilities", None),
        _ => return None,
    };
    let asked = query.map(|query| Asked::query(&format!("https://dossier.example/fhir/{query}"))).unwrap_or_default();
    Some(Asked { interaction: Some(interaction.to_owned()), ..asked })
}

fn token(transaction: Transaction) -> ProvingToken {
    match asked(transaction).and_then(|asked| asked.interaction) {
        Some(_) => ProvingToken { kind: TokenKind::Oauth, id: "t-4711".to_owned() },
        None => ProvingToken { kind: TokenKind::Saml, id: "_a4711".to_owned() },
    }
}

/// One that no transaction alone makes: refusals, people of other qualities, text that means something in XML.
fn others() -> Vec<(&'static str, AuditEvent)> {
    [outcomes(), people(), questions()].concat()
}

/// How it ended, and on whose side.
fn outcomes() -> Vec<(&'static str, AuditEvent)> {
    let refused = AuditEvent {
        outcome: AuditOutcome::MinorFailure,
        decision: Some("no-mandate".to_owned()),
        errors: vec!["XDSRegistryError".to_owned()],
        ..event(Transaction::Iti43)
    };
    let failed = AuditEvent { outcome: AuditOutcome::SeriousFailure, ..event(Transaction::Iti18) };
    let node = Node {
        fingerprint: "00ff".to_owned(),
        subject: "CN=his,O=\"A & B\"".to_owned(),
        issuer: "CN=ca".to_owned(),
        serial: "1".to_owned(),
        dns_names: Vec::new(),
        uris: Vec::new(),
    };
    let refused_node = AuditEvent { node: Some(node), errors: vec!["certificate revoked".to_owned()], ..event(Transaction::Iti19) };
    let elsewhere =
        AuditEvent { source_address: "his.example".to_owned(), reply_to: Some("https://his.example/r".to_owned()), ..failed.clone() };
    let unheard = AuditEvent { source_address: String::new(), ..event(Transaction::Unknown) };
    vec![("refused", refused), ("failed", failed), ("refused-node", refused_node), ("unheard", unheard), ("asynchronous", elsewhere)]
}

/// Who acted, and on what of theirs.
fn people() -> Vec<(&'static str, AuditEvent)> {
    let administrator = AuditEvent {
        actor: Some(actor(ActorQuality::RecordAdministrator)),
        access_reason: Some("merge of <two> & \"more\" \u{0}".to_owned()),
        action: Some(AuditAction::ReadSettings),
        ..event(Transaction::Manage)
    };
    let of_nobody = AuditEvent { patient_ids: Vec::new(), ..event(Transaction::Import) };
    let history = AuditEvent { action: Some(AuditAction::ReadHistory), ..event(Transaction::Manage) };
    let purged = PurgeCertificate { documents: 3, bytes: 42, documents_sha256: "aa".to_owned(), ..PurgeCertificate::default() };
    let purge = AuditEvent { actor: None, user: None, roles: Vec::new(), purged: Some(purged), ..event(Transaction::LifeCycle) };
    let by = |quality| AuditEvent { actor: Some(actor(quality)), ..event(Transaction::Iti67) };
    vec![
        ("administrator", administrator),
        ("directories", of_nobody),
        ("history", history),
        ("purge", purge),
        ("patient", by(ActorQuality::Patient)),
        ("representative", by(ActorQuality::LegalRepresentative)),
    ]
}

/// How it was asked.
fn questions() -> Vec<(&'static str, AuditEvent)> {
    let interaction = |transaction, code: &str| AuditEvent {
        asked: Some(Asked { interaction: Some(code.to_owned()), ..Asked::default() }),
        ..event(transaction)
    };
    let long = "<Slot/>".repeat(LONGEST_QUERY);
    vec![
        ("long-query", AuditEvent { asked: Some(Asked::query(&long)), ..event(Transaction::Iti18) }),
        (
            "patients",
            AuditEvent { patient_ids: vec!["P1^^^&1.2.3&ISO".to_owned(), "P2^^^&1.2.3&ISO".to_owned()], ..event(Transaction::Iti78) },
        ),
        ("read", AuditEvent { object_ids: vec![ENTRY.to_owned()], ..interaction(Transaction::Iti67, "read") }),
        ("create", interaction(Transaction::Encounter, "create")),
        ("nobodys-search", AuditEvent { patient_ids: Vec::new(), ..event(Transaction::Iti90) }),
        ("nobodys-read", AuditEvent { patient_ids: Vec::new(), ..interaction(Transaction::Iti90, "vread") }),
        ("refused-search", AuditEvent { outcome: AuditOutcome::MinorFailure, ..event(Transaction::Iti67) }),
    ]
}

pub(crate) fn all() -> Vec<(String, AuditEvent)> {
    let of_system = SystemEventKind::ALL.into_iter().map(|kind| (format!("system-{}", kind.code()), system(kind)));
    let of_transactions = Transaction::ALL.into_iter().filter(|transaction| *transaction != Transaction::System);
    let of_transactions = of_system.chain(of_transactions.map(|transaction| (transaction.as_str().to_owned(), event(transaction))));
    of_transactions.chain(others().into_iter().map(|(name, event)| (name.to_owned(), event))).collect()
}

#[test]
fn each_kind_of_event_has_its_message() {
    for (name, event) in all() {
        let written = message(&event, &source());
        // Where a query was cut tells the length; what is in it, all others tell.
        let shown = match name.as_str() {
            "long-query" => written.split('<').map(|part| &part[..part.len().min(200)]).collect::<Vec<_>>().join("<"),
            _ => written,
        };
        insta::assert_snapshot!(name, shown.replace("><", ">\n<"));
    }
}

#[test]
fn each_message_is_valid() {
    if !xmllint_is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<_> = all()
        .into_iter()
        .map(|(name, event)| {
            let path = folder.path().join(format!("{name}.xml"));
            std::fs::File::create(&path).unwrap().write_all(message(&event, &source()).as_bytes()).unwrap();
            path
        })
        .collect();
    let output = Command::new("xmllint").args(["--noout", "--nonet", "--relaxng", SCHEMA]).args(&files).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_schema_refuses_what_is_no_audit_message() {
    if !xmllint_is_there() {
        return;
    }
    let good = message(&event(Transaction::Iti43), &source());
    let parts = [
        ("EventOutcomeIndicator=\"0\"", "EventOutcomeIndicator=\"1\""),
        (" originalText=\"Export\"", ""),
        (" UserIsRequestor=\"true\"", " UserIsRequestor=\"TRUTH\""),
        ("<ParticipantObjectName>Patient</ParticipantObjectName>", ""),
        ("ParticipantObjectTypeCodeRole=\"3\"", "ParticipantObjectTypeCodeRole=\"27\""),
        ("AuditSourceID=", "Source="),
        ("value=\"", "value=\"?"),
    ];
    for (from, to) in parts {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bad.as_bytes()).unwrap();
        let output = Command::new("xmllint").args(["--noout", "--nonet", "--relaxng", SCHEMA]).arg(file.path()).output().unwrap();
        assert!(!output.status.success(), "{from}");
    }
}

#[test]
fn no_patient_is_called_by_name() {
    for quality in [ActorQuality::Patient, ActorQuality::LegalRepresentative] {
        let event = AuditEvent { actor: Some(actor(quality)), ..event(Transaction::Iti67) };
        assert!(!message(&event, &source()).contains("Weis"));
    }
}
