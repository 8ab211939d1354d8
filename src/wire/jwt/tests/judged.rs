//! Whether a genuine token holds here and now.

use std::time::Duration;

use openssl::nid::Nid;
use serde_json::{Value, json};

use super::super::*;
use super::issuer::{AT, AUDIENCE, Key, NOW, Trusted, base64, header, payload, signed};
use crate::model::accepted_claims::AcceptedClaims;

fn judged_as(expected: &Expectations, certificate: Option<&str>, change: impl FnOnce(&mut Value)) -> Result<(), Refusal> {
    let key = Key::ec("e", Nid::X9_62_PRIME256V1);
    let mut said = payload();
    change(&mut said);
    let token = signed(&key, "ES256", &header("ES256", "e").to_string(), &said.to_string());
    verify(&token, &SignatureAlgorithm::ALL, &Trusted::of(&[&key]), AT)?.check(expected, AT, certificate)
}

fn expected() -> Expectations {
    Expectations {
        audiences: vec!["urn:other".to_owned(), AUDIENCE.to_owned()],
        clock_skew: Duration::from_secs(60),
        maximum_lifetime: Duration::from_secs(3600),
        claims: AcceptedClaims::default(),
    }
}

fn judged(change: impl FnOnce(&mut Value)) -> Result<(), Refusal> {
    judged_as(&expected(), None, change)
}

#[test]
fn it_holds_from_its_first_to_its_last_second_and_the_skew_beyond() {
    assert_eq!(judged(|_| ()), Ok(()));
    assert_eq!(judged(|said| said["iat"] = json!(NOW + 60)), Ok(()));
    assert_eq!(judged(|said| said["iat"] = json!(NOW + 61)), Err(Refusal::FromTheFuture("the time at which the token was issued")));
    assert_eq!(judged(|said| said["nbf"] = json!(NOW + 61)), Err(Refusal::FromTheFuture("the time from which the token is valid")));
    assert_eq!(judged(|said| said["exp"] = json!(NOW - 59)), Ok(()));
    assert_eq!(judged(|said| said["exp"] = json!(NOW - 60)), Err(Refusal::Expired));
    assert_eq!(judged(|said| said["exp"] = json!(NOW - 10 + 3600)), Ok(()));
    assert_eq!(judged(|said| said["exp"] = json!(NOW - 9 + 3600)), Err(Refusal::TooLong));
    let timeless = |said: &mut Value| {
        said.as_object_mut().unwrap().remove("iat");
        said["exp"] = json!(NOW + 3601);
    };
    assert_eq!(judged(timeless), Err(Refusal::TooLong));
    assert_eq!(judged(|said| said["exp"] = json!((NOW + 100) as f64 + 0.5)), Ok(()));
    for strange in [json!("1742198500"), json!(-1), json!(1e300), json!(null), json!([NOW + 100])] {
        assert!(judged(|said| said["exp"] = strange.clone()).is_err(), "{strange}");
    }
}

#[test]
fn it_is_for_this_server() {
    assert_eq!(judged(|said| said["aud"] = json!("https://elsewhere.example")), Err(Refusal::WrongAudience));
    assert_eq!(judged(|said| said["aud"] = json!(["https://elsewhere.example", "urn:other"])), Ok(()));
    assert_eq!(judged(|said| said["aud"] = json!([])), Err(Refusal::Malformed("there is no aud")));
    assert_eq!(judged(|said| said["aud"] = json!({})), Err(Refusal::Malformed("the aud is neither a text nor a list of texts")));
    assert!(judged_as(&Expectations { audiences: Vec::new(), ..expected() }, None, |_| ()).is_err());
}

#[test]
fn what_has_to_be_there_is_there() {
    for (name, complaint) in [
        ("iss", "there is no iss"),
        ("sub", "there is no sub"),
        ("jti", "there is no jti"),
        ("scope", "there is no scope"),
        ("exp", "there is no exp"),
    ] {
        let refused = judged(|said| drop(said.as_object_mut().unwrap().remove(name)));
        assert_eq!(refused, Err(Refusal::Malformed(complaint)), "{name}");
    }
}

#[test]
fn a_bound_token_needs_its_certificate() {
    let thumbprint = [7_u8; 32];
    let bind = |said: &mut Value| said["cnf"] = json!({ "x5t#S256": base64(thumbprint) });
    let (own, other) = (hex::encode(thumbprint), hex::encode([8_u8; 32]));
    assert_eq!(judged_as(&expected(), Some(&own), bind), Ok(()));
    assert_eq!(judged_as(&expected(), Some(&other), bind), Err(Refusal::WrongCertificate));
    assert_eq!(judged_as(&expected(), None, bind), Err(Refusal::WrongCertificate));
    for strange in [json!({ "jkt": "x" }), json!({ "x5t#S256": base64(thumbprint), "jkt": "x" }), json!({ "x5t#S256": "AA" }), json!("x")] {
        let refused = judged_as(&expected(), Some(&own), |said| said["cnf"] = strange.clone());
        assert_eq!(refused, Err(Refusal::Malformed("the cnf is not the SHA-256 thumbprint of a certificate")), "{strange}");
    }
}

#[test]
fn roles_and_purposes_are_those_of_the_operator() {
    let code = |code: &str, system: &str| vec![(code.to_owned(), system.to_owned())];
    let with = |claims| Expectations { claims, ..expected() };
    let role = AcceptedClaims { roles: code("other", "2.999.442.1.5"), ..AcceptedClaims::default() };
    assert_eq!(judged_as(&with(role), None, |_| ()), Err(Refusal::Role));
    let purpose = AcceptedClaims { purposes_of_use: code("RESEARCH", "1.2"), ..AcceptedClaims::default() };
    assert_eq!(judged_as(&with(purpose), None, |_| ()), Err(Refusal::PurposeOfUse));
}

/// The operator's staff is who an issuer of the operator's choice says; deny by default.
#[test]
fn not_every_issuer_may_vouch_for_the_operators_staff() {
    let admin =
        |said: &mut Value| said["extensions"]["ihe_iua"]["subject_role"] = json!([{ "system": "urn:oid:2.999.442.1.5", "code": "admin" }]);
    let with = |issuers: &[&str]| {
        let admin_issuers = issuers.iter().map(|issuer| (*issuer).to_owned()).collect();
        Expectations { claims: AcceptedClaims { admin_issuers, ..AcceptedClaims::default() }, ..expected() }
    };
    let named = payload()["iss"].as_str().unwrap().to_owned();
    assert_eq!(judged(admin), Err(Refusal::AdminIssuer));
    assert_eq!(judged_as(&with(&["https://other.example"]), None, admin), Err(Refusal::AdminIssuer));
    assert_eq!(judged_as(&with(&["https://other.example", &named]), None, admin), Ok(()));
    let elsewhere =
        |said: &mut Value| said["extensions"]["ihe_iua"]["subject_role"] = json!([{ "system": "urn:oid:2.999.1", "code": "admin" }]);
    assert_eq!(judged(elsewhere), Ok(()), "a role of another code system is no quality");
}

#[test]
fn claims_have_their_shape() {
    for (place, value) in [
        ("/extensions", json!("x")),
        ("/extensions/ihe_iua", json!([])),
        ("/extensions/ihe_iua/subject_role", json!("patient")),
        ("/extensions/ihe_iua/subject_role", json!([{ "code": "patient" }])),
        ("/extensions/ihe_iua/subject_name", json!(["a", "b"])),
        ("/extensions/dossier/person", json!("1958031498124")),
        ("/extensions/dossier/provider_identifier", json!("D01")),
        ("/client_id", json!(1)),
        ("/scope", json!(["user/*.rs"])),
    ] {
        let refused = judged(|said| *said.pointer_mut(place).unwrap() = value.clone());
        assert!(matches!(refused, Err(Refusal::Malformed(_))), "{place} {value}: {refused:?}");
    }
}
