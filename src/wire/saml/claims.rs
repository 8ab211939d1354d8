//! The attributes of an assertion (ITI TF-2: 3.40.4.1.2).

use super::Refusal;
use super::reading::text;
use crate::model::hl7_types::PatientId;
use crate::model::person::{CodedClaim, InstanceIdentifier, SubjectClaims};
use crate::wire::xml::{Element, ns};

pub(super) const SUBJECT_ID: &[&str] = &["urn:oasis:names:tc:xspa:1.0:subject:subject-id"];
const ORGANIZATION: &[&str] = &["urn:oasis:names:tc:xspa:1.0:subject:organization"];
pub(super) const ORGANIZATION_ID: &[&str] = &["urn:oasis:names:tc:xspa:1.0:subject:organization-id"];
const HOME_COMMUNITY_ID: &[&str] = &["urn:ihe:iti:xca:2010:homeCommunityId"];
const NPI: &[&str] = &["urn:oasis:names:tc:xspa:1.0:subject:npi", "urn:oasis:names:tc:xspa:2.0:subject:npi"];
pub(super) const PROVIDER_IDENTIFIER: &[&str] = &["urn:ihe:iti:xua:2017:subject:provider-identifier"];
pub(super) const ROLE: &[&str] = &["urn:oasis:names:tc:xacml:2.0:subject:role"];
pub(super) const PURPOSE_OF_USE: &[&str] = &["urn:oasis:names:tc:xspa:1.0:subject:purposeofuse"];
const RESOURCE_ID: &[&str] = &["urn:oasis:names:tc:xacml:2.0:resource:resource-id", "urn:oasis:names:tc:xacml:1.0:resource:resource-id"];
/// The document; the second name is the one that assertions of the public test kit use.
const CONSENT_DOCUMENT: &[&str] = &["urn:ihe:iti:bppc:2007:docid", "urn:ihe:iti:bppc:2007"];
const CONSENT_POLICY: &[&str] = &["urn:ihe:iti:xua:2012:acp"];

/// Our own: in whose account a patient acts, in whose hands it is, and why a record administrator opens a record.
pub(super) const PERSON: &[&str] = &["urn:dossier:person"];
pub(super) const REPRESENTATIVE: &[&str] = &["urn:dossier:representative"];
pub(super) const ACCESS_REASON: &[&str] = &["urn:dossier:access-reason"];

/// Reads the attributes of all statements. Names that are not known are passed over.
pub(super) fn read(assertion: &Element) -> Result<SubjectClaims, Refusal> {
    let statements = assertion.children_named(ns::SAML, "AttributeStatement");
    let attributes = Attributes(statements.flat_map(|statement| statement.children_named(ns::SAML, "Attribute")).collect());
    Ok(SubjectClaims {
        subject_id: attributes.one(SUBJECT_ID)?,
        organizations: attributes.texts(ORGANIZATION)?,
        organization_ids: attributes.texts(ORGANIZATION_ID)?,
        home_community_id: attributes.one(HOME_COMMUNITY_ID)?,
        npi: attributes.one(NPI)?,
        provider_identifiers: attributes.values(PROVIDER_IDENTIFIER).map(instance_identifier).collect::<Result<_, _>>()?,
        roles: attributes.values(ROLE).map(coded).collect::<Result<_, _>>()?,
        purposes_of_use: attributes.values(PURPOSE_OF_USE).map(coded).collect::<Result<_, _>>()?,
        resource_id: attributes.one(RESOURCE_ID)?,
        consent_documents: attributes.texts(CONSENT_DOCUMENT)?,
        consent_policies: attributes.texts(CONSENT_POLICY)?,
        person: attributes.patient(PERSON)?,
        representative: attributes.patient(REPRESENTATIVE)?,
        access_reason: attributes.one(ACCESS_REASON)?,
    })
}

struct Attributes<'e>(Vec<&'e Element>);

impl<'e> Attributes<'e> {
    /// All values of the attributes with one of these names; a value without any content is none.
    fn values(&self, names: &'static [&str]) -> impl Iterator<Item = &'e Element> {
        let named = self.0.iter().filter(|attribute| attribute.attribute("Name").is_some_and(|name| names.contains(&name)));
        let values = named.flat_map(|attribute| attribute.children_named(ns::SAML, "AttributeValue"));
        values.filter(|value| value.elements().next().is_some() || !value.text_cow().trim().is_empty())
    }

    fn texts(&self, names: &'static [&str]) -> Result<Vec<String>, Refusal> {
        self.values(names).map(|value| text(value, "the value of an attribute is not a text")).collect()
    }

    /// The only value. Two that differ are refused, for nobody could say which is meant.
    fn one(&self, names: &'static [&str]) -> Result<Option<String>, Refusal> {
        let mut texts = self.texts(names)?;
        texts.dedup();
        match texts.len() {
            0 | 1 => Ok(texts.pop()),
            _ => Err(Refusal::Malformed("an attribute that has one value has several")),
        }
    }
}

impl Attributes<'_> {
    fn patient(&self, names: &'static [&str]) -> Result<Option<PatientId>, Refusal> {
        let unfit = |_| Refusal::Malformed("a person is not named by a patient id, as in ID^^^&OID&ISO");
        self.one(names)?.map(|text| text.parse().map_err(unfit)).transpose()
    }
}

/// The HL7 v3 element in a value; its name depends on the attribute and its `xsi:type` on the issuer, so that only the
/// namespace is looked at.
fn hl7<'e>(value: &'e Element, complaint: &'static str) -> Result<&'e Element, Refusal> {
    let mut elements = value.elements();
    match (elements.next(), elements.next()) {
        (Some(element), None) if *element.name.namespace == *ns::HL7V3 => Ok(element),
        _ => Err(Refusal::Malformed(complaint)),
    }
}

/// A coded value of HL7 v3 type CE (ITI TF-2: 3.40.4.1.2.1, 3.40.4.1.2.3).
fn coded(value: &Element) -> Result<CodedClaim, Refusal> {
    let complaint = "a role or purpose of use is not a coded value of HL7 v3 (CE)";
    let element = hl7(value, complaint)?;
    let attribute = |name: &str| element.attribute(name).filter(|text| !text.is_empty()).map(str::to_owned);
    match (attribute("code"), attribute("codeSystem")) {
        (Some(code), Some(system)) => Ok(CodedClaim { code, system, display: attribute("displayName") }),
        _ => Err(Refusal::Malformed(complaint)),
    }
}

/// An instance identifier of HL7 v3 type II.
fn instance_identifier(value: &Element) -> Result<InstanceIdentifier, Refusal> {
    let complaint = "a provider identifier is not an instance identifier of HL7 v3 (II) with root and extension";
    let element = hl7(value, complaint)?;
    let attribute = |name: &str| element.attribute(name).filter(|text| !text.is_empty()).map(str::to_owned);
    match (attribute("root"), attribute("extension")) {
        (Some(root), Some(extension)) => Ok(InstanceIdentifier { root, extension }),
        _ => Err(Refusal::Malformed(complaint)),
    }
}
