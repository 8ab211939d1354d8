//! Resources as pages for people.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::{Database, TestServer, request};

#[test]
fn a_page_has_one_style_sheet_that_its_policy_allows_and_no_script() {
    let server = TestServer::start(Database::Sqlite);
    for (path, status) in [("/fhir/metadata", 200), ("/fhir/Consent/1", 401), ("/fhir/Nothing", 404), ("/fhir/Patient?name=x", 200)] {
        let page = request(server.http, "GET", path, &["Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"], b"");
        assert_eq!((page.status, page.header("content-type")), (status, Some("text/html; charset=utf-8")), "{path}");
        let text = page.text();
        let (_, rest) = text.split_once("<style>").unwrap();
        let (style, rest) = rest.split_once("</style>").unwrap();
        let hash = STANDARD.encode(openssl::sha::sha256(style.as_bytes()));
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains(&format!("'sha256-{hash}'")), "write {hash} into CONTENT_SECURITY_POLICY");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"));
        assert!(!rest.contains("<script") && !rest.contains("<style") && !rest.contains(" style="), "{path}");
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    }
    let login = request(server.http, "GET", "/fhir/Consent/1?_format=html", &[], b"").text();
    assert!(login.contains("smart-configuration"), "{login}");
}
