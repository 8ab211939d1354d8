//! Assertions of our own, for the demo, for tests and for connectathons: what [`super::SecurityHeader::assertion`] reads.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::error::ErrorStack;
use openssl::hash::{MessageDigest, hash};
use openssl::pkey::{PKey, Private};
use openssl::sign::Signer;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Canonical;
use super::claims::{ACCESS_REASON, ORGANIZATION_ID, PERSON, PROVIDER_IDENTIFIER, PURPOSE_OF_USE, REPRESENTATIVE, ROLE, SUBJECT_ID};
use crate::model::person::{CodedClaim, SubjectClaims};
use crate::model::timestamp::Instant;
use crate::wire::xml::{XmlLimits, XmlWriter, ns, parse};

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
const X509: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:X509";
/// The signature comes after the issuer (SAML Core, 2.3.3).
const END_OF_ISSUER: &[u8] = b"</saml2:Issuer>";

/// What an assertion is to say.
#[derive(Debug, Clone)]
pub struct AssertionDraft<'a> {
    /// Its identifier, an XML name that nobody has used before.
    pub id: &'a str,
    /// Who vouches.
    pub issuer: &'a str,
    /// The subject's name with the issuer.
    pub name_id: &'a str,
    /// The service it is for.
    pub audience: &'a str,
    /// The first instant at which it holds.
    pub from: Instant,
    /// The first instant at which it no longer does.
    pub until: Instant,
    /// What it says of the subject.
    pub claims: &'a SubjectClaims,
}

/// An assertion could not be made.
#[derive(Debug, thiserror::Error)]
pub enum IssuingError {
    /// A value cannot stand in XML.
    #[error("the assertion cannot be written: {0}")]
    Unwritable(String),
    /// The key does not sign.
    #[error("the assertion cannot be signed: {0}")]
    Key(#[from] ErrorStack),
}

impl From<io::Error> for IssuingError {
    fn from(error: io::Error) -> Self {
        Self::Unwritable(error.to_string())
    }
}

impl AssertionDraft<'_> {
    /// Signs it with an RSA key; bytes that a security header takes as they are.
    ///
    /// # Errors
    /// [`IssuingError`].
    pub fn sign(&self, key: &PKey<Private>) -> Result<Vec<u8>, IssuingError> {
        let unsigned = canonical(&self.unsigned()?)?;
        let signed_info = canonical(&signed_info(self.id, &hash(MessageDigest::sha256(), &unsigned)?)?)?;
        let value = Signer::new(MessageDigest::sha256(), key)?.sign_oneshot_to_vec(&signed_info)?;
        let mut signature = XmlWriter::new(Vec::new());
        signature.start("ds:Signature", &[("xmlns:ds", ns::DSIG)])?;
        signature.raw(&signed_info)?;
        signature.leaf("ds:SignatureValue", &[], &STANDARD.encode(value))?;
        signature.end("ds:Signature")?;
        Ok(spliced(&unsigned, &signature.into_inner()))
    }

    fn unsigned(&self) -> io::Result<Vec<u8>> {
        let (from, until) = (written(self.from), written(self.until));
        let mut xml = XmlWriter::new(Vec::new());
        xml.start("saml2:Assertion", &[("xmlns:saml2", ns::SAML), ("ID", self.id), ("IssueInstant", &from), ("Version", "2.0")])?;
        xml.leaf("saml2:Issuer", &[], self.issuer)?;
        xml.start("saml2:Subject", &[])?;
        xml.leaf("saml2:NameID", &[], self.name_id)?;
        xml.start("saml2:SubjectConfirmation", &[("Method", BEARER)])?;
        xml.empty("saml2:SubjectConfirmationData", &[("NotOnOrAfter", &until)])?;
        xml.end("saml2:SubjectConfirmation")?;
        xml.end("saml2:Subject")?;
        xml.start("saml2:Conditions", &[("NotBefore", &from), ("NotOnOrAfter", &until)])?;
        xml.start("saml2:AudienceRestriction", &[])?;
        xml.leaf("saml2:Audience", &[], self.audience)?;
        xml.end("saml2:AudienceRestriction")?;
        xml.end("saml2:Conditions")?;
        xml.start("saml2:AuthnStatement", &[("AuthnInstant", &from)])?;
        xml.start("saml2:AuthnContext", &[])?;
        xml.leaf("saml2:AuthnContextClassRef", &[], X509)?;
        xml.end("saml2:AuthnContext")?;
        xml.end("saml2:AuthnStatement")?;
        xml.start("saml2:AttributeStatement", &[])?;
        self.attributes(&mut xml)?;
        xml.end("saml2:AttributeStatement")?;
        xml.end("saml2:Assertion")?;
        Ok(xml.into_inner())
    }

    fn attributes(&self, xml: &mut XmlWriter<Vec<u8>>) -> io::Result<()> {
        let claims = self.claims;
        let texts = [
            (SUBJECT_ID, claims.subject_id.clone()),
            (PERSON, claims.person.as_ref().map(ToString::to_string)),
            (REPRESENTATIVE, claims.representative.as_ref().map(ToString::to_string)),
            (ACCESS_REASON, claims.access_reason.clone()),
        ];
        for (names, text) in texts {
            text.map_or(Ok(()), |text| attribute(xml, names, |xml| xml.text(&text)))?;
        }
        for id in &claims.organization_ids {
            attribute(xml, ORGANIZATION_ID, |xml| xml.text(id))?;
        }
        for id in &claims.provider_identifiers {
            let attributes = [("xmlns", ns::HL7V3), ("root", &*id.root), ("extension", &*id.extension)];
            attribute(xml, PROVIDER_IDENTIFIER, |xml| xml.empty("id", &attributes))?;
        }
        claims.roles.iter().try_for_each(|role| attribute(xml, ROLE, |xml| coded(xml, "Role", role)))?;
        claims.purposes_of_use.iter().try_for_each(|purpose| attribute(xml, PURPOSE_OF_USE, |xml| coded(xml, "PurposeOfUse", purpose)))
    }
}

type Xml = XmlWriter<Vec<u8>>;

/// An attribute under the first of its names.
fn attribute(xml: &mut Xml, names: &[&str], value: impl FnOnce(&mut Xml) -> io::Result<()>) -> io::Result<()> {
    xml.start("saml2:Attribute", &[("Name", names.first().copied().unwrap_or_default())])?;
    xml.start("saml2:AttributeValue", &[])?;
    value(xml)?;
    xml.end("saml2:AttributeValue")?;
    xml.end("saml2:Attribute")
}

fn coded(xml: &mut Xml, element: &str, claim: &CodedClaim) -> io::Result<()> {
    xml.empty(element, &[("xmlns", ns::HL7V3), ("code", &claim.code), ("codeSystem", &claim.system)])
}

fn signed_info(id: &str, digest: &[u8]) -> io::Result<Vec<u8>> {
    let mut xml = XmlWriter::new(Vec::new());
    xml.start("ds:SignedInfo", &[("xmlns:ds", ns::DSIG)])?;
    xml.empty("ds:CanonicalizationMethod", &[("Algorithm", EXCLUSIVE)])?;
    xml.empty("ds:SignatureMethod", &[("Algorithm", RSA_SHA256)])?;
    xml.start("ds:Reference", &[("URI", &format!("#{id}"))])?;
    xml.start("ds:Transforms", &[])?;
    xml.empty("ds:Transform", &[("Algorithm", ENVELOPED)])?;
    xml.empty("ds:Transform", &[("Algorithm", EXCLUSIVE)])?;
    xml.end("ds:Transforms")?;
    xml.empty("ds:DigestMethod", &[("Algorithm", SHA256)])?;
    xml.leaf("ds:DigestValue", &[], &STANDARD.encode(digest))?;
    xml.end("ds:Reference")?;
    xml.end("ds:SignedInfo")?;
    Ok(xml.into_inner())
}

fn canonical(document: &[u8]) -> Result<Vec<u8>, IssuingError> {
    let root = parse(document, &XmlLimits::default()).map_err(|error| IssuingError::Unwritable(error.to_string()))?;
    let canonical = Canonical { apex: &root, scope: Vec::new(), inclusive: Vec::new(), omit: None };
    canonical.bytes_within(document.len().saturating_mul(4)).ok_or_else(|| IssuingError::Unwritable("it is too long".to_owned()))
}

fn spliced(unsigned: &[u8], signature: &[u8]) -> Vec<u8> {
    // No value holds the end tag: an angle bracket in one is escaped.
    let issuer = unsigned.windows(END_OF_ISSUER.len()).position(|window| window == END_OF_ISSUER);
    let (head, tail) = unsigned.split_at_checked(issuer.map_or(0, |at| at + END_OF_ISSUER.len())).unwrap_or((unsigned, &[]));
    [head, signature, tail].concat()
}

fn written(at: Instant) -> String {
    let at = OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1_000_000)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    at.format(&Rfc3339).unwrap_or_default()
}
