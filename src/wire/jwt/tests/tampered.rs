//! Tokens that are not the issuer's, or not what they seem.

use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use serde_json::{Value, json};

use super::super::*;
use super::issuer::{AT, Key, Trusted, base64, header, payload, signed};

fn refused(token: &str, trusted: &Trusted) -> Refusal {
    verify(token, &SignatureAlgorithm::ALL, trusted, AT).unwrap_err()
}

fn ec() -> Key {
    Key::ec("e", Nid::X9_62_PRIME256V1)
}

#[test]
fn every_changed_character_is_noticed() {
    let key = ec();
    let trusted = Trusted::of(&[&key]);
    let token = signed(&key, "ES256", &header("ES256", "e").to_string(), &payload().to_string());
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert!(verify(&changed, &SignatureAlgorithm::ALL, &trusted, AT).is_err(), "{at}");
    }
}

#[test]
fn a_changed_payload_is_noticed() {
    let key = ec();
    let token = signed(&key, "ES256", &header("ES256", "e").to_string(), &payload().to_string());
    let mut changed = payload();
    changed["sub"] = json!("kay");
    let parts: Vec<&str> = token.split('.').collect();
    let forged = format!("{}.{}.{}", parts[0], base64(changed.to_string()), parts[2]);
    assert_eq!(refused(&forged, &Trusted::of(&[&key])), Refusal::BadSignature);
    let foreign = signed(&ec(), "ES256", &header("ES256", "e").to_string(), &payload().to_string());
    assert_eq!(refused(&foreign, &Trusted::of(&[&key])), Refusal::BadSignature);
}

#[test]
fn no_algorithm_and_no_mac_is_accepted() {
    let rsa = Key::rsa("r", 2048);
    let trusted = Trusted::of(&[&rsa]);
    for none in ["none", "None", "NONE", "nOnE", ""] {
        let unsigned = format!("{}.{}.", base64(header(none, "r").to_string()), base64(payload().to_string()));
        assert_eq!(refused(&unsigned, &trusted), Refusal::Algorithm, "{none}");
    }
    // RS/HS confusion: the public key, which everybody has, as the secret of a MAC.
    let secrets = [rsa.key.public_key_to_pem().unwrap(), rsa.key.public_key_to_der().unwrap(), rsa.jwk().to_string().into_bytes()];
    for (alg, digest) in [("HS256", MessageDigest::sha256()), ("HS384", MessageDigest::sha384()), ("HS512", MessageDigest::sha512())] {
        for secret in &secrets {
            let message = format!("{}.{}", base64(header(alg, "r").to_string()), base64(payload().to_string()));
            let mac = PKey::hmac(secret).unwrap();
            let signature = Signer::new(digest, &mac).unwrap().sign_oneshot_to_vec(message.as_bytes()).unwrap();
            assert_eq!(refused(&format!("{message}.{}", base64(signature)), &trusted), Refusal::Algorithm, "{alg}");
        }
    }
}

#[test]
fn an_algorithm_needs_a_key_of_its_kind_and_the_operators_leave() {
    let (rsa, p256, p384) = (Key::rsa("r", 2048), ec(), Key::ec("f", Nid::SECP384R1));
    let trusted = Trusted::of(&[&rsa, &p256, &p384]);
    for (alg, kid) in [("RS256", "e"), ("ES256", "r"), ("ES256", "f"), ("ES384", "e")] {
        let key = [&rsa, &p256, &p384].into_iter().find(|key| key.kid == kid).unwrap();
        let token = signed(key, alg, &header(alg, kid).to_string(), &payload().to_string());
        assert_eq!(refused(&token, &trusted), Refusal::Algorithm, "{alg} {kid}");
    }
    let token = signed(&rsa, "RS256", &header("RS256", "r").to_string(), &payload().to_string());
    assert_eq!(verify(&token, &[SignatureAlgorithm::Es256], &trusted, AT).unwrap_err(), Refusal::Algorithm);
    for alg in ["PS384", "ES512", "EdDSA", "RS1", "rs256"] {
        let token = signed(&rsa, "RS256", &header(alg, "r").to_string(), &payload().to_string());
        assert_eq!(refused(&token, &trusted), Refusal::Algorithm, "{alg}");
    }
}

#[test]
fn only_the_operators_keys_count() {
    let (key, mine) = (ec(), ec());
    let trusted = Trusted::of(&[&key]);
    let smuggled = json!({ "alg": "ES256", "typ": "at+jwt", "kid": "e", "jwk": mine.jwk(), "jku": "https://evil.example/keys" });
    let token = signed(&mine, "ES256", &smuggled.to_string(), &payload().to_string());
    assert_eq!(refused(&token, &trusted), Refusal::BadSignature);
    let other = signed(&key, "ES256", &header("ES256", "other").to_string(), &payload().to_string());
    assert_eq!(refused(&other, &trusted), Refusal::UnknownKey);
    let mut foreign = payload();
    foreign["iss"] = json!("https://evil.example");
    let token = signed(&key, "ES256", &header("ES256", "e").to_string(), &foreign.to_string());
    assert_eq!(refused(&token, &trusted), Refusal::UnknownIssuer);
}

#[test]
fn the_header_is_that_of_an_access_token() {
    let key = ec();
    let trusted = Trusted::of(&[&key]);
    let with = |change: &dyn Fn(&mut Value)| {
        let mut changed = header("ES256", "e");
        change(&mut changed);
        verify(&signed(&key, "ES256", &changed.to_string(), &payload().to_string()), &SignatureAlgorithm::ALL, &trusted, AT).map(drop)
    };
    for typ in ["JWT", "application/at+jwt", "AT+JWT", "IUA-JWT"] {
        assert_eq!(with(&|header| header["typ"] = json!(typ)), Ok(()), "{typ}");
    }
    for typ in [json!("logout+jwt"), json!("dpop+jwt"), json!(""), json!(null), json!(1)] {
        assert_eq!(with(&|header| header["typ"] = typ.clone()), Err(Refusal::WrongType), "{typ}");
    }
    let extended = Err(Refusal::Malformed("the header has extensions that are not known"));
    assert_eq!(with(&|header| header["crit"] = json!(["exp"])), extended);
    assert_eq!(with(&|header| header["b64"] = json!(false)), extended);
    assert_eq!(with(&|header| header["kid"] = json!("")), Err(Refusal::Malformed("the header has no kid")));
}

#[test]
fn no_name_stands_twice() {
    let key = ec();
    let trusted = Trusted::of(&[&key]);
    let twice = payload().to_string().replacen("\"sub\":", "\"sub\":\"kay\",\"sub\":", 1);
    let token = signed(&key, "ES256", &header("ES256", "e").to_string(), &twice);
    assert!(matches!(refused(&token, &trusted), Refusal::Malformed(_)));
    let nested = payload().to_string().replacen("\"person\":", "\"person\":null,\"person\":", 1);
    assert!(matches!(refused(&signed(&key, "ES256", &header("ES256", "e").to_string(), &nested), &trusted), Refusal::Malformed(_)));
    let header = "{\"alg\":\"none\",\"typ\":\"at+jwt\",\"kid\":\"e\",\"alg\":\"ES256\"}";
    assert!(matches!(refused(&signed(&key, "ES256", header, &payload().to_string()), &trusted), Refusal::Malformed(_)));
}

#[test]
fn what_is_no_token_is_refused() {
    let key = ec();
    let trusted = Trusted::of(&[&key]);
    let token = signed(&key, "ES256", &header("ES256", "e").to_string(), &payload().to_string());
    for text in
        ["", ".", "..", "...", "a.b", "a.b.c.d", "é.é.é", "[].[].[]", &token.replace('.', ".."), &format!("{token}="), &format!("{token}.")]
    {
        assert!(matches!(refused(text, &trusted), Refusal::Malformed(_) | Refusal::BadSignature), "{text}");
    }
    assert_eq!(refused(&"a".repeat(16 * 1024 + 1), &trusted), Refusal::TooLarge);
    let mut huge = payload();
    huge["extensions"]["ihe_iua"]["subject_name"] = json!("x".repeat(16 * 1024));
    assert_eq!(refused(&signed(&key, "ES256", &header("ES256", "e").to_string(), &huge.to_string()), &trusted), Refusal::TooLarge);
}

#[test]
fn weak_ambiguous_and_foreign_keys_are_no_keys() {
    let parse = |keys: Vec<Value>| KeySet::parse(json!({ "keys": keys }).to_string().as_bytes()).map(drop);
    let key = ec();
    let with = |name: &str, value: Value| {
        let mut jwk = key.jwk();
        jwk[name] = value;
        jwk
    };
    assert_eq!(parse(vec![key.jwk()]), Ok(()));
    assert_eq!(parse(vec![Key::rsa("r", 1024).jwk()]), Err(UnusableKeySet::NoKey));
    assert_eq!(parse(vec![json!({ "kty": "oct", "kid": "o", "k": "c2VjcmV0" })]), Err(UnusableKeySet::NoKey));
    assert_eq!(parse(vec![with("use", json!("enc"))]), Err(UnusableKeySet::NoKey));
    assert_eq!(parse(vec![with("key_ops", json!(["sign"]))]), Err(UnusableKeySet::NoKey));
    assert_eq!(parse(vec![with("alg", json!("ES384"))]), Err(UnusableKeySet::NoKey));
    assert_eq!(parse(vec![with("kid", json!(""))]), Err(UnusableKeySet::NoKey));
    // A point that is not on the curve.
    assert_eq!(parse(vec![with("x", json!(base64([1_u8; 32])))]), Err(UnusableKeySet::NoKey));
    assert_eq!(parse(vec![key.jwk(), key.jwk()]), Err(UnusableKeySet::DuplicateKid));
    assert_eq!(parse(vec![json!({ "kty": "new", "kid": "n" }), key.jwk()]), Ok(()));
    assert_eq!(parse(vec![json!({}); 65]), Err(UnusableKeySet::TooMany));
    assert_eq!(KeySet::parse(b"[]").map(drop), Err(UnusableKeySet::NotKeys));
}
