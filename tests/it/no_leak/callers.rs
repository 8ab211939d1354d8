//! Whoever has no business here gets nothing, on any route and with any action: unauthenticated, a stranger, the blacklisted,
//! the unlicensed, a suspended system, and who was known once.

use super::answers::{Leaks, told};
use super::ids::Ids;
use super::routes::Open;
use super::row::Row;
use super::scene::{Caller, Scene, TITLE};
use super::{actions, routes};
use crate::story::people::{number, professional};
use crate::story::server::TOKEN_SECONDS;
use crate::support::Response;

/// D02 has no mandate of P02, who shut out D04. D09 has no licence.
fn stranger() -> Caller {
    Caller::is(&professional("D02"))
}

fn blacklisted() -> Caller {
    Caller::is(&professional("D04"))
}

/// Callers who are refused whatever they ask, with the status that FHIR has for it.
fn refused_callers() -> [(&'static str, Caller, u16); 3] {
    let unlicensed = Caller::is(&professional("D09"));
    let expired = Caller { ago: TOKEN_SECONDS + 86_400, ..Caller::is(&professional("D01")) };
    let suspended = Caller { certificate: Some("suspended-e6"), ..Caller::is(&professional("D01")) };
    [("unlicensed", unlicensed, 401), ("expired", expired, 401), ("suspended system", suspended, 403)]
}

/// Tries everything on a record that is closed to all of them.
pub fn turned_away(leaks: &mut Leaks, scene: &Scene, record: &Ids) {
    assert!(routes::untried().is_empty(), "add these to the list of routes that strangers try: {:?}", routes::untried());
    assert!(actions::untried().is_empty(), "add these to the list of actions that strangers try: {:?}", actions::untried());
    let nothing = uuid::Uuid::new_v4();
    let ids = ["event", "notice", "consent", "episode"].iter().fold(record.clone(), |ids, name| ids.with(name, nothing));
    let ids = ids.with("patient", number("P02"));
    for (open, row) in routes::rows() {
        over_fhir(leaks, scene, open, &row, &ids);
    }
    for row in actions::rows() {
        over_soap(leaks, scene, &row, &ids);
    }
}

fn over_fhir(leaks: &mut Leaks, scene: &Scene, open: Open, row: &Row, ids: &Ids) {
    let nobody = row.ask(scene, &Caller::default(), ids);
    let refused = nobody.status >= 400 || finds_nothing(&nobody);
    judge(leaks, ("nobody", row), &nobody, ids, refused != (open == Open::World));
    for (name, caller, status) in refused_callers() {
        let answer = row.ask(scene, &caller, ids);
        judge(leaks, (name, row), &answer, ids, answer.status == status);
    }
    let (stranger, blacklisted) = (row.ask(scene, &stranger(), ids), row.ask(scene, &blacklisted(), ids));
    for (name, answer, own) in [("stranger", &stranger, ("D02", "Martine Kayser")), ("blacklisted", &blacklisted, ("D04", "Rui Da Silva"))]
    {
        let right = match open {
            Open::Nothing => answer.status >= 400 || finds_nothing(answer),
            Open::Own => is_of_own(answer, own),
            Open::Directory | Open::World => answer.status == 200 && !finds_nothing(answer),
        };
        judge(leaks, (name, row), answer, ids, answer.status < 500 && right);
    }
    if open != Open::Own {
        alike(leaks, scene, row, ids, [&stranger, &blacklisted]);
    }
}

/// Nobody sees that they are blacklisted (access rules, 7).
fn alike(leaks: &mut Leaks, scene: &Scene, row: &Row, ids: &Ids, answers: [&Response; 2]) {
    let [stranger, blacklisted] = answers.map(|answer| told(scene, answer, ids));
    leaks.hold(&format!("stranger and blacklisted: {}", row.name), &stranger, &blacklisted);
}

fn over_soap(leaks: &mut Leaks, scene: &Scene, row: &Row, ids: &Ids) {
    let is_fault = |answer: &Response| answer.status >= 400 && answer.text().contains(":Fault");
    let nobody = row.ask(scene, &Caller::default(), ids);
    judge(leaks, ("nobody", row), &nobody, ids, is_fault(&nobody));
    for (name, caller, _) in refused_callers() {
        let answer = row.ask(scene, &caller, ids);
        judge(leaks, (name, row), &answer, ids, is_fault(&answer));
    }
    let (answer, blacklisted) = (row.ask(scene, &stranger(), ids), row.ask(scene, &blacklisted(), ids));
    let text = answer.text();
    let nothing = ["ResponseStatusType:Failure", "<rim:RegistryObjectList></rim:RegistryObjectList>", "typeCode code=\"CE\""]
        .iter()
        .any(|sign| text.contains(sign));
    judge(leaks, ("stranger", row), &answer, ids, is_fault(&answer) || nothing);
    alike(leaks, scene, row, ids, [&answer, &blacklisted]);
}

/// An answer is right if it is as the rules have it, and tells nothing of what is stored.
fn judge(leaks: &mut Leaks, (caller, row): (&str, &Row), answer: &Response, ids: &Ids, right: bool) {
    let text = ids.blank(&answer.text());
    // What a caller named themselves is told back to them; nothing else is.
    let tells = text.contains(TITLE);
    if !right || tells {
        leaks.note(format!("{caller}: {}\n  {} {text}", row.name, answer.status));
    }
}

/// A history, or a sheet of it, in which nobody but they acted.
fn is_of_own(answer: &Response, (id, name): (&str, &str)) -> bool {
    if answer.header("content-type").is_some_and(|media_type| media_type.starts_with("text/csv")) {
        return answer.text().lines().skip(1).all(|line| line.contains(name));
    }
    found(answer).iter().all(|event| event["resource"]["agent"][0]["who"]["reference"] == format!("Practitioner/{id}"))
}

/// An empty set of search results.
fn finds_nothing(answer: &Response) -> bool {
    answer.status == 200 && answer.text().contains("\"searchset\"") && found(answer).is_empty()
}

/// The entries of a set of search results.
fn found(answer: &Response) -> Vec<serde_json::Value> {
    let bundle: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    bundle["entry"].as_array().cloned().unwrap_or_default()
}
