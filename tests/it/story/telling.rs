//! Tells the story up to 17 March 2025, 9 o'clock: each document by its author, at its time.

use dossier::demo::{Event, SampleDocument, establishment_of, events};
use dossier::model::code::Code;
use serde_json::json;

use super::people::{Who, at, health_fund, number, patient, professional};
use super::server::Story;
use crate::support::Database;

const LEVELS: &str = "2.999.442.1.3";
/// The time at which the sample population is described.
pub const NOW: &str = "2025-03-17T09:00:00+01:00";

/// A story told.
pub fn told(database: Database) -> Story {
    let story = Story::start(database);
    for (at, event) in events(&story.documents).unwrap() {
        story.set_clock(at);
        match event {
            Event::Submit(document) => send(&story, document),
            Event::MakePrivate(document, of) => {
                let name = ["P02", "P06"].into_iter().find(|name| number(name) == of.id()).unwrap();
                set_level(&story, &patient(name), document.file_name.trim_end_matches(".xml"), "PRIVE");
            }
            Event::Close(_) => close_p10(&story),
        }
    }
    story.at(NOW);
    story
}

/// P10 closed their record in November 2024.
fn close_p10(story: &Story) {
    let answer = story.fhir(&patient("P10"), "POST", &format!("/fhir/Patient/{}/$dsp-close", number("P10")), &[], &json!(null));
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// By whom a document came in: the author of the metadata, from the establishment that they name.
fn author(document: &SampleDocument) -> Who {
    let id = document.author().unwrap();
    let establishment = document.organisation().and_then(establishment_of);
    let establishment = ["E1", "E2", "E3", "E4", "E5", "E6"].into_iter().find(|one| establishment.as_deref() == Some(*one));
    match (id, establishment) {
        ("SYS", _) => health_fund(),
        (id, Some(establishment)) => at(establishment, id),
        (id, None) => ["P01", "P02", "P03"].into_iter().find(|name| number(name) == id).map_or_else(|| professional(id), patient),
    }
}

fn send(story: &Story, document: &SampleDocument) {
    let mut request = document.request.clone();
    // What a patient made private was sent as standard: a professional does not choose that level.
    if document.is_made_private() {
        request.entries[0].confidentiality_codes[0] = Code::new("STANDARD", LEVELS, "Niveau standard");
    }
    let sent = story.provide(&author(document), &request, document.content);
    assert_eq!(sent, Ok(()), "{}", document.file_name);
}

/// Gives a document another level, as one who sees it does (ITI TF: MHD; access rules, 6).
pub fn set_level(story: &Story, who: &Who, document: &str, level: &str) {
    assert_eq!(try_level(story, who, document, level), 200, "{document} {level}");
}

/// The same, told by its status.
pub fn try_level(story: &Story, who: &Who, document: &str, level: &str) -> u16 {
    let id = story.document(document).unique_id().unwrap();
    let found = story.fhir(who, "GET", &format!("/fhir/DocumentReference?identifier=urn:ietf:rfc:3986|urn:oid:{id}"), &[], &json!(null));
    let Some(resource) = found.body["entry"][0]["resource"].as_object() else { return 404 };
    let (id, version) = (resource["id"].as_str().unwrap(), resource["meta"]["versionId"].as_str().unwrap());
    let label = json!({ "coding": [{ "system": format!("urn:oid:{LEVELS}"), "code": level }] });
    let patch = json!([{ "op": "replace", "path": "/securityLabel/0", "value": label }]);
    let headers = ["Content-Type: application/json-patch+json", &format!("If-Match: W/\"{version}\"")];
    story.fhir(who, "PATCH", &format!("/fhir/DocumentReference/{id}"), &headers, &patch).status
}
