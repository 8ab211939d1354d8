//! The DocumentReference that a document itself speaks for: the header of a CDA document, or the Composition of a FHIR
//! document (MHD 4.2, 2:3.106.4.1.3; PCC TF-2: 4.1 *Medical Document Binding to Document Sharing Metadata*).

use serde_json::{Value, json};

use super::bundle_entries::fault;
use super::fields::Fields;
use super::generated_cda::of_cda;
use super::references::{Domain, Resources};
use super::urls;
use crate::wire::fhir::fields::{at, items, text};
use crate::wire::fhir::{Issue, IssueCode};
use crate::wire::xml::{XmlLimits, parse};

/// The DocumentReference of a CDA document.
///
/// # Errors
/// What is missing in its header, or that it is none.
pub fn describe_cda(bytes: &[u8], media_type: &str, domain: &Domain<'_>) -> Result<Value, Vec<Issue>> {
    let place = "Parameters.parameter[0].resource.data";
    let document = parse(bytes, &XmlLimits::default());
    let document = document.map_err(|error| vec![fault(IssueCode::Structure, place, &format!("not XML that can be read: {error}"))])?;
    of_cda(&document, media_type, domain).map_err(|what| vec![fault(IssueCode::Required, place, &what)])
}

/// The DocumentReference of a FHIR document, which is kept in this media type.
///
/// # Errors
/// What is missing in its Composition, or that it is none.
pub fn describe_fhir_document(document: &Value, media_type: &str, domain: &Domain<'_>) -> Result<Value, Vec<Issue>> {
    let place = |element: &str| format!("Parameters.parameter[0].resource{element}");
    let composition = at(document, "entry.0.resource").filter(|resource| text(resource, "resourceType") == Some("Composition"));
    let (Some("document"), Some(composition)) = (text(document, "type"), composition) else {
        let what = "not a FHIR document: a Bundle of the type document that begins with a Composition (FHIR R4, documents.html)";
        return Err(vec![fault(IssueCode::Structure, &place(""), what)]);
    };
    let resources = Resources::of_bundle(document);
    let Some(identifier) = at(document, "identifier") else {
        return Err(vec![fault(IssueCode::Required, &place(".identifier"), "a FHIR document has an identifier of its own; give it one")]);
    };
    let subject = at(composition, "subject").and_then(|subject| {
        let patient_id = domain.patient_of_reference(subject, composition, &resources)?;
        Some((domain.patient_reference(&patient_id), resources.resolve(composition, subject)))
    });
    let Some((subject, patient)) = subject else {
        let what = "it leads to no patient of this domain; write Patient/ and the id, or give the Patient an identifier urn:oid:AUTHORITY";
        return Err(vec![fault(IssueCode::Required, &place(".entry[0].resource.subject"), what)]);
    };
    let mut contained = Contained::default();
    let source = patient.map(|patient| contained.put("source-patient", patient));
    let author = |(number, reference): (usize, &Value)| match resources.resolve(composition, reference) {
        Some(resource) => contained.put(&format!("author-{number}"), resource),
        None => reference.clone(),
    };
    let authors: Vec<_> = items(composition, "author").iter().enumerate().map(author).collect();
    let attester = items(composition, "attester").iter().find(|attester| text(attester, "mode") == Some("legal"));
    let attester = attester.and_then(|attester| resources.resolve(composition, at(attester, "party")?));
    let authenticator = attester.map(|attester| contained.put("authenticator", attester));
    let attachment = Fields::default()
        .with("contentType", media_type)
        .with("language", first_text(&[(composition, "language"), (document, "language")]))
        .with("title", text(composition, "title"))
        .with("creation", text(composition, "date"));
    Ok(Fields::of_resource("DocumentReference")
        .with("contained", contained.0)
        .with("masterIdentifier", identifier.clone())
        .with("status", "current")
        .with("type", at(composition, "type").cloned())
        .with("category", items(composition, "category").first().or_else(|| at(composition, "type")).map(|concept| json!([concept])))
        .with("subject", subject)
        .with("author", authors)
        .with("authenticator", authenticator)
        .with("securityLabel", text(composition, "confidentiality").map(confidentiality))
        .with("content", json!([{ "attachment": attachment.value(), "format": sufficient_format() }]))
        .with("context", context(composition, &resources).with("sourcePatientInfo", source))
        .value())
}

/// When and in which encounter it was done what the Composition tells of.
fn context(composition: &Value, resources: &Resources<'_>) -> Fields {
    let encounter = at(composition, "encounter").and_then(|encounter| resources.resolve(composition, encounter));
    let encounter = encounter.and_then(|encounter| at(encounter, "identifier.0")).map(|identifier| json!([{ "identifier": identifier }]));
    Fields::default()
        .with("encounter", encounter)
        .with("event", items(composition, "event").iter().flat_map(|event| items(event, "code")).cloned().collect::<Vec<_>>())
        .with("period", at(composition, "event.0.period").cloned())
}

fn first_text<'v>(places: &[(&'v Value, &str)]) -> Option<&'v str> {
    places.iter().find_map(|(resource, element)| text(resource, element))
}

/// A label of HL7 v3 Confidentiality.
fn confidentiality(code: &str) -> Value {
    json!([{ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": code }] }])
}

/// The format code of a document whose media type says all there is to say (ITI TF-3: 4.2.3.2.9).
pub(super) fn sufficient_format() -> Value {
    json!({ "system": urls::FORMAT_CODES, "code": "urn:ihe:iti:xds:2017:mimeTypeSufficient" })
}

/// Resources that are contained in the DocumentReference.
#[derive(Default)]
struct Contained(Vec<Value>);

impl Contained {
    /// Adds a resource under a name of its own; gives the reference to it.
    fn put(&mut self, name: &str, resource: &Value) -> Value {
        let mut resource = resource.clone();
        if let Some(fields) = resource.as_object_mut() {
            fields.insert("id".to_owned(), name.into());
            // A narrative is not for a contained resource (FHIR R4, dom-1), nor are those it contains (dom-2).
            fields.retain(|element, _| !matches!(element.as_str(), "text" | "contained" | "meta"));
        }
        self.0.push(resource);
        json!({ "reference": format!("#{name}") })
    }
}
