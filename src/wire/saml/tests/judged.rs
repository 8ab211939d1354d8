//! Genuine assertions, and whether they hold here and now.

use std::time::Duration;

use super::saml_issuer::{AUDIENCE, X509_CONTEXT, attribute, written};
use super::*;
use crate::model::accepted_claims::AcceptedClaims;
use crate::wire::saml::Expectations;

fn expected() -> Expectations {
    let code = |code: &str, system: &str| (code.to_owned(), system.to_owned());
    Expectations {
        audiences: vec!["urn:other".to_owned(), AUDIENCE.to_owned()],
        recipients: vec!["https://dossier.example/xds/registry".to_owned()],
        clock_skew: Duration::from_secs(60),
        maximum_lifetime: Duration::from_secs(2 * 3600),
        authn_contexts: vec![X509_CONTEXT.to_owned()],
        claims: AcceptedClaims {
            roles: vec![code("112247003", "2.16.840.1.113883.6.96")],
            purposes_of_use: vec![code("TREATMENT", "2.16.840.1.113883.3.18.7.1")],
            ..AcceptedClaims::default()
        },
    }
}

/// What becomes of a good assertion after a change.
fn judged(change: impl FnOnce(&mut Said)) -> Result<(), Refusal> {
    judged_with(None, change)
}

fn judged_with(certificate: Option<&str>, change: impl FnOnce(&mut Said)) -> Result<(), Refusal> {
    let mut said = said();
    change(&mut said);
    open(&ISSUER.issue(&said)).unwrap().check(&expected(), AT, certificate)
}

#[test]
fn a_good_one_holds() {
    assert_eq!(judged(|_| ()), Ok(()));
}

#[test]
fn it_holds_from_its_first_to_its_last_second_and_the_skew_beyond() {
    let not_yet = Err(Refusal::FromTheFuture("the time from which the assertion is valid"));
    assert_eq!(judged(|said| (said.issued, said.not_before) = (NOW + 60, NOW + 60)), Ok(()));
    assert_eq!(judged(|said| said.not_before = NOW + 61), not_yet);
    assert_eq!(judged(|said| said.issued = NOW + 61), not_yet);
    let over = |seconds| move |said: &mut Said| (said.not_before, said.not_on_or_after) = (NOW - 600, NOW - seconds);
    assert_eq!(judged(over(59)), Ok(()));
    assert_eq!(judged(over(60)), Err(Refusal::Expired("the assertion")));
    assert_eq!(judged(|said| said.not_on_or_after = NOW + 2 * 3600), Ok(()));
    assert_eq!(judged(|said| said.not_on_or_after = NOW + 2 * 3600 + 1), Err(Refusal::TooLong));
}

#[test]
fn it_is_for_this_server_under_every_restriction() {
    assert_eq!(judged(|said| said.audience = "https://elsewhere.example".to_owned()), Err(Refusal::WrongAudience));
    let restriction = |audiences: &[&str]| {
        let audiences: String = audiences.iter().map(|audience| format!("<saml2:Audience>{audience}</saml2:Audience>")).collect();
        format!("<saml2:AudienceRestriction>{audiences}</saml2:AudienceRestriction>")
    };
    assert_eq!(judged(|said| said.conditions = restriction(&["urn:x", "urn:other"])), Ok(()));
    assert_eq!(judged(|said| said.conditions = restriction(&["urn:x"])), Err(Refusal::WrongAudience));
    assert_eq!(judged(|said| said.conditions = restriction(&[])), Err(Refusal::WrongAudience));
}

#[test]
fn its_bearer_shows_it_in_time_and_to_us() {
    let bearer = |data: String| {
        move |said: &mut Said| said.confirmation.1 = format!("<saml2:SubjectConfirmationData {data}></saml2:SubjectConfirmationData>")
    };
    assert_eq!(judged(bearer(format!("NotOnOrAfter=\"{}\"", written(NOW + 1)))), Ok(()));
    let over = judged(bearer(format!("NotOnOrAfter=\"{}\"", written(NOW - 60))));
    assert_eq!(over, Err(Refusal::Expired("the subject confirmation")));
    let early = judged(bearer(format!("NotBefore=\"{}\"", written(NOW + 61))));
    assert_eq!(early, Err(Refusal::FromTheFuture("the time from which the subject confirmation is valid")));
    assert_eq!(judged(bearer(format!("Recipient=\"{AUDIENCE}\""))), Ok(()));
    assert_eq!(judged(bearer("Recipient=\"https://dossier.example/xds/registry\"".to_owned())), Ok(()));
    assert!(matches!(judged(bearer("Recipient=\"https://elsewhere.example\"".to_owned())), Err(Refusal::NotConfirmed(_))));
    let vouched = judged(|said| said.confirmation.0 = "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches".to_owned());
    assert!(matches!(vouched, Err(Refusal::NotConfirmed(_))));
}

#[test]
fn the_holder_of_a_key_shows_it_on_the_connection() {
    let certificate = hex::encode(ISSUER.certificate.digest(openssl::hash::MessageDigest::sha256()).unwrap());
    let held = |said: &mut Said| {
        use base64::Engine as _;
        let text = base64::engine::general_purpose::STANDARD.encode(ISSUER.certificate.to_der().unwrap());
        let data = format!(
            concat!(
                r#"<saml2:SubjectConfirmationData><ds:KeyInfo xmlns:ds="{}"><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate>"#,
                "</ds:X509Data></ds:KeyInfo></saml2:SubjectConfirmationData>"
            ),
            ns::DSIG,
            text
        );
        said.confirmation = ("urn:oasis:names:tc:SAML:2.0:cm:holder-of-key".to_owned(), data);
    };
    assert_eq!(judged_with(Some(&certificate), held), Ok(()));
    assert!(matches!(judged_with(Some("another"), held), Err(Refusal::NotConfirmed(_))));
    assert!(matches!(judged_with(None, held), Err(Refusal::NotConfirmed(_))));
    let without_key = |said: &mut Said| said.confirmation.0 = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key".to_owned();
    assert!(matches!(judged_with(Some(&certificate), without_key), Err(Refusal::NotConfirmed(_))));
}

#[test]
fn the_user_was_authenticated_strongly_and_in_the_past() {
    let weak = judged(|said| said.authn_context = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password".to_owned());
    assert_eq!(weak, Err(Refusal::AuthenticationContext));
    assert_eq!(judged(|said| said.authn_instant = NOW + 61), Err(Refusal::FromTheFuture("the authentication of the user")));
    // Every statement counts, not the one that suits.
    let ended = format!("\" SessionNotOnOrAfter=\"{}", written(NOW - 3600));
    let said = said();
    let ended = said.unsigned(NAME).replacen("\"><saml2:AuthnContext>", &format!("{ended}\"><saml2:AuthnContext>"), 1);
    let opened = open(&ISSUER.sign(&ended, &said.id)).unwrap();
    assert_eq!(opened.check(&expected(), AT, None), Err(Refusal::Expired("the session of the user")));
    let mut none = opened;
    none.authentications.clear();
    assert_eq!(none.check(&expected(), AT, None), Err(Refusal::Malformed("there is no AuthnStatement")));
}

#[test]
fn one_role_and_every_purpose_are_accepted() {
    assert_eq!(judged(|said| said.role.0 = "159561009".to_owned()), Err(Refusal::Role));
    assert_eq!(judged(|said| said.role.1 = "2.999".to_owned()), Err(Refusal::Role));
    assert_eq!(judged(|said| said.purpose_of_use.0 = "MARKETING".to_owned()), Err(Refusal::PurposeOfUse));
    let coded = |name: &str, code: &str| format!(r#"<{name} xmlns="urn:hl7-org:v3" code="{code}" codeSystem="2.999"></{name}>"#);
    let second_role = attribute("urn:oasis:names:tc:xacml:2.0:subject:role", &coded("Role", "x"));
    assert_eq!(judged(|said| said.attributes = second_role), Ok(()));
    let second_purpose = attribute("urn:oasis:names:tc:xspa:1.0:subject:purposeofuse", &coded("PurposeOfUse", "x"));
    assert_eq!(judged(|said| said.attributes = second_purpose), Err(Refusal::PurposeOfUse));
}

#[test]
fn a_timestamp_is_checked_where_there_is_one() {
    let check = |content: &str| {
        let timestamp = format!(r#"<u:Timestamp xmlns:u="{}">{content}</u:Timestamp>"#, ns::WSU);
        let security = soap::read(message(&timestamp).as_bytes(), &XmlLimits::default(), None).unwrap().security.unwrap();
        security.check_timestamp(AT, Duration::from_secs(60))
    };
    let created = |at| format!("<u:Created>{}</u:Created>", written(at));
    let expires = |at| format!("<u:Expires>{}</u:Expires>", written(at));
    assert_eq!(check(&(created(NOW + 60) + &expires(NOW + 300))), Ok(()));
    assert_eq!(check(""), Ok(()));
    assert_eq!(check(&created(NOW + 61)), Err(Refusal::FromTheFuture("the time at which the message was created")));
    assert_eq!(check(&expires(NOW - 60)), Err(Refusal::MessageExpired));
    assert!(matches!(check("<u:Created>yesterday</u:Created>"), Err(Refusal::Malformed(_))));
    assert!(matches!(check(&expires(NOW).repeat(2)), Err(Refusal::Malformed(_))));
}
