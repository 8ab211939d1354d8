//! Answers as they stand on the wire, valid by the standards' schemas.

use super::scene::{ITI61, LIST, alone, body, on_demand, start};
use crate::on_both_databases;
use crate::support::schema_validity::Message;
use crate::support::{Database, REPOSITORY};
use crate::xds::answer::{Answer, walk};
use crate::xds::retrieve::retrieve_from;

on_both_databases!(registered, given, given_and_kept);

fn registered(database: Database) {
    let (scene, patient, _) = start(database, &[]);
    let answer = scene.post("registry", ITI61, &body(&alone(&patient, "2.999.61.400", on_demand(&patient, "2.999.61.401"))));
    insta::assert_snapshot!("iti61_success", Answer::read(&answer).snapshot(Message::RegistryResponse));
}

/// The answer without what depends on the moment: the new id, and the time within the content.
fn snapshot(answer: &Answer) -> String {
    let (mut new_id, mut text) = (String::new(), answer.snapshot(Message::RetrieveDocumentSetResponse));
    walk(&answer.payload, &mut |element| {
        if element.name.local == "NewDocumentUniqueId" {
            new_id = element.text();
        }
    });
    assert!(new_id.starts_with("2.25."), "{text}");
    let (_, rest) = text.split_once("<effectiveTime value=\\\"").unwrap();
    let moment = rest[..14].to_owned();
    text = text.replace(&new_id, "[new id]").replace(&moment, "[moment]");
    text
}

fn given(database: Database) {
    let (scene, _, _) = start(database, &[]);
    insta::assert_snapshot!("iti43_on_demand", snapshot(&retrieve_from(&scene.server, &[(REPOSITORY, LIST)])));
}

fn given_and_kept(database: Database) {
    let (scene, _, _) = start(database, &[("on_demand.persist", "true")]);
    insta::assert_snapshot!("iti43_on_demand_kept", snapshot(&retrieve_from(&scene.server, &[(REPOSITORY, LIST)])));
}
