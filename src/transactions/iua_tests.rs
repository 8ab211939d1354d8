use super::*;
use crate::access::test_registry::{TestRegistry, call};
use crate::model::person::SubjectClaims;
use crate::transactions::test_services::test_services;
use crate::wire::jwt::{KeySet, Permission, SigningKey};
use serde_json::{Value, json};
use std::time::Duration;

const AUDIENCE: &str = "https://dossier.example/fhir";

struct OneIssuer(KeySet);

impl IssuerKeys for OneIssuer {
    fn key(&self, issuer: &str, kid: &str, _: Instant) -> Result<VerificationKey, NoKey> {
        if issuer == "urn:as" { self.0.find(kid).cloned().ok_or(NoKey::UnknownKey) } else { Err(NoKey::UnknownIssuer) }
    }
}

/// An authorization server that knows one opaque token.
struct OneToken;

impl Introspection for OneToken {
    fn ask(&self, token: &str, _: Instant) -> Result<AccessToken, Refusal> {
        if token == "silence" {
            return Err(Refusal::NoIntrospection);
        }
        let answer = if token == "opaque" {
            json!({ "active": true, "sub": "joan", "exp": 4_000_000_000_u32, "aud": AUDIENCE })
        } else {
            json!({ "active": false })
        };
        crate::wire::jwt::introspected(answer.to_string().as_bytes(), "urn:as")
    }
}

fn scene(mode: AssertionMode) -> (Services, TestRegistry, SigningKey) {
    let (mut services, behind) = test_services();
    let key = SigningKey::from_pem(&SigningKey::generate_pem().unwrap()).unwrap();
    services.tokens = TokenRules {
        mode,
        algorithms: SignatureAlgorithm::ALL.to_vec(),
        expectations: Expectations {
            audiences: vec![AUDIENCE.to_owned()],
            clock_skew: Duration::from_secs(60),
            maximum_lifetime: Duration::from_secs(u64::MAX / 2_000_000),
            ..Expectations::default()
        },
        keys: Arc::new(OneIssuer(KeySet::parse(key.key_set().to_string().as_bytes()).unwrap())),
        introspection: None,
        in_directory: false,
    };
    (services, behind, key)
}

fn payload() -> Value {
    let now = call().now.0 / 1_000_000;
    json!({
        "iss": "urn:as", "sub": "joan", "aud": AUDIENCE, "jti": "1", "iat": now, "exp": now + 300,
        "scope": "user/DocumentReference.rs", "extensions": { "ihe_iua": { "national_provider_identifier": "D01" } }
    })
}

fn bearer(key: &SigningKey, payload: &Value) -> String {
    format!("Bearer {}", key.sign(payload).unwrap())
}

#[test]
fn the_mode_says_who_needs_a_token() {
    let (off, _behind, _) = scene(AssertionMode::Off);
    assert_eq!(prove(&off, &call(), Some("Bearer x")), Ok(None));
    let (optional, _behind, key) = scene(AssertionMode::Optional);
    assert_eq!(prove(&optional, &call(), None), Ok(None));
    let proven = prove(&optional, &call(), Some(&bearer(&key, &payload()))).unwrap().unwrap();
    assert_eq!(proven.person.user_name(), "<joan@urn:as>");
    let (required, _behind, _) = scene(AssertionMode::Required);
    let refused = prove(&required, &call(), None).unwrap_err();
    assert_eq!((refused.status, refused.challenge), (401, Some("Bearer realm=\"dossier\"")));
}

#[test]
fn a_bad_token_is_never_nobody_and_is_told_nothing() {
    let (services, _behind, key) = scene(AssertionMode::Optional);
    let other = SigningKey::from_pem(&SigningKey::generate_pem().unwrap()).unwrap();
    let good = bearer(&key, &payload());
    let mut expired = payload();
    expired["exp"] = json!(1);
    let answers: Vec<_> = [
        good.replace("Bearer ", "Basic "),
        good.replace("Bearer ", "Bearer"),
        format!("{good} x"),
        format!("{good}, {good}"),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Bearer opaque".to_owned(),
        bearer(&other, &payload()),
        bearer(&key, &expired),
    ]
    .iter()
    .map(|header| prove(&services, &call(), Some(header)).unwrap_err())
    .collect();
    assert!(answers.iter().all(|refused| (refused.status, refused.challenge, refused.told) == (401, Some(INVALID_TOKEN), answers[0].told)));
    assert_eq!(answers[8].reason, "the token has expired");
    assert_eq!(answers[8].person.as_ref().unwrap().name_id, "joan");
    assert!(prove(&services, &call(), Some(&good.replace("Bearer", "bearer"))).is_ok());
}

#[test]
fn a_token_allows_what_its_scopes_say() {
    let (services, _behind, key) = scene(AssertionMode::Required);
    let bearer = prove(&services, &call(), Some(&bearer(&key, &payload()))).unwrap().unwrap();
    let ask = |permission| bearer.check_scope(Interaction { resource: "DocumentReference", permission, transaction: None });
    assert_eq!(ask(Permission::Search), Ok(()));
    let refused = ask(Permission::Create).unwrap_err();
    assert_eq!((refused.status, refused.challenge), (403, Some(INSUFFICIENT_SCOPE)));
}

#[test]
fn opaque_tokens_are_asked_about_where_somebody_is_to_be_asked() {
    let (mut services, _behind, key) = scene(AssertionMode::Required);
    services.tokens.introspection = Some(Arc::new(OneToken));
    let proven = prove(&services, &call(), Some("Bearer opaque")).unwrap().unwrap();
    assert_eq!(proven.person.claims, SubjectClaims::default());
    assert_eq!(prove(&services, &call(), Some("Bearer other")).unwrap_err().reason, "introspection says that the token is not active");
    let unanswered = prove(&services, &call(), Some("Bearer silence")).unwrap_err();
    assert_eq!((unanswered.status, unanswered.challenge), (503, None), "another token would fare no better");
    // A signed token is verified, whoever could be asked.
    assert!(prove(&services, &call(), Some(&bearer(&key, &payload()))).is_ok());
    assert_eq!(prove(&services, &call(), Some("Bearer a.b.c")).unwrap_err().status, 401);
}

#[test]
fn the_directory_has_to_bear_out_the_subject() {
    let (mut services, _behind, key) = scene(AssertionMode::Required);
    services.tokens.in_directory = true;
    let refused = prove(&services, &call(), Some(&bearer(&key, &payload()))).unwrap_err();
    assert_eq!((refused.status, refused.challenge), (401, Some(INVALID_TOKEN)));
    assert!(refused.reason.starts_with("the subject is not in the director"), "{}", refused.reason);
}
