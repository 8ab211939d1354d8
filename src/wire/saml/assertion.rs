//! What an assertion says (SAML Core, 2). Read from verified nodes only; nothing is judged here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::algorithm::Digest;
use super::reading::{at_most_one, only, required_time, text, time};
use super::{Refusal, claims};
use crate::model::person::SubjectClaims;
use crate::model::timestamp::Instant;
use crate::wire::xml::{Element, ns};

const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
const HOLDER_OF_KEY: &str = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key";

/// A verified assertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// Its identifier, unique within the issuer.
    pub id: String,
    /// Who says all this.
    pub issuer: String,
    /// When it was said.
    pub issued_at: Instant,
    /// Of whom: `NameID`.
    pub name_id: String,
    /// The name that this server once gave the subject: `SPProvidedID`.
    pub sp_provided_id: Option<String>,
    /// How the caller may show that it speaks for the subject; one of them is enough.
    pub confirmations: Vec<Confirmation>,
    /// From when it holds.
    pub not_before: Instant,
    /// When it holds no more.
    pub not_on_or_after: Instant,
    /// For whom it is: of each restriction one audience has to be this server.
    pub audiences: Vec<Vec<String>>,
    /// Whether it may be used once only.
    pub one_time_use: bool,
    /// How and when the person was authenticated; one at least.
    pub authentications: Vec<AuthnStatement>,
    /// What is said of the person.
    pub claims: SubjectClaims,
}

/// One way to confirm the subject (SAML Core, 2.4.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// What has to be shown.
    pub method: ConfirmationMethod,
    /// Not before this time.
    pub not_before: Option<Instant>,
    /// Not from this time on.
    pub not_on_or_after: Option<Instant>,
    /// To whom it may be shown.
    pub recipient: Option<String>,
}

/// What a caller has to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfirmationMethod {
    /// The assertion.
    Bearer,
    /// That it holds the private key of one of these certificates: their SHA-256, as lower-case hexadecimal digits.
    HolderOfKey(Vec<String>),
    /// Something that is not accepted here.
    Other,
}

/// How and when a person was authenticated (SAML Core, 2.7.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthnStatement {
    /// When.
    pub at: Instant,
    /// When the session ends.
    pub session_ends: Option<Instant>,
    /// How: `AuthnContextClassRef`.
    pub context_class: Option<String>,
}

impl Assertion {
    /// Reads an assertion.
    pub(super) fn read(element: &Element) -> Result<Self, Refusal> {
        if element.attribute("Version") != Some("2.0") {
            return Err(Refusal::Malformed("the Version is not 2.0"));
        }
        let subject = only(element, ns::SAML, "Subject", "there is not exactly one Subject")?;
        let name_id = only(subject, ns::SAML, "NameID", "the Subject has not exactly one NameID")?;
        let conditions = only(element, ns::SAML, "Conditions", "there is not exactly one Conditions")?;
        let (audiences, one_time_use) = conditions_of(conditions)?;
        let times = "the Conditions have no valid NotBefore and NotOnOrAfter";
        Ok(Self {
            id: element.attribute("ID").filter(|id| id.len() <= LONGEST_ID).ok_or(Refusal::Malformed("the ID is too long"))?.to_owned(),
            issuer: text(only(element, ns::SAML, "Issuer", "there is not exactly one Issuer")?, "the Issuer is not a name")?,
            issued_at: required_time(element, "IssueInstant", "there is no valid IssueInstant")?,
            name_id: text(name_id, "the NameID is not a name")?,
            sp_provided_id: name_id.attribute("SPProvidedID").map(str::to_owned),
            confirmations: subject.children_named(ns::SAML, "SubjectConfirmation").map(confirmation).collect::<Result<_, _>>()?,
            not_before: required_time(conditions, "NotBefore", times)?,
            not_on_or_after: required_time(conditions, "NotOnOrAfter", times)?,
            audiences,
            one_time_use,
            authentications: element.children_named(ns::SAML, "AuthnStatement").map(authentication).collect::<Result<_, _>>()?,
            claims: claims::read(element)?,
        })
    }
}

const LONGEST_ID: usize = 256;

/// The audiences of each restriction, and whether it may be used once only. A condition that is not understood makes the
/// assertion worth nothing (SAML Core, 2.5.1.1).
fn conditions_of(conditions: &Element) -> Result<(Vec<Vec<String>>, bool), Refusal> {
    let (mut audiences, mut one_time_use) = (Vec::new(), false);
    for condition in conditions.elements() {
        if condition.is(ns::SAML, "AudienceRestriction") {
            let named = condition.children_named(ns::SAML, "Audience").map(|audience| text(audience, "an Audience is not a name"));
            audiences.push(named.collect::<Result<_, _>>()?);
        } else if condition.is(ns::SAML, "OneTimeUse") {
            one_time_use = true;
        } else if !condition.is(ns::SAML, "ProxyRestriction") {
            // A proxy restriction binds who issues assertions upon this one, which this server never does.
            return Err(Refusal::Malformed("there is a condition that is not understood"));
        }
    }
    Ok((audiences, one_time_use))
}

fn confirmation(element: &Element) -> Result<Confirmation, Refusal> {
    let data = at_most_one(element, ns::SAML, "SubjectConfirmationData", "there is more than one SubjectConfirmationData")?;
    let malformed = "a SubjectConfirmationData has no valid times";
    Ok(Confirmation {
        method: match element.attribute("Method") {
            Some(BEARER) => ConfirmationMethod::Bearer,
            Some(HOLDER_OF_KEY) => ConfirmationMethod::HolderOfKey(data.map(certificates).unwrap_or_default()),
            _ => ConfirmationMethod::Other,
        },
        not_before: data.map_or(Ok(None), |data| time(data, "NotBefore", malformed))?,
        not_on_or_after: data.map_or(Ok(None), |data| time(data, "NotOnOrAfter", malformed))?,
        recipient: data.and_then(|data| data.attribute("Recipient")).map(str::to_owned),
    })
}

/// The certificates whose key the caller has to hold (SAML Holder-of-Key Profile, 2.4). This `KeyInfo` is part of what was
/// signed, not of the signature.
fn certificates(data: &Element) -> Vec<String> {
    let key_infos = data.children_named(ns::DSIG, "KeyInfo");
    let data = key_infos.flat_map(|key_info| key_info.children_named(ns::DSIG, "X509Data"));
    let written = data.flat_map(|data| data.children_named(ns::DSIG, "X509Certificate"));
    let der = written.filter_map(|text| STANDARD.decode(text.text_cow().split_ascii_whitespace().collect::<String>()).ok());
    der.filter_map(|der| Digest::Sha256.digest(&der)).map(hex::encode).collect()
}

fn authentication(statement: &Element) -> Result<AuthnStatement, Refusal> {
    let malformed = "an AuthnStatement has no valid times";
    let context = at_most_one(statement, ns::SAML, "AuthnContext", "an AuthnStatement has more than one AuthnContext")?;
    let class = context.map_or(Ok(None), |context| {
        at_most_one(context, ns::SAML, "AuthnContextClassRef", "an AuthnContext has more than one AuthnContextClassRef")
    })?;
    Ok(AuthnStatement {
        at: required_time(statement, "AuthnInstant", malformed)?,
        session_ends: time(statement, "SessionNotOnOrAfter", malformed)?,
        context_class: class.map(|class| text(class, "an AuthnContextClassRef is not a name")).transpose()?,
    })
}
