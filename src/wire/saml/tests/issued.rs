//! What we issue, we accept, and all that it says is read.

use super::saml_issuer::SamlIssuer;
use super::*;
use crate::model::person::{CodedClaim, InstanceIdentifier, SubjectClaims};
use crate::wire::saml::AssertionDraft;

fn claims() -> SubjectClaims {
    let coded = |code: &str, system: &str| CodedClaim { code: code.to_owned(), system: system.to_owned(), display: None };
    SubjectClaims {
        subject_id: Some("Weis & <Claude>".to_owned()),
        organization_ids: vec!["urn:oid:2.999.442.2.3.1".to_owned()],
        provider_identifiers: vec![InstanceIdentifier { root: "2.999.442.2.1".to_owned(), extension: "D01".to_owned() }],
        roles: vec![coded("medecin", "2.999.442.1.5")],
        purposes_of_use: vec![coded("TREAT", "2.16.840.1.113883.5.8")],
        person: Some("P1^^^&1.2.3&ISO".parse().unwrap()),
        representative: Some("P2^^^&1.2.3&ISO".parse().unwrap()),
        access_reason: Some("doublon \"signalé\"".to_owned()),
        ..SubjectClaims::default()
    }
}

#[test]
fn everything_that_is_issued_is_accepted_and_read() {
    let issuer = SamlIssuer::rsa(NAME, 2048);
    let claims = claims();
    let draft = AssertionDraft {
        id: "_1",
        issuer: NAME,
        name_id: "D01",
        audience: "urn:x",
        from: AT,
        until: Instant(AT.0 + 60_000_000),
        claims: &claims,
    };
    let assertion = String::from_utf8(draft.sign(&issuer.key).unwrap()).unwrap();
    let read = open_message(&message(&assertion), &issuer).unwrap();
    assert_eq!(read.claims, claims);
    assert_eq!((read.name_id.as_str(), read.id.as_str()), ("D01", "_1"));
    let changed = message(&assertion.replace("D01", "D02"));
    assert_eq!(open_message(&changed, &issuer), Err(Refusal::DigestMismatch));
}
