//! The authorization server of the demo over a socket: from the metadata to a request with its token.

use dossier::model::audit_event::AuditEvent;
use dossier::store::{Store, StoreError};
use serde_json::Value;

use super::scene::ask_with;
use crate::support::{Database, Response, TestServer, get, post, request};

const BACK: &str = "http://127.0.0.1:9999/back";
const FORM: &str = "application/x-www-form-urlencoded";
const REQUEST: &str = "response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A9999%2Fback&state=abc\
    &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

fn demo() -> TestServer {
    let settings = [
        ("iua.mode", "required"),
        ("demo_authorization.enabled", "true"),
        ("demo_authorization.clients", "portal=secret,app"),
        ("demo_authorization.redirect_uris", BACK),
        ("demo_authorization.personas", "1958031498124"),
    ];
    TestServer::start_with(Database::Sqlite, &settings)
}

fn json(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap_or_else(|_| panic!("{} {}", response.status, response.text()))
}

/// The path below the server's own address.
fn path_of(url: &Value) -> String {
    url.as_str().unwrap().strip_prefix("http://dossier.test").unwrap().to_owned()
}

#[test]
fn a_browser_and_a_client_get_a_token_that_the_server_takes() {
    let server = demo();
    let metadata = json(&get(server.http, "/fhir/.well-known/smart-configuration"));
    let form = get(server.http, &format!("{}?{REQUEST}", path_of(&metadata["authorization_endpoint"])));
    assert_eq!((form.status, form.header("cache-control")), (200, Some("no-store")));
    let policy = form.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(form.text().contains("value=\"1958031498124\"") && !form.text().contains("<script"), "{}", form.text());
    let chosen = format!("{REQUEST}&decision=allow&persona=1958031498124");
    let sent_back = post(server.http, "/oauth/authorize", FORM, chosen.as_bytes());
    let location = sent_back.header("location").unwrap();
    assert_eq!((sent_back.status, location.starts_with(&format!("{BACK}?code=")), location.ends_with("&state=abc")), (303, true, true));
    let code = location.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let redeem = format!(
        "grant_type=authorization_code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A9999%2Fback&code={code}\
         &code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    );
    let given = post(server.http, &path_of(&metadata["token_endpoint"]), FORM, redeem.as_bytes());
    assert_eq!((given.status, given.header("cache-control")), (200, Some("no-store")), "{}", given.text());
    let token = json(&given)["access_token"].as_str().unwrap().to_owned();
    assert_eq!(ask_with(&server, &token).status, 200);
    assert_eq!(post(server.http, "/oauth/token", FORM, redeem.as_bytes()).status, 400, "a code serves once");
    let about = format!("client_id=portal&client_secret=secret&token={token}");
    let active = json(&post(server.http, &path_of(&metadata["introspection_endpoint"]), FORM, about.as_bytes()));
    assert_eq!((&active["active"], &active["sub"]), (&Value::Bool(true), &Value::from("1958031498124")));
    let keys = json(&get(server.http, &path_of(&metadata["jwks_uri"])));
    assert_eq!((&keys["keys"][0]["kty"], &keys["keys"][0]["d"]), (&Value::from("EC"), &Value::Null));
}

/// Who signs in, who gets a token or asks about one, and who tries in vain: all of it is in the trail, and no token, code or secret.
#[test]
fn sign_ins_and_tokens_are_in_the_trail() {
    let server = demo();
    let post = |path: &str, form: &str| post(server.http, path, FORM, form.as_bytes());
    let location =
        post("/oauth/authorize", &format!("{REQUEST}&decision=allow&persona=1958031498124")).header("location").unwrap().to_owned();
    let code = location.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let redeem = format!(
        "grant_type=authorization_code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A9999%2Fback&code={code}\
         &code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    );
    let token = json(&post("/oauth/token", &redeem))["access_token"].as_str().unwrap().to_owned();
    assert_eq!(post("/oauth/token", &redeem).status, 400);
    assert_eq!(post("/oauth/authorize", &format!("{REQUEST}&decision=deny")).status, 303);
    assert_eq!(post("/oauth/authorize", &format!("{REQUEST}&decision=allow&person=D99")).status, 400);
    let client = "grant_type=client_credentials&client_id=portal&client_secret";
    assert_eq!(post("/oauth/token", &format!("{client}=wrong")).status, 401);
    assert_eq!(post("/oauth/token", &format!("{client}=secret")).status, 200);
    assert_eq!(post("/oauth/introspect", &format!("client_id=portal&client_secret=secret&token={token}")).status, 200);
    assert_eq!(get(server.http, &format!("/oauth/authorize?{REQUEST}")).status, 200, "who only sees the form has done nothing");
    let records = Store::open(&server.database_url, 1).unwrap().read(|tx| tx.audit_events_after(0, i64::MAX));
    let mut records = records.map_err(|error: StoreError| error.to_string()).unwrap();
    records.retain(|(_, record)| record.system_event.is_none());
    let written = serde_json::to_string(&records.iter().map(|(_, record)| record).collect::<Vec<_>>()).unwrap();
    assert!([&token, &code, &"secret".to_owned()].iter().all(|secret| !written.contains(secret.as_str())), "{written}");
    let line = |record: &AuditEvent| {
        let (client, user) = (record.caller.as_deref().unwrap_or("-"), record.user.as_deref().unwrap_or("-"));
        let user = user.split('@').next().unwrap();
        let roles: Vec<_> = record.roles.iter().map(|role| role.code.as_str()).collect();
        let (granted, errors) = (record.decision.as_deref().unwrap_or("-"), record.errors.join(" "));
        format!("{} {:?} {client} {user} {} {granted} {errors}", record.transaction.as_str(), record.outcome, roles.join(" "))
    };
    insta::assert_snapshot!(records.iter().map(|(_, record)| line(record)).collect::<Vec<_>>().join("\n"));
}

#[test]
fn the_metadata_name_one_issuer() {
    let server = demo();
    let (smart, server_metadata) = (
        json(&get(server.http, "/fhir/.well-known/smart-configuration")),
        json(&get(server.http, "/.well-known/oauth-authorization-server")),
    );
    assert_eq!(smart["issuer"], server_metadata["issuer"]);
    assert_eq!(smart["code_challenge_methods_supported"], serde_json::json!(["S256"]));
    assert!(smart["capabilities"].as_array().unwrap().contains(&Value::from("permission-v2")));
    assert_eq!(server_metadata["access_token_format"], "ihe-jwt");
}

#[test]
fn without_the_demo_there_is_no_authorization_server() {
    let server = TestServer::start(Database::Sqlite);
    for path in ["/.well-known/oauth-authorization-server", "/oauth/jwks", "/oauth/authorize"] {
        assert_eq!(get(server.http, path).status, 404, "{path}");
    }
    assert_eq!(post(server.http, "/oauth/token", FORM, b"grant_type=client_credentials").status, 404);
    assert!(!server.folder.path().join("data/demo-authorization.pem").exists());
    let foreign = [("iua.token_endpoint", "https://as.example/token")];
    let server = TestServer::start_with(Database::Sqlite, &foreign);
    let told = json(&get(server.http, "/fhir/.well-known/smart-configuration"));
    assert_eq!(told["token_endpoint"], "https://as.example/token");
}

#[test]
fn what_is_too_large_or_not_understood_is_refused() {
    let server = demo();
    let huge = format!("token={}", "x".repeat(20_000));
    assert_eq!(post(server.http, "/oauth/introspect", FORM, huge.as_bytes()).status, 413);
    assert_eq!(post(server.http, "/oauth/token", FORM, b"grant_type=a&grant_type=b").status, 400);
    assert_eq!(post(server.http, "/oauth/token", FORM, b"\xff").status, 400);
    let unknown = request(server.http, "POST", "/oauth/token", &["Authorization: Basic eA=="], b"grant_type=client_credentials");
    assert_eq!((unknown.status, unknown.header("www-authenticate")), (401, Some("Basic realm=\"dossier-demo\"")));
    assert_eq!(request(server.http, "DELETE", "/oauth/token", &[], b"").status, 405);
    server.assert_alive();
}
