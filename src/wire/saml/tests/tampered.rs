//! Assertions that somebody changed, cut, or signed otherwise.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::sign::Signer;

use super::saml_issuer::{SIGNATURE, SamlIssuer};
use super::*;

#[test]
fn a_change_anywhere_breaks_the_digest() {
    let genuine = ISSUER.issue(&said());
    for (from, to) in [
        ("joan", "mallory"),
        ("Version=\"2.0\"", "Version=\"2.0\" x=\"1\""),
        ("112247003", "112247004"),
        ("<saml2:Subject>", "<saml2:Subject><saml2:NameID>mallory</saml2:NameID>"),
        ("<saml2:Subject>", " <saml2:Subject>"),
        ("cm:bearer", "cm:Bearer"),
        ("<Role xmlns=\"urn:hl7-org:v3\"", "<Role xmlns=\"urn:hl7-org:v4\""),
    ] {
        let changed = genuine.replacen(from, to, 1);
        assert_ne!(changed, genuine);
        assert_eq!(open(&changed), Err(Refusal::DigestMismatch), "{from} to {to}");
    }
}

/// A comment is no part of what is signed, and none of what is read: it can split no name.
#[test]
fn comments_split_nothing() {
    let said = Said::of("admin@example.org.evil.example", NOW);
    let signed = ISSUER.issue(&said);
    let split = signed.replace("admin@example.org.evil", "admin@example.org<!-- -->.evil");
    assert_eq!(open(&split).unwrap().name_id, said.subject);
    let issuer = signed.replace(NAME, "urn:example<!-- x -->:issuer");
    assert_eq!(open(&issuer).unwrap().issuer, NAME);
    let cdata = signed.replace("admin@", "<![CDATA[admin@]]>");
    assert_eq!(open(&cdata).unwrap().name_id, said.subject);
}

#[test]
fn a_document_type_and_instructions_are_no_xml_here() {
    let genuine = message(&ISSUER.issue(&said()));
    for before in ["<!DOCTYPE e [<!ENTITY x 'y'>]>", "<?xml-stylesheet href='x'?>"] {
        assert!(soap::read(format!("{before}{genuine}").as_bytes(), &XmlLimits::default(), None).is_err());
    }
    let inside = genuine.replace("<saml2:Subject>", "<?pi?><saml2:Subject>");
    assert!(soap::read(inside.as_bytes(), &XmlLimits::default(), None).is_err());
}

#[test]
fn nobody_else_signs_for_the_issuer() {
    let stranger = SamlIssuer::ec(NAME, Nid::X9_62_PRIME256V1);
    assert_eq!(open(&stranger.issue(&said())), Err(Refusal::BadSignature));
    // Its certificate in the message makes it no less strange.
    let certificate = STANDARD.encode(stranger.certificate.to_der().unwrap());
    let key_info = format!(
        "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"
    );
    assert_eq!(open(&stranger.issue(&said()).replace("</ds:Signature>", &key_info)), Err(Refusal::BadSignature));
    let other_kind = SamlIssuer::rsa(NAME, 2048);
    assert_eq!(open(&other_kind.issue(&said())), Err(Refusal::BadSignature));
    let other_name = SamlIssuer::with("urn:example:other", ISSUER.key.clone(), (0, 4_000_000_000));
    assert_eq!(open(&other_name.issue(&said())), Err(Refusal::UnknownIssuer));
    assert_eq!(open(&said().unsigned(NAME).replace(SIGNATURE, "")), Err(Refusal::Unsigned));
}

/// A signature with the public key as the secret of a MAC, one with SHA-1, and no algorithm at all.
#[test]
fn algorithms_are_not_confused() {
    let said = said();
    let unsigned = said.unsigned(NAME);
    let signed_info = ISSUER.signed_info(&unsigned.replace(SIGNATURE, ""), &said.id);
    let method = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
    let public = ISSUER.key.public_key_to_pem().unwrap();
    for secret in [public, ISSUER.pem(), ISSUER.key.public_key_to_der().unwrap()] {
        let signed_info = signed_info.replace(method, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256");
        let key = PKey::hmac(&secret).unwrap();
        let value = Signer::new(MessageDigest::sha256(), &key).unwrap().sign_oneshot_to_vec(signed_info.as_bytes()).unwrap();
        let value = STANDARD.encode(value);
        let signature =
            format!("<ds:Signature xmlns:ds=\"{}\">{signed_info}<ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>", ns::DSIG);
        assert!(matches!(open(&unsigned.replace(SIGNATURE, &signature)), Err(Refusal::UnsupportedAlgorithm(_))));
    }
    for (from, to) in [
        (method, "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
        (method, "http://www.w3.org/2000/09/xmldsig#hmac-sha1"),
        (method, ""),
        ("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1"),
        ("xmldsig#enveloped-signature", "xmldsig#base64"),
        (
            "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"",
            "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"",
        ),
        (
            "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"",
            "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#WithComments\"",
        ),
        ("</ds:SignatureMethod>", "<ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>"),
        ("</ds:Transforms>", "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"></ds:Transform></ds:Transforms>"),
    ] {
        let changed = signed_info.replacen(from, to, 1);
        assert_ne!(changed, signed_info, "{from}");
        let opened = open(&unsigned.replace(SIGNATURE, &ISSUER.signature(&changed)));
        assert!(matches!(opened, Err(Refusal::UnsupportedAlgorithm(_))), "{to}: {opened:?}");
    }
}

/// Validly signed, and still not what this profile lets a signature be.
#[test]
fn a_reference_is_to_the_assertion_and_the_only_one() {
    let said = said();
    let unsigned = said.unsigned(NAME);
    let signed_info = ISSUER.signed_info(&unsigned.replace(SIGNATURE, ""), &said.id);
    let own = format!("URI=\"#{}\"", said.id);
    let reference = &signed_info[signed_info.find("<ds:Reference").unwrap()..signed_info.find("</ds:SignedInfo>").unwrap()];
    for changed in [
        signed_info.replace(&own, "URI=\"\""),
        signed_info.replace(&own, "URI=\"#_other\""),
        signed_info.replace(&own, &format!("URI=\"#xpointer(id('{}'))\"", said.id)),
        signed_info.replace(&own, "URI=\"http://127.0.0.1/\""),
        signed_info.replace(&own, ""),
        signed_info.replace("</ds:SignedInfo>", &format!("{reference}</ds:SignedInfo>")),
        signed_info.replace(reference, ""),
    ] {
        assert_ne!(changed, signed_info);
        let opened = open(&unsigned.replace(SIGNATURE, &ISSUER.signature(&changed)));
        assert!(matches!(opened, Err(Refusal::Malformed(_))), "{opened:?}");
    }
}

#[test]
fn signatures_of_the_wrong_size_are_no_signatures() {
    let genuine = ISSUER.issue(&said());
    let (before, rest) = genuine.split_once("<ds:SignatureValue>").unwrap();
    let (_, after) = rest.split_once("</ds:SignatureValue>").unwrap();
    for value in [vec![], vec![0; 63], vec![0; 64], vec![0; 65], vec![255; 64], vec![1; 4096]] {
        let changed = format!("{before}<ds:SignatureValue>{}</ds:SignatureValue>{after}", STANDARD.encode(value));
        assert_eq!(open(&changed), Err(Refusal::BadSignature));
    }
    let changed = format!("{before}<ds:SignatureValue>*</ds:SignatureValue>{after}");
    assert!(matches!(open(&changed), Err(Refusal::Malformed(_))));
}

#[test]
fn other_tokens_are_refused_by_name() {
    let encrypted = r#"<saml2:EncryptedAssertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"></saml2:EncryptedAssertion>"#;
    let user = format!(r#"<w:UsernameToken xmlns:w="{}"></w:UsernameToken>"#, ns::WSSE);
    let old = r#"<Assertion xmlns="urn:oasis:names:tc:SAML:1.0:assertion"></Assertion>"#;
    assert_eq!(open(encrypted), Err(Refusal::UnsupportedToken));
    assert_eq!(open(&format!("{encrypted}{}", ISSUER.issue(&said()))), Err(Refusal::UnsupportedToken));
    assert_eq!(open(&user), Err(Refusal::UnsupportedToken));
    assert_eq!(open(&format!("{user}{}", ISSUER.issue(&said()))), Err(Refusal::UnsupportedToken));
    assert!(open(old).is_err());
}

#[test]
fn an_assertion_of_immoderate_length_is_refused() {
    let mut said = said();
    said.attributes = saml_issuer::attribute("urn:unknown", &"x".repeat(300_000));
    assert!(matches!(open(&ISSUER.issue(&said)), Err(Refusal::Malformed(_))));
}

#[test]
fn shapes_that_saml_does_not_know_are_refused_even_if_signed() {
    let said = said();
    let unsigned = said.unsigned(NAME);
    for (from, to) in [
        ("Version=\"2.0\"", "Version=\"1.1\""),
        ("<saml2:NameID>joan</saml2:NameID>", ""),
        ("<saml2:NameID>joan</saml2:NameID>", "<saml2:NameID></saml2:NameID>"),
        ("<saml2:NameID>joan</saml2:NameID>", "<saml2:NameID>joan</saml2:NameID><saml2:NameID>mallory</saml2:NameID>"),
        ("<saml2:NameID>joan</saml2:NameID>", "<saml2:NameID>jo<saml2:x>an</saml2:x></saml2:NameID>"),
        ("</saml2:Conditions>", "<x:Limit xmlns:x=\"urn:x\"></x:Limit></saml2:Conditions>"),
        ("</saml2:Conditions>", "</saml2:Conditions><saml2:Conditions></saml2:Conditions>"),
        ("NotBefore=\"2", "NotBefore=\"x"),
        ("AuthnInstant=\"2", "AuthnInstant=\"x"),
        ("code=\"112247003\"", "code=\"\""),
        ("</saml2:AttributeStatement>", &saml_issuer::attribute("urn:oasis:names:tc:xspa:1.0:subject:subject-id", "Somebody Else")),
    ] {
        let mut changed = unsigned.replacen(from, to, 1);
        if !changed.contains("</saml2:AttributeStatement>") {
            changed = changed.replace("</saml2:Assertion>", "</saml2:AttributeStatement></saml2:Assertion>");
        }
        assert_ne!(changed, unsigned, "{from}");
        let opened = open(&ISSUER.sign(&changed, &said.id));
        assert!(matches!(opened, Err(Refusal::Malformed(_))), "{from} to {to}: {opened:?}");
    }
}

/// Each use of the prefix repeats its namespace in canonical form: 16 MB as sent would be terabytes.
#[test]
fn an_assertion_that_grows_in_canonical_form_is_refused() {
    let uses = "<p:a></p:a>".repeat(1000);
    let grown = ISSUER.issue(&said()).replace("<saml2:Subject>", &format!("{uses}<saml2:Subject>"));
    let message = message(&grown).replacen("<e:Header", &format!("<e:Header xmlns:p=\"{}\"", "u".repeat(1000)), 1);
    assert_eq!(open_message(&message, &ISSUER), Err(Refusal::Malformed("the assertion is longer than 256 KiB")));
}
