//! Who gets an answer with which token.

use std::fs;

use serde_json::json;

use super::scene::{ISSUER, Scene, new_key, payload};
use crate::on_both_databases;
use crate::support::{Database, TestServer, get};
use crate::xua::scene::now;

on_both_databases!(what_is_wrong_with_a_token_is_in_the_trail_only);

fn what_is_wrong_with_a_token_is_in_the_trail_only(database: Database) {
    let scene = Scene::start(database, "required", &[]);
    let sign = |change: &dyn Fn(&mut serde_json::Value)| scene.key.sign(&payload(change)).unwrap();
    assert_eq!(scene.ask_with(&sign(&|_| ())).status, 200);
    scene.assert_refused(&sign(&|said| said["exp"] = json!(now() - 120)), "the token has expired");
    assert_eq!(scene.last_record().user, Some(format!("<joan@{ISSUER}>")), "whoever is named is in the trail");
    scene.assert_refused(&sign(&|said| said["aud"] = json!("https://elsewhere.example")), "the audience is not this server");
    scene.assert_refused(&sign(&|said| said["iss"] = json!("https://other.example")), "the issuer is not trusted");
    assert_eq!(scene.last_record().user, None);
    let forged = new_key().sign(&payload(|_| ())).unwrap();
    scene.assert_refused(&forged, "the issuer has no key with the kid of the token");
    let unsigned = sign(&|_| ());
    let unsigned = unsigned.rsplit_once('.').unwrap().0;
    scene.assert_refused(&format!("{unsigned}."), "the signature is not made with the key of the issuer");
    scene.assert_refused("opaque", "malformed: it does not have three parts");
    let bound = sign(&|said| said["cnf"] = json!({ "x5t#S256": "A".repeat(43) }));
    scene.assert_refused(&bound, "the token is bound to a certificate that is not that of the connection");
}

#[test]
fn only_people_of_the_directories_are_served() {
    let scene = Scene::start(Database::Sqlite, "required", &[("iua.subjects", "directory")]);
    scene.assert_refused(&scene.key.sign(&payload(|_| ())).unwrap(), "the subject is not in the directories");
}

#[test]
fn where_tokens_are_not_read_none_counts() {
    let server = TestServer::start(Database::Sqlite);
    let response = super::scene::ask_with(&server, "x");
    assert_eq!((response.status, response.header("www-authenticate")), (401, Some("Bearer")));
    assert_eq!(get(server.http, "/fhir/metadata").status, 200);
}

/// An issuer changes its key: the server goes on.
#[test]
fn a_new_key_is_taken_up_while_the_server_runs() {
    let scene = Scene::start(Database::Sqlite, "required", &[]);
    let newer = new_key();
    let (before, after) = (scene.key.sign(&payload(|_| ())).unwrap(), newer.sign(&payload(|_| ())).unwrap());
    assert_eq!((scene.ask_with(&before).status, scene.ask_with(&after).status), (200, 401));
    fs::write(&scene.key_file, newer.key_set().to_string()).unwrap();
    scene.server.reload();
    assert_eq!(scene.ask_with(&after).status, 200);
    assert_eq!(scene.ask_with(&before).status, 401);
}
