//! Tells the story up to 17 March 2025, 9 o'clock: each document by its author, at its time.

use dossier::demo::SampleDocument;
use dossier::model::code::Code;
use dossier::model::timestamp::Instant;
use serde_json::json;

use super::people::{MATRICULE, Who, at, health_fund, number, patient, professional};
use super::server::Story;
use crate::support::Database;

const LEVELS: &str = "2.999.442.1.3";
/// The time at which the sample population is described.
pub const NOW: &str = "2025-03-17T09:00:00+01:00";

/// A story told.
pub fn told(database: Database) -> Story {
    let story = Story::start(database);
    for document in &story.documents {
        let time = document.request.submission_set.submission_time.first_second();
        if time.as_str() > "20241104152000" && !closed(&story) {
            close_p10(&story);
        }
        story.set_clock(instant(&time));
        send(&story, document);
    }
    story.at("2025-03-16T12:00:00+01:00");
    set_level(&story, &patient("P02"), "K08", "PRIVE");
    set_level(&story, &patient("P06"), "K17", "PRIVE");
    story.at(NOW);
    story
}

fn closed(story: &Story) -> bool {
    let status = story.fhir(&patient("P10"), "GET", &format!("/fhir/Patient/{}/$dsp-status", number("P10")), &[], &json!(null));
    status.body.to_string().contains("\"closed\"")
}

/// P10 closed their record in November 2024.
fn close_p10(story: &Story) {
    story.at("2024-11-04T16:20:00+01:00");
    let answer = story.fhir(&patient("P10"), "POST", &format!("/fhir/Patient/{}/$dsp-close", number("P10")), &[], &json!(null));
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// By whom a document came in: the author of the metadata, from the establishment that they name.
fn author(document: &SampleDocument) -> Who {
    let author = &document.request.entries[0].authors[0];
    let person = author.person.as_ref().unwrap().as_str();
    let id = person.split('^').next().unwrap();
    if person.contains(MATRICULE) {
        let name = ["P01", "P02", "P03"].into_iter().find(|name| number(name) == id).unwrap();
        return patient(name);
    }
    let institutions = author.institutions.iter().map(|institution| institution.as_str().to_owned()).collect::<String>();
    let establishment = ["E1", "E2", "E3", "E4", "E5", "E6"].into_iter();
    let establishment = establishment.into_iter().find(|id| institutions.contains(&format!("2.999.442.2.3.{}", &id[1..])));
    match (id, establishment) {
        ("SYS", _) => health_fund(),
        (id, Some(establishment)) => at(establishment, id),
        (id, None) => professional(id),
    }
}

fn send(story: &Story, document: &SampleDocument) {
    let mut request = document.request.clone();
    // What a patient made private was sent as standard: a professional does not choose that level.
    for level in request.entries[0].confidentiality_codes.iter_mut().filter(|level| level.scheme == LEVELS && level.code == "PRIVE") {
        *level = Code::new("STANDARD", LEVELS, "Niveau standard");
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

fn instant(time: &str) -> Instant {
    let part = |from: usize, to: usize| &time[from..to];
    let text = format!("{}-{}-{}T{}:{}:{}Z", part(0, 4), part(4, 6), part(6, 8), part(8, 10), part(10, 12), part(12, 14));
    text.parse().unwrap()
}
