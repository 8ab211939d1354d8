//! What has to be accepted, and what is read of it.

use openssl::nid::Nid;

use super::saml_issuer::{SIGNATURE, SamlIssuer, attribute, written};
use super::*;
use crate::model::person::{CodedClaim, InstanceIdentifier};
use crate::wire::saml::{ConfirmationMethod, UnusableCertificate};

#[test]
fn every_algorithm_of_the_allow_list() {
    let mut issuers = vec![SamlIssuer::rsa(NAME, 2048), SamlIssuer::ec(NAME, Nid::X9_62_PRIME256V1), SamlIssuer::ec(NAME, Nid::SECP384R1)];
    for issuer in &mut issuers {
        for bits in [256, 384, 512] {
            issuer.bits = bits;
            let opened = open_message(&message(&issuer.issue(&said())), issuer);
            assert_eq!(opened.map(|assertion| assertion.name_id), Ok("joan".to_owned()), "{bits}");
        }
    }
}

#[test]
fn weak_keys_are_not_trusted() {
    let mut issuers = TrustedIssuers::default();
    for weak in [SamlIssuer::rsa(NAME, 1024), SamlIssuer::ec(NAME, Nid::SECP256K1), SamlIssuer::ec(NAME, Nid::SECP224R1)] {
        assert_eq!(issuers.trust(NAME, &weak.pem()), Err(UnusableCertificate::Key));
    }
    assert_eq!(issuers.trust(NAME, b"no certificate"), Err(UnusableCertificate::NotPem));
    assert_eq!(issuers.trust(NAME, b""), Err(UnusableCertificate::NotPem));
}

#[test]
fn keys_change_without_a_break_and_expire() {
    let old = SamlIssuer::with(NAME, ISSUER.key.clone(), (NOW - 100, NOW - 1));
    let new = SamlIssuer::ec(NAME, Nid::SECP384R1);
    let security = |issuer: &SamlIssuer| {
        soap::read(message(&issuer.issue(&said())).as_bytes(), &XmlLimits::default(), None).unwrap().security.unwrap()
    };
    let mut issuers = TrustedIssuers::default();
    issuers.trust(NAME, &old.pem()).unwrap();
    assert_eq!(security(&old).assertion(&issuers, AT), Err(Refusal::IssuerCertificateNotValid));
    assert!(security(&old).assertion(&issuers, Instant((NOW - 2) * 1_000_000)).is_ok());
    issuers.trust(NAME, &new.pem()).unwrap();
    assert!(security(&new).assertion(&issuers, AT).is_ok());
    assert_eq!(security(&old).assertion(&issuers, AT), Err(Refusal::BadSignature), "its certificate has expired");
}

#[test]
fn everything_that_is_said_is_read() {
    let mut said = said();
    let identifier = r#"<id xmlns="urn:hl7-org:v3" extension="D01" root="2.999.442.2.1"></id>"#;
    said.attributes = [
        attribute("urn:ihe:iti:xca:2010:homeCommunityId", "urn:oid:1.2"),
        attribute("urn:oasis:names:tc:xspa:1.0:subject:npi", " 4711 "),
        attribute("urn:ihe:iti:xua:2017:subject:provider-identifier", identifier),
        attribute("urn:oasis:names:tc:xacml:2.0:resource:resource-id", "P1^^^&amp;1.2&amp;ISO"),
        attribute("urn:ihe:iti:bppc:2007:docid", "1.2.3"),
        attribute("urn:ihe:iti:xua:2012:acp", "urn:oid:1.2.4"),
        attribute("urn:oasis:names:tc:xspa:1.0:subject:organization", "Second"),
        attribute("urn:oasis:names:tc:xspa:1.0:subject:organization", ""),
        attribute("urn:unknown", r#"<x:a xmlns:x="urn:x">1</x:a>"#),
    ]
    .concat();
    said.conditions = "<saml2:OneTimeUse></saml2:OneTimeUse><saml2:ProxyRestriction></saml2:ProxyRestriction>".to_owned();
    let read = open(&ISSUER.issue(&said)).unwrap();
    assert_eq!((read.id, read.issuer, read.name_id), (said.id, NAME.to_owned(), "joan".to_owned()));
    assert_eq!((read.issued_at, read.not_before), (AT, AT));
    assert_eq!(read.not_on_or_after, Instant((NOW + 3600) * 1_000_000));
    assert!(read.one_time_use);
    assert_eq!(read.audiences, [[saml_issuer::AUDIENCE.to_owned()]]);
    assert_eq!(read.confirmations[0].method, ConfirmationMethod::Bearer);
    assert_eq!(read.authentications[0].context_class.as_deref(), Some(saml_issuer::X509_CONTEXT));
    let claims = read.claims;
    assert_eq!(claims.subject_id.as_deref(), Some("Joan Provider"));
    assert_eq!(claims.organizations, ["Hospital", "Second"]);
    assert_eq!(claims.organization_ids, ["urn:oid:2.999.7"]);
    assert_eq!(claims.home_community_id.as_deref(), Some("urn:oid:1.2"));
    assert_eq!(claims.npi.as_deref(), Some("4711"));
    assert_eq!(claims.provider_identifiers, [InstanceIdentifier { root: "2.999.442.2.1".to_owned(), extension: "D01".to_owned() }]);
    assert_eq!(claims.resource_id.as_deref(), Some("P1^^^&1.2&ISO"));
    assert_eq!((claims.consent_documents, claims.consent_policies), (vec!["1.2.3".to_owned()], vec!["urn:oid:1.2.4".to_owned()]));
    let coded = |code: &str, system: &str| CodedClaim { code: code.to_owned(), system: system.to_owned(), display: None };
    assert_eq!(claims.roles, [coded("112247003", "2.16.840.1.113883.6.96")]);
    assert_eq!(claims.purposes_of_use, [coded("TREATMENT", "2.16.840.1.113883.3.18.7.1")]);
}

/// With a PrefixList the namespaces of the envelope around the assertion are part of what is signed.
#[test]
fn prefixes_of_the_list_are_taken_from_the_envelope() {
    let said = said();
    let unsigned = said.unsigned(NAME);
    let canonical =
        unsigned.replace(SIGNATURE, "").replacen(r#"assertion" ID"#, r#"assertion" xmlns:xs="http://www.w3.org/2001/XMLSchema" ID"#, 1);
    let list = format!(
        r#"<ec:InclusiveNamespaces xmlns:ec="{}" PrefixList="xs"></ec:InclusiveNamespaces></ds:Transform></ds:Transforms>"#,
        ns::EXCLUSIVE_C14N
    );
    let signed_info = ISSUER.signed_info(&canonical, &said.id).replace("</ds:Transform></ds:Transforms>", &list);
    let signed = unsigned.replace(SIGNATURE, &ISSUER.signature(&signed_info));
    assert!(open(&signed).is_ok());
    let elsewhere = message(&signed).replace("2001/XMLSchema", "2002/XMLSchema");
    assert_eq!(open_message(&elsewhere, &ISSUER), Err(Refusal::DigestMismatch));
}

#[test]
fn what_surrounds_the_assertion_is_of_no_consequence() {
    let assertion = ISSUER.issue(&said());
    let timestamp = format!(r#"<u:Timestamp xmlns:u="{}" u:Id="t"><u:Created>{}</u:Created></u:Timestamp>"#, ns::WSU, written(NOW));
    assert!(open(&format!("\n {timestamp}<!-- c -->{assertion}\n")).is_ok());
    let reindented =
        assertion.replace("<ds:SignatureValue>", "<ds:SignatureValue>\n  ").replace("</ds:SignatureValue>", "\n</ds:SignatureValue>");
    assert!(open(&reindented).is_ok(), "white space in base64 is of no consequence");
}
