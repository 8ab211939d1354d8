//! An issuer of assertions for tests. It writes canonical XML by hand, so that it shares nothing with the verifier but the
//! standard.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::ecdsa::EcdsaSig;
use openssl::hash::{MessageDigest, hash};
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::Signer;
use openssl::x509::{X509, X509Name};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The name of the service in tests.
pub const AUDIENCE: &str = "https://dossier.example/xds";
/// The strong authentication of tests.
pub const X509_CONTEXT: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:X509";
/// Where the signature goes in an assertion that is not signed yet.
pub const SIGNATURE: &str = "<!--signature-->";

const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// Somebody who vouches for people.
pub struct SamlIssuer {
    /// The name in its assertions.
    pub name: String,
    /// Its private key.
    pub key: PKey<Private>,
    /// Its certificate.
    pub certificate: X509,
    /// The bits of SHA-2 it signs with: 256, 384 or 512.
    pub bits: u16,
}

/// What an assertion says.
#[derive(Clone)]
pub struct Said {
    pub id: String,
    pub subject: String,
    pub audience: String,
    /// Seconds since 1970.
    pub issued: i64,
    pub not_before: i64,
    pub not_on_or_after: i64,
    pub authn_instant: i64,
    pub authn_context: String,
    /// Method, and what stands in the SubjectConfirmation.
    pub confirmation: (String, String),
    /// More conditions.
    pub conditions: String,
    /// Code and code system.
    pub role: (String, String),
    pub purpose_of_use: (String, String),
    /// The organisation, a URI.
    pub organization_id: Option<String>,
    /// More attributes.
    pub attributes: String,
}

impl Said {
    /// A good assertion about `subject`, made at this second.
    pub fn of(subject: &str, now: i64) -> Self {
        Self {
            id: format!("_{}", uuid::Uuid::new_v4().simple()),
            subject: subject.to_owned(),
            audience: AUDIENCE.to_owned(),
            issued: now,
            not_before: now,
            not_on_or_after: now + 3600,
            authn_instant: now - 60,
            authn_context: X509_CONTEXT.to_owned(),
            confirmation: ("urn:oasis:names:tc:SAML:2.0:cm:bearer".to_owned(), String::new()),
            conditions: String::new(),
            role: ("112247003".to_owned(), "2.16.840.1.113883.6.96".to_owned()),
            purpose_of_use: ("TREATMENT".to_owned(), "2.16.840.1.113883.3.18.7.1".to_owned()),
            organization_id: Some("urn:oid:2.999.7".to_owned()),
            attributes: String::new(),
        }
    }

    /// The assertion in canonical form, with [`SIGNATURE`] where the signature goes.
    pub fn unsigned(&self, issuer: &str) -> String {
        let (method, data) = &self.confirmation;
        let coded = |name: &str, (code, system): &(String, String)| {
            let xsi = "http://www.w3.org/2001/XMLSchema-instance";
            format!(r#"<{name} xmlns="urn:hl7-org:v3" xmlns:xsi="{xsi}" code="{code}" codeSystem="{system}" xsi:type="CE"></{name}>"#)
        };
        let attributes = [
            attribute("urn:oasis:names:tc:xspa:1.0:subject:subject-id", "Joan Provider"),
            attribute("urn:oasis:names:tc:xspa:1.0:subject:organization", "Hospital"),
            self.organization_id.iter().map(|id| attribute("urn:oasis:names:tc:xspa:1.0:subject:organization-id", id)).collect(),
            attribute("urn:oasis:names:tc:xacml:2.0:subject:role", &coded("Role", &self.role)),
            attribute("urn:oasis:names:tc:xspa:1.0:subject:purposeofuse", &coded("PurposeOfUse", &self.purpose_of_use)),
            self.attributes.clone(),
        ];
        format!(
            concat!(
                r#"<saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" ID="{id}" IssueInstant="{issued}" Version="2.0">"#,
                "<saml2:Issuer>{issuer}</saml2:Issuer>{signature}",
                r#"<saml2:Subject><saml2:NameID>{subject}</saml2:NameID><saml2:SubjectConfirmation Method="{method}">{data}"#,
                "</saml2:SubjectConfirmation></saml2:Subject>",
                r#"<saml2:Conditions NotBefore="{not_before}" NotOnOrAfter="{not_on_or_after}">"#,
                "<saml2:AudienceRestriction><saml2:Audience>{audience}</saml2:Audience></saml2:AudienceRestriction>{conditions}",
                r#"</saml2:Conditions><saml2:AuthnStatement AuthnInstant="{authn_instant}"><saml2:AuthnContext>"#,
                "<saml2:AuthnContextClassRef>{context}</saml2:AuthnContextClassRef></saml2:AuthnContext></saml2:AuthnStatement>",
                "<saml2:AttributeStatement>{attributes}</saml2:AttributeStatement></saml2:Assertion>"
            ),
            id = self.id,
            issued = written(self.issued),
            issuer = issuer,
            signature = SIGNATURE,
            subject = self.subject,
            method = method,
            data = data,
            not_before = written(self.not_before),
            not_on_or_after = written(self.not_on_or_after),
            audience = self.audience,
            conditions = self.conditions,
            authn_instant = written(self.authn_instant),
            context = self.authn_context,
            attributes = attributes.concat(),
        )
    }
}

/// An attribute with one value, in canonical form.
pub fn attribute(name: &str, value: &str) -> String {
    format!(r#"<saml2:Attribute Name="{name}"><saml2:AttributeValue>{value}</saml2:AttributeValue></saml2:Attribute>"#)
}

/// A time as assertions write it; `seconds` since 1970.
pub fn written(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap().format(&Rfc3339).unwrap()
}

impl SamlIssuer {
    /// One with an RSA key.
    pub fn rsa(name: &str, key_bits: u32) -> Self {
        Self::with(name, PKey::from_rsa(Rsa::generate(key_bits).unwrap()).unwrap(), (0, 4_000_000_000))
    }

    /// One whose certificate is valid from and until these seconds since 1970.
    pub fn ec_valid(name: &str, validity: (i64, i64)) -> Self {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        Self::with(name, PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap(), validity)
    }

    /// One with a key on this curve.
    pub fn ec(name: &str, curve: Nid) -> Self {
        let group = EcGroup::from_curve_name(curve).unwrap();
        Self::with(name, PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap(), (0, 4_000_000_000))
    }

    /// One with this key and a certificate valid from one second to another.
    pub fn with(name: &str, key: PKey<Private>, (from, until): (i64, i64)) -> Self {
        let mut subject = X509Name::builder().unwrap();
        subject.append_entry_by_text("CN", "assertions, for tests only").unwrap();
        let subject = subject.build();
        let mut certificate = X509::builder().unwrap();
        certificate.set_version(2).unwrap();
        certificate.set_serial_number(&BigNum::from_u32(1).unwrap().to_asn1_integer().unwrap()).unwrap();
        certificate.set_subject_name(&subject).unwrap();
        certificate.set_issuer_name(&subject).unwrap();
        certificate.set_not_before(&Asn1Time::from_unix(from).unwrap()).unwrap();
        certificate.set_not_after(&Asn1Time::from_unix(until).unwrap()).unwrap();
        certificate.set_pubkey(&key).unwrap();
        certificate.sign(&key, MessageDigest::sha256()).unwrap();
        Self { name: name.to_owned(), certificate: certificate.build(), key, bits: 256 }
    }

    /// Its certificate in PEM.
    pub fn pem(&self) -> Vec<u8> {
        self.certificate.to_pem().unwrap()
    }

    /// A signed assertion.
    pub fn issue(&self, said: &Said) -> String {
        self.sign(&said.unsigned(&self.name), &said.id)
    }

    /// Signs an assertion in canonical form, whose identifier is `id`, at its [`SIGNATURE`].
    pub fn sign(&self, unsigned: &str, id: &str) -> String {
        let signed_info = self.signed_info(&unsigned.replace(SIGNATURE, ""), id);
        unsigned.replace(SIGNATURE, &self.signature(&signed_info))
    }

    /// `ds:SignedInfo` over `content`, in canonical form.
    pub fn signed_info(&self, content: &str, id: &str) -> String {
        let digest = hash(self.digest(), content.as_bytes()).unwrap();
        let family = if self.key.id() == Id::RSA { "rsa" } else { "ecdsa" };
        let digest_method = match self.bits {
            384 => format!("{MORE}sha384"),
            bits => format!("http://www.w3.org/2001/04/xmlenc#sha{bits}"),
        };
        format!(
            concat!(
                r#"<ds:SignedInfo xmlns:ds="{dsig}"><ds:CanonicalizationMethod Algorithm="{exclusive}"></ds:CanonicalizationMethod>"#,
                r#"<ds:SignatureMethod Algorithm="{more}{family}-sha{bits}"></ds:SignatureMethod><ds:Reference URI="{reference}"><ds:Transforms>"#,
                r#"<ds:Transform Algorithm="{dsig}enveloped-signature"></ds:Transform><ds:Transform Algorithm="{exclusive}"></ds:Transform>"#,
                r#"</ds:Transforms><ds:DigestMethod Algorithm="{digest_method}"></ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue>"#,
                "</ds:Reference></ds:SignedInfo>"
            ),
            dsig = DSIG,
            exclusive = EXCLUSIVE,
            more = MORE,
            family = family,
            bits = self.bits,
            reference = format!("#{id}"),
            digest_method = digest_method,
            digest = STANDARD.encode(digest),
        )
    }

    /// `ds:Signature` over a SignedInfo in canonical form.
    pub fn signature(&self, signed_info: &str) -> String {
        let mut signer = Signer::new(self.digest(), &self.key).unwrap();
        let mut value = signer.sign_oneshot_to_vec(signed_info.as_bytes()).unwrap();
        if let Ok(key) = self.key.ec_key() {
            let length = i32::try_from(key.group().degree().div_ceil(8)).unwrap();
            let pair = EcdsaSig::from_der(&value).unwrap();
            value = [pair.r(), pair.s()].iter().flat_map(|number| number.to_vec_padded(length).unwrap()).collect();
        }
        let value = STANDARD.encode(value);
        format!(r#"<ds:Signature xmlns:ds="{DSIG}">{signed_info}<ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>"#)
    }

    fn digest(&self) -> MessageDigest {
        match self.bits {
            384 => MessageDigest::sha384(),
            512 => MessageDigest::sha512(),
            _ => MessageDigest::sha256(),
        }
    }
}
