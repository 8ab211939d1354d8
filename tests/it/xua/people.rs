//! Who gets an answer, who does not, what they are told, and what the trail says.

use std::fs;
use std::process::Command;

use dossier::model::audit_event::AuditOutcome;

use super::scene::{NAME, Scene, about, now, security};
use crate::on_both_databases;
use crate::support::saml_issuer::{Said, attribute, written};
use crate::support::{Database, TestServer};

on_both_databases!(
    who_is_required_is_named_in_the_trail,
    optional_is_not_careless,
    what_is_wrong_is_told_as_far_as_it_can_be_mended,
    an_assertion_is_used_as_often_as_it_may,
    only_professionals_of_the_directory_are_served,
);

fn who_is_required_is_named_in_the_trail(database: Database) {
    let scene = Scene::start(database, "required", &[]);
    scene.assert_answered(&about("joan@example.org", |_| ()));
    let record = scene.last_record();
    assert_eq!(record.outcome, AuditOutcome::Success);
    assert_eq!(record.user, Some(format!("<joan@example.org@{NAME}>")));
    assert_eq!(record.roles[0].code, "112247003");
    assert_eq!(record.purposes_of_use[0].code, "TREATMENT");
    let nobody = scene.ask_with("");
    scene.assert_was_refused(&nobody, "SecurityTokenUnavailable", "no assertion was sent");
    assert_eq!(scene.last_record().user, None);
    let empty = scene.ask_for("");
    scene.assert_was_refused(&empty, "SecurityTokenUnavailable", "no assertion was sent");
    // A refused person is named as well, once their issuer has been heard.
    scene.assert_refused(
        &about("kay", |said| said.audience = "urn:other".to_owned()),
        "InvalidSecurityToken",
        "the audience is not this server",
    );
    assert_eq!(scene.last_record().user, Some(format!("<kay@{NAME}>")));
    let forged = about("kay", |_| ()).replace("kay", "joan");
    scene.assert_refused(&forged, "FailedAuthentication", "the digest of the assertion does not match");
    assert_eq!(scene.last_record().user, None);
}

fn optional_is_not_careless(database: Database) {
    let scene = Scene::start(database, "optional", &[]);
    assert_eq!(scene.ask_with("").status, 200);
    scene.assert_answered(&about("joan", |_| ()));
    scene.assert_refused(
        &about("joan", |_| ()).replace("joan", "kay"),
        "FailedAuthentication",
        "the digest of the assertion does not match",
    );
    let user = "<wsse:UsernameToken><wsse:Username>joan</wsse:Username></wsse:UsernameToken>";
    scene.assert_refused(user, "UnsupportedSecurityToken", "the Security header holds a token of a kind that is not read here");
}

fn what_is_wrong_is_told_as_far_as_it_can_be_mended(database: Database) {
    let roles = ("xua.roles", "112247003^^2.16.840.1.113883.6.96");
    let scene = Scene::start(database, "required", &[roles]);
    let at = now();
    let expired = about("joan", |said| (said.not_before, said.not_on_or_after) = (at - 600, at - 300));
    let told = scene.assert_refused(&expired, "InvalidSecurityToken", "the assertion has expired");
    assert!(told.contains("the assertion has expired; get a new assertion"), "{told}");
    let early = about("joan", |said| said.not_before = at + 600);
    let told = scene.assert_refused(&early, "InvalidSecurityToken", "the time from which the assertion is valid lies in the future");
    assert!(told.contains("compare the clocks"), "{told}");
    let stale = format!(
        "<u:Timestamp xmlns:u=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd\"><u:Expires>{}</u:Expires></u:Timestamp>",
        written(at - 600)
    );
    let told = scene.assert_refused(&(stale + &about("joan", |_| ())), "MessageExpired", "the WS-Security timestamp has expired");
    assert!(told.contains("fresh timestamp"), "{told}");
    // Who is refused, and who cannot be authenticated, are told the same.
    let role = about("joan", |said| said.role.0 = "159561009".to_owned());
    let refused = scene.assert_refused(&role, "FailedAuthentication", "the subject role is not accepted");
    let forged = about("joan", |_| ()).replace("joan", "kay");
    let not_authenticated = scene.assert_refused(&forged, "FailedAuthentication", "the digest of the assertion does not match");
    let stranger = about("joan", |_| ()).replace("tenant=a", "tenant=b");
    let unknown = scene.assert_refused(&stranger, "FailedAuthentication", "the issuer is not trusted");
    let reason = |fault: &str| fault.split("<soap:Reason>").nth(1).unwrap().to_owned();
    assert_eq!(reason(&refused), reason(&not_authenticated));
    assert_eq!(reason(&refused), reason(&unknown));
}

fn an_assertion_is_used_as_often_as_it_may(database: Database) {
    let scene = Scene::start(database, "required", &[]);
    let often = about("joan", |_| ());
    scene.assert_answered(&often);
    scene.assert_answered(&often);
    let once = about("joan", |said| said.conditions = "<saml2:OneTimeUse></saml2:OneTimeUse>".to_owned());
    scene.assert_answered(&once);
    scene.assert_refused(&once, "InvalidSecurityToken", "the assertion was used before");
    // One that is refused for another reason is not used up.
    let wrong = |said: &mut Said| {
        said.id = "_again".to_owned();
        said.conditions = "<saml2:OneTimeUse></saml2:OneTimeUse>".to_owned();
    };
    scene.assert_refused(
        &about("joan", |said| {
            wrong(said);
            said.audience = "urn:other".to_owned();
        }),
        "InvalidSecurityToken",
        "the audience is not this server",
    );
    scene.assert_answered(&about("joan", wrong));
    let always = Scene::start(database, "required", &[("xua.one_time_use", "always")]);
    always.assert_answered(&often);
    always.assert_refused(&often, "InvalidSecurityToken", "the assertion was used before");
}

/// Imports professionals into the database of a running server.
fn import(server: &TestServer, professionals: &str) {
    let file = server.folder.path().join("professionals.json");
    fs::write(&file, format!("{{\"assigning_authority\": \"2.999.442.2.1\", \"professionals\": [{professionals}]}}")).unwrap();
    let data = server.folder.path().join("data");
    let settings = [
        "profile=ihe-connectathon".to_owned(),
        "environment=test".to_owned(),
        format!("data.directory={}", data.display()),
        format!("database.url={}", server.database_url),
    ];
    let mut program = Command::new(env!("CARGO_BIN_EXE_dossier"));
    program.args(["import", "professionals"]).arg(&file).args(settings.iter().flat_map(|setting| ["--set", setting]));
    let output = program.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn professional(id: &str, valid_until: &str) -> String {
    format!(
        concat!(
            r#"{{"id": "{}", "family": "Weis", "given": "Claude", "profession": "Médecin généraliste", "usage_profile": "medecin","#,
            r#" "licence": {{"valid_from": "1998-09-01", "valid_until": {}}}, "workplaces": [{{"kind": "cabinet", "establishment": null}}]}}"#
        ),
        id, valid_until
    )
}

/// A good assertion that names no organisation, which the directory would have to know as well.
fn alone(subject: &str, change: impl FnOnce(&mut Said)) -> String {
    about(subject, |said| {
        said.organization_id = None;
        change(said);
    })
}

fn only_professionals_of_the_directory_are_served(database: Database) {
    let scene = Scene::start(database, "required", &[("xua.subjects", "directory")]);
    import(&scene.server, &[professional("D01", "null"), professional("D09", "\"2025-02-01\"")].join(","));
    scene.assert_answered(&alone("D01", |_| ()));
    // By name, by national identifier, by an identifier with who issued it.
    scene.assert_answered(&alone("claude", |said| said.attributes = attribute("urn:oasis:names:tc:xspa:1.0:subject:npi", "D01")));
    let identified = |root: &str| {
        let value = format!(r#"<id xmlns="urn:hl7-org:v3" extension="D01" root="{root}"></id>"#);
        alone("D01", |said| said.attributes = attribute("urn:ihe:iti:xua:2017:subject:provider-identifier", &value))
    };
    scene.assert_answered(&identified("2.999.442.2.1"));
    let unknown = "the subject is not in the directories";
    let of_others = scene.assert_refused(&identified("2.999.442.2.2"), "FailedAuthentication", unknown);
    let nobody = scene.assert_refused(&alone("D77", |_| ()), "FailedAuthentication", unknown);
    let unlicensed = scene.assert_refused(&alone("D09", |_| ()), "FailedAuthentication", "the subject's licence is not valid now");
    let reason = |fault: &str| fault.split("<soap:Reason>").nth(1).unwrap().to_owned();
    assert_eq!(reason(&nobody), reason(&unlicensed), "the fault says nothing of the directory");
    assert_eq!(reason(&nobody), reason(&of_others));
    // What the directory loses counts on the next request, with the same assertion.
    let assertion = alone("D01", |_| ());
    scene.assert_answered(&assertion);
    import(&scene.server, &professional("D01", "\"2026-01-01\""));
    scene.assert_refused(&assertion, "FailedAuthentication", "the subject's licence is not valid now");
}

#[test]
fn where_assertions_are_not_read_none_has_to_be_understood() {
    let server = TestServer::start(Database::Sqlite);
    let ask = |headers: &str| {
        let body = "<x/>";
        let message = crate::xds::envelope::envelope_with(crate::xds::envelope::QUERY, headers, body);
        server.registry(crate::xds::envelope::SOAP, message.as_bytes()).text()
    };
    let header = security(&alone("joan", |_| ()));
    assert!(ask(&header).contains("soap:MustUnderstand"));
    assert!(!ask(&header.replace(" soap:mustUnderstand=\"true\"", "")).contains("soap:MustUnderstand"));
}

#[test]
fn the_client_sends_an_assertion() {
    let scene = Scene::start(Database::Sqlite, "required", &[]);
    let folder = &scene.server.folder;
    fs::write(folder.path().join("joan.xml"), format!("<?xml version=\"1.0\"?>\n{}", alone("joan", |_| ()))).unwrap();
    let find = |more: &[&str]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_dossier"));
        program.args(["client", "find", "--patient", "P1^^^&1.3.6.1.4.1.21367.13.20.1000&ISO", "--url"]);
        program.arg(format!("http://{}/xds/registry", scene.server.http)).args(more).current_dir(folder.path());
        program.output().unwrap()
    };
    let without = find(&[]);
    assert_eq!(without.status.code(), Some(5), "{}", String::from_utf8_lossy(&without.stderr));
    let with = find(&["--assertion", "joan.xml"]);
    assert!(with.status.success(), "{}", String::from_utf8_lossy(&with.stderr));
    assert_eq!(scene.last_record().user, Some(format!("<joan@{NAME}>")));
    assert_eq!(find(&["--assertion", "absent.xml"]).status.code(), Some(2));
}
