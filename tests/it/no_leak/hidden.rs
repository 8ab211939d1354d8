//! A hidden object and one that does not exist get the same answer.

use super::answers::{Leaks, told};
use super::ids::Ids;
use super::row::Row;
use super::scene::{Caller, Scene};
use super::{callers, changes, listings, patients, queries, resources};
use crate::on_both_databases;
use crate::story::people::{Who, administrator, number, patient, professional};
use crate::support::Database;

on_both_databases!(what_is_hidden_is_as_good_as_not_there);

/// The type that professionals send here, and that of patients.
pub const LETTER: &str = "rapports-medicaux";
pub const WORDS: &str = "expression-titulaire";

/// One server for all that is asked; each step files more.
fn what_is_hidden_is_as_good_as_not_there(database: Database) {
    let mut scene = Scene::start(database);
    let mut leaks = Leaks::default();
    scene.story.at("2025-03-17T09:00:00+01:00");
    let open = scene.file(&professional("D01"), "P01", LETTER, "STANDARD");
    let context = Ids::default()
        .with("open_entry", open.of("entry"))
        .with("open_unique_id", open.of("unique_id"))
        .with("open_folder", open.of("folder"))
        .with("patient", number("P01"));
    let of_d01 = listings::told_to(&scene, &professional("D01"), &open);
    scene.story.at("2025-03-17T09:10:00+01:00");
    let private = scene.file(&patient("P01"), "P01", WORDS, "PRIVE");
    let folder_before = told_of_folder(&scene, &patient("P01"), &open);
    scene.join(&patient("P01"), "P01", (WORDS, "PRIVE"), open.of("folder"));
    assert_ne!(told_of_folder(&scene, &patient("P01"), &open), folder_before, "who sees what joins a folder sees that it changed");
    let sending = scene.first_id(&patient("P01"), &format!("/fhir/AuditEvent?patient=Patient/{}&subtype=ITI-41", number("P01")), |_| true);
    let of_p02 = scene.file(&patient("P02"), "P02", WORDS, "STANDARD");
    listings::hold(&mut leaks, &of_d01, &listings::told_to(&scene, &professional("D01"), &open), "D01 of P01");
    let of_p01 = listings::told_to(&scene, &patient("P01"), &open);
    scene.story.at("2025-03-17T09:20:00+01:00");
    let announced = scene.file(&professional("D03"), "P01", LETTER, "ANNONCE");
    scene.join(&professional("D03"), "P01", (LETTER, "ANNONCE"), open.of("folder"));
    listings::hold(&mut leaks, &of_p01, &listings::told_to(&scene, &patient("P01"), &open), "P01 of their own record");
    let of_d03 = listings::told_to(&scene, &professional("D03"), &open);
    scene.story.at("2025-03-17T09:30:00+01:00");
    let deactivated = scene.file(&professional("D03"), "P01", LETTER, "STANDARD");
    deactivate(&scene, &deactivated);
    listings::hold(
        &mut leaks,
        &of_d03,
        &listings::told_to(&scene, &professional("D03"), &open),
        "D03 of P01, who sent what is out of sight",
    );

    for (what, who, document_type, hidden) in [
        ("a level hides it from the referring physician", professional("D01"), LETTER, &private),
        ("no mandate", professional("D02"), LETTER, &private),
        ("another record", professional("D01"), LETTER, &of_p02),
        ("it waits for a talk", patient("P01"), WORDS, &announced),
        ("taken out of sight", professional("D03"), LETTER, &deactivated),
    ] {
        hold(&mut leaks, &scene, (what, &who, document_type), hidden, &context);
    }
    items(&mut leaks, &scene, &sending, &context);
    patients::hold(&mut leaks, &scene);
    callers::turned_away(&mut leaks, &scene, &of_p02);
    leaks.assert_none();
    somebody_sees_what_is_hidden(&scene, &private, &context);
    what_is_there_does_not_wait(&mut scene, &open);
}

/// Everything that can be asked by ids.
fn rows(document_type: &str) -> Vec<Row> {
    [queries::rows(), queries::retrievals(), resources::rows(document_type), changes::rows(number("P01"), document_type)].concat()
}

/// Every row of one caller about what they do not see.
fn hold(leaks: &mut Leaks, scene: &Scene, (what, who, document_type): (&str, &Who, &str), hidden: &Ids, context: &Ids) {
    let (caller, nowhere) = (Caller::is(who), hidden.invented().and(context));
    let hidden = hidden.clone().and(context);
    let (rows, on_tick) = (rows(document_type), scene.answers_on_tick());
    for row in &rows {
        leaks.compare(scene, (what, &caller), row, &hidden, &nowhere);
    }
    hold_back(leaks, scene, on_tick, rows.len(), what);
}

/// That both answers of each row waited for a tick, so that their time does not tell which is which.
fn hold_back(leaks: &mut Leaks, scene: &Scene, before: usize, rows: usize, what: &str) {
    let held = scene.answers_on_tick() - before;
    if held != 2 * rows {
        leaks.note(format!("{what}: {held} answers of {rows} pairs waited for a tick"));
    }
}

/// When a folder changed, as somebody is told.
fn told_of_folder(scene: &Scene, who: &Who, open: &Ids) -> String {
    let answer = scene.fhir(&Caller::is(who), "GET", &format!("/fhir/List/{}", open.of("folder")), &[], "");
    let list: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    list["date"].to_string()
}

/// Who gets a document, or files one, waits for nothing.
fn what_is_there_does_not_wait(scene: &mut Scene, open: &Ids) {
    let (who, ids) = (professional("D01"), open.clone());
    let on_tick = scene.answers_on_tick();
    for row in queries::retrievals().iter().take(1).chain([&Row::get("Binary/{unique_id}"), &Row::get("Binary/{entry}")]) {
        let answer = row.ask(scene, &Caller::is(&who), &ids);
        assert!(answer.status == 200 && answer.text().contains("text"), "{}: {}", row.name, answer.text());
        assert_eq!(scene.answers_on_tick(), on_tick, "what was found waited for a tick: {}", row.name);
    }
    scene.file(&who, "P01", LETTER, "STANDARD");
    assert_eq!(scene.answers_on_tick(), on_tick, "what was filed waited for a tick");
}

/// What is true of the record itself: who was trusted, visits, notices, the history.
fn items(leaks: &mut Leaks, scene: &Scene, sending: &str, context: &Ids) {
    let (p01, p08) = (patient("P01"), patient("P08"));
    let own = |kind: &str| format!("/fhir/{kind}?patient=Patient/{}", number("P01"));
    let about_p02 = |resource: &serde_json::Value| resource.to_string().contains(number("P02"));
    let closing = scene.fhir(&Caller::is(&p08), "POST", &format!("/fhir/Patient/{}/$dsp-close", number("P08")), &[], "");
    assert_eq!(closing.status, 200, "{}", closing.text());
    let hidden = Ids::default()
        .with("consent", scene.first_id(&p01, &own("Consent"), about_p02))
        .with("episode", scene.first_id(&p01, &own("Encounter"), |_| true))
        .with("event", sending)
        .with("notice", scene.first_id(&p08, "/fhir/Communication", |_| true));
    let nowhere = hidden.invented().and(context);
    let hidden = hidden.and(context);
    let on_tick = scene.answers_on_tick();
    let callers = [
        ("D01", Caller::is(&professional("D01"))),
        ("D02", Caller::is(&professional("D02"))),
        ("nobody", Caller::default()),
        ("another establishment", Caller { certificate: Some("laboratory-e2"), ..Caller::default() }),
    ];
    for (what, caller) in &callers {
        for row in resources::items() {
            leaks.compare(scene, (what, caller), &row, &hidden, &nowhere);
        }
    }
    hold_back(leaks, scene, on_tick, callers.len() * resources::items().len(), "items of a record");
}

fn deactivate(scene: &Scene, documents: &Ids) {
    let reason = r#"{"resourceType":"Parameters","parameter":[{"name":"reason","valueString":"doublon"}]}"#;
    for name in ["entry", "addendum", "on_demand"] {
        let path = format!("/fhir/DocumentReference/{}/$deactivate", documents.of(name));
        let who = Caller::is(&administrator(Some("doublon")));
        let answer = scene.fhir(&who, "POST", &path, &["Content-Type: application/fhir+json"], reason);
        assert!(answer.status < 300, "{}", answer.text());
    }
}

/// What is answered alike for everybody but the record administrator, or for everybody.
const ALIKE: [&str; 3] = ["ITI-62", "ITI-86", "POST DocumentReference/{entry}/$deactivate"];

/// A row that tells nobody anything proves nothing: the holder gets another answer for what is there.
fn somebody_sees_what_is_hidden(scene: &Scene, private: &Ids, context: &Ids) {
    let holder = Caller::is(&patient("P01"));
    let nowhere = private.invented().and(context);
    let private = private.clone().and(context);
    let told = |row: &Row, ids: &Ids| told(scene, &row.ask(scene, &holder, ids), ids);
    let pairs = rows(WORDS).into_iter().zip(rows(WORDS)).filter(|(row, _)| !ALIKE.iter().any(|name| row.name.starts_with(name)));
    let alike: Vec<_> = pairs.filter(|(row, again)| told(row, &private) == told(again, &nowhere)).map(|(row, _)| row.name).collect();
    assert!(alike.is_empty(), "{alike:#?}");
}
