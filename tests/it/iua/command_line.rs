//! `dossier token` on the machine of a server.

use std::process::{Command, Output};

use super::scene::ask_with;
use crate::support::{Database, TestServer};

fn token(server: &TestServer, changes: &[(&str, &str)], arguments: &[&str]) -> Output {
    let directory = server.folder.path().join("data").display().to_string();
    let listen = server.settings.http.listen.to_string();
    let fixed = [
        ("PROFILE", "ihe-connectathon"),
        ("ENVIRONMENT", "test"),
        ("DATA_DIRECTORY", directory.as_str()),
        ("DATABASE_URL", server.database_url.as_str()),
        ("HTTP_LISTEN", listen.as_str()),
        ("DEMO_AUTHORIZATION_ENABLED", "true"),
    ];
    let mut program = Command::new(env!("CARGO_BIN_EXE_dossier"));
    program.arg("token").args(arguments);
    program.envs(fixed.iter().chain(changes).map(|(key, value)| (format!("DOSSIER_{key}"), *value)));
    program.output().unwrap()
}

#[test]
fn a_token_of_the_command_line_is_taken() {
    let server = TestServer::start_with(Database::Sqlite, &[("iua.mode", "required"), ("demo_authorization.enabled", "true")]);
    let made = token(&server, &[], &["--as", "1958031498124", "--expires", "5min"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let made = String::from_utf8(made.stdout).unwrap();
    assert_eq!(ask_with(&server, made.trim()).status, 200);
    let long = token(&server, &[], &["--as", "1958031498124", "--expires", "2h"]);
    assert_eq!(ask_with(&server, String::from_utf8(long.stdout).unwrap().trim()).status, 401, "longer than iua.maximum_lifetime");
}

#[test]
fn a_token_is_made_for_somebody_and_not_in_production() {
    let server = TestServer::start_with(Database::Sqlite, &[("demo_authorization.enabled", "true")]);
    let refused = |changes: &[(&str, &str)], arguments: &[&str]| {
        let output = token(&server, changes, arguments);
        assert!(output.stdout.is_empty());
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, why) = refused(&[], &["--as", "D99"]);
    assert!(code == 1 && why.contains("D99 is no professional of the directory"), "{why}");
    let (code, why) = refused(&[("ENVIRONMENT", "production")], &["--as", "1958031498124"]);
    assert!(code == 3 && why.contains("production"), "{why}");
    let (code, why) = refused(&[("ENVIRONMENT", "production")], &["--saml", "--as", "1958031498124"]);
    assert!(code == 3 && why.contains("production"), "{why}");
    let (code, why) = refused(&[], &["--saml", "--as", "1958031498124"]);
    assert!(code == 4 && why.contains("xua.issuers"), "{why}");
    let (code, why) = refused(&[("DEMO_AUTHORIZATION_ENABLED", "false")], &["--as", "1958031498124"]);
    assert!(code == 3 && why.contains("demo_authorization.enabled"), "{why}");
    let (code, why) = refused(&[("DATA_DIRECTORY", "/nonexistent")], &["--as", "1958031498124"]);
    assert!(code == 4 && why.contains("demo-authorization.pem"), "{why}");
}
