//! Genuine tokens and what they say.

use openssl::nid::Nid;
use serde_json::json;

use super::super::*;
use super::issuer::{AT, Key, Trusted, header, payload, signed};
use crate::model::person::{CodedClaim, InstanceIdentifier};

#[test]
fn every_accepted_algorithm_verifies() {
    let (rsa, p256, p384) = (Key::rsa("r", 2048), Key::ec("e", Nid::X9_62_PRIME256V1), Key::ec("f", Nid::SECP384R1));
    let trusted = Trusted::of(&[&rsa, &p256, &p384]);
    for (alg, key) in [("RS256", &rsa), ("RS384", &rsa), ("RS512", &rsa), ("PS256", &rsa), ("ES256", &p256), ("ES384", &p384)] {
        let token = signed(key, alg, &header(alg, key.kid).to_string(), &payload().to_string());
        let read = verify(&token, &SignatureAlgorithm::ALL, &trusted, AT);
        assert_eq!(read.map(|read| read.subject), Ok("joan".to_owned()), "{alg}");
    }
}

#[test]
fn claims_become_what_an_assertion_would_say() {
    let key = Key::ec("e", Nid::X9_62_PRIME256V1);
    let token = signed(&key, "ES256", &header("ES256", "e").to_string(), &payload().to_string());
    let read = verify(&token, &SignatureAlgorithm::ALL, &Trusted::of(&[&key]), AT).unwrap();
    assert_eq!(read.client_id.as_deref(), Some("app"));
    let claims = &read.claims;
    assert_eq!(claims.subject_id.as_deref(), Some("Dr. Joan"));
    assert_eq!(claims.organization_ids, ["urn:oid:2.999.1"]);
    assert_eq!(claims.npi.as_deref(), Some("npi-1"));
    assert_eq!(claims.roles, [CodedClaim { code: "patient".into(), system: "2.999.442.1.5".into(), display: None }]);
    assert_eq!(claims.purposes_of_use[0].display.as_deref(), Some("Treatment"));
    assert_eq!(claims.provider_identifiers, [InstanceIdentifier { root: "2.999.442.2.1".into(), extension: "D01".into() }]);
    assert_eq!(claims.resource_id.as_deref(), Some("P1^^^&1.2.3&ISO"));
    assert_eq!(claims.person.as_ref().map(ToString::to_string).as_deref(), Some("1958031498124^^^&1.3.182.4.4&ISO"));
    assert_eq!(claims.representative.as_ref().map(ToString::to_string).as_deref(), Some("1991050998408^^^&1.3.182.4.4&ISO"));
    assert_eq!(claims.access_reason.as_deref(), Some("correction"));
}

#[test]
fn what_is_written_is_read_again() {
    let key = SigningKey::from_pem(&SigningKey::generate_pem().unwrap()).unwrap();
    let mut written = payload();
    let foreign = Key::ec("e", Nid::X9_62_PRIME256V1);
    let token = signed(&foreign, "ES256", &header("ES256", "e").to_string(), &written.to_string());
    let first = verify(&token, &SignatureAlgorithm::ALL, &Trusted::of(&[&foreign]), AT).unwrap();
    written["extensions"] = write_claims(&first.claims);
    let ours = key.sign(&written).unwrap();
    let trusted = Trusted(KeySet::parse(key.key_set().to_string().as_bytes()).unwrap());
    assert_eq!(verify(&ours, &[SignatureAlgorithm::Es256], &trusted, AT), Ok(first));
}

#[test]
fn introspection_gives_the_same() {
    let answer = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut answer = payload();
        answer["active"] = json!(true);
        change(&mut answer);
        introspected(answer.to_string().as_bytes(), super::issuer::ISSUER)
    };
    assert_eq!(answer(&|_| ()).unwrap().subject, "joan");
    assert_eq!(answer(&|answer| drop(answer.as_object_mut().unwrap().remove("iss"))).unwrap().issuer, super::issuer::ISSUER);
    assert_eq!(answer(&|answer| answer["active"] = json!(false)), Err(Refusal::NotActive));
    assert_eq!(answer(&|answer| answer["active"] = json!("true")), Err(Refusal::NotActive));
    assert_eq!(answer(&|answer| answer["iss"] = json!("https://elsewhere.example")), Err(Refusal::UnknownIssuer));
    assert_eq!(introspected(b"{\"active\":false,\"active\":true}", "x").map(drop), introspected(b"<html>", "x").map(drop));
    assert!(is_compact_jws("a.b.c") && !is_compact_jws("opaque") && !is_compact_jws("a.b.c.d.e"));
}
