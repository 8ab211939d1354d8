//! The same entries in every form and language.

use uuid::Uuid;

use super::*;
use crate::model::activity::ActivityDocument;
use crate::model::audit_action::AuditAction;
use crate::model::audit_actor::{Actor, ActorName, ActorOrganisation, ActorQuality, ActorRepresentative};
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::model::dsp::{Ground, MandateKind};
use crate::model::samples;

fn actor(quality: ActorQuality, given: &str, family: &str) -> Actor {
    Actor {
        quality,
        id: Some("D01".to_owned()),
        name: ActorName { family: Some(family.to_owned()), given: Some(given.to_owned()) },
        function: Some("Médecin généraliste".to_owned()),
        organisation: Some(ActorOrganisation { id: "E1".to_owned(), name: Some("Hôpital Fictif, du Sud".to_owned()) }),
        representative: (quality == ActorQuality::LegalRepresentative)
            .then(|| ActorRepresentative { id: "P2".to_owned(), name: ActorName { family: Some("Weis".to_owned()), given: None } }),
    }
}

fn activity(action: AuditAction, actor: Option<Actor>) -> Activity {
    Activity {
        id: Uuid::from_u128(1),
        patient_id: "P1^^^&1.2.3&ISO".parse().unwrap(),
        occurred_at: Instant(1_742_202_000_000_000),
        transaction: Transaction::Iti43,
        action,
        actor,
        source_address: "192.0.2.7".to_owned(),
        purposes_of_use: Vec::new(),
        access_reason: None,
        ground: Some(Ground::Mandate(MandateKind::TrustedCircle)),
        documents: Vec::new(),
        query: None,
        outcome: AuditOutcome::Success,
    }
}

fn entries() -> Vec<Activity> {
    let document = |number, title: &str| ActivityDocument {
        entry_uuid: samples::uuid(number),
        unique_id: "2.999.3.1".parse().unwrap(),
        title: Some(title.to_owned()),
    };
    vec![
        Activity {
            documents: vec![document(7, "Hémogramme \"complet\""), document(8, "=Radio\u{7}graphie")],
            ..activity(AuditAction::Read, Some(actor(ActorQuality::Professional, "Łucja", "Šimić-Müller")))
        },
        Activity {
            outcome: AuditOutcome::MinorFailure,
            ground: None,
            ..activity(AuditAction::List, Some(actor(ActorQuality::Professional, "Jean", "Thill")))
        },
        Activity {
            access_reason: Some("plainte du titulaire".to_owned()),
            ground: Some(Ground::Mandate(MandateKind::RecordAdministrator)),
            ..activity(AuditAction::ReadHistory, Some(actor(ActorQuality::RecordAdministrator, "Zoé", "Admin")))
        },
        activity(AuditAction::ReadSettings, Some(actor(ActorQuality::LegalRepresentative, "Eva", "Weis"))),
        activity(AuditAction::Submit, None),
    ]
}

fn sheet(entries: &[Activity], language: Language, has_more: bool) -> HistorySheet<'_> {
    HistorySheet { patient: "1958031498124", language, made_at: Instant(1_742_202_000_000_000), entries, has_more }
}

#[test]
fn a_spreadsheet_has_a_line_for_each_entry_in_each_language() {
    let entries = entries();
    let all: Vec<_> = Language::ALL.into_iter().map(|language| history_csv(&sheet(&entries, language, true))).collect();
    insta::assert_snapshot!(all.join("\n").replace('\r', ""));
}

/// What the letters of the streams say is for a reader of PDF: `tests/it/story` asks one.
#[test]
fn a_pdf_is_one_of_the_archive_whatever_it_shows() {
    let long = "Ein sehr langer Titel ohne Ende ".repeat(400) + &"ohneZwischenraum".repeat(200);
    let mut many = entries();
    many.iter_mut().for_each(|entry| entry.access_reason = Some(format!("{long} 龍 \u{202e} \u{1F600}")));
    let many: Vec<_> = many.iter().cycle().take(40).cloned().collect();
    for (entries, has_more) in [(Vec::new(), false), (entries(), true), (many, false)] {
        let pdf = history_pdf(&sheet(&entries, Language::De, has_more)).unwrap();
        assert!(pdf.starts_with(b"%PDF-1.7"));
        let has = |mark: &str| pdf.windows(mark.len()).any(|part| part == mark.as_bytes());
        assert!(has("http://www.aiim.org/pdfa/ns/id/") && has("http://www.aiim.org/pdfua/ns/id/") && has("(de)"));
    }
}
