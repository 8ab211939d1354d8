//! The header of a CDA document as a DocumentReference (PCC TF-2: 4.1; HL7 CDA Release 2).

use serde_json::{Value, json};

use super::codes::system_of_scheme;
use super::fields::Fields;
use super::generated::sufficient_format;
use super::references::Domain;
use super::urls;
use crate::wire::xml::{Element, namespaces};

/// The DocumentReference of a document, or what its header lacks.
pub(super) fn of_cda(document: &Element, media_type: &str, domain: &Domain<'_>) -> Result<Value, String> {
    if !document.is(namespaces::HL7V3, "ClinicalDocument") {
        return Err("not a CDA document: its root is no ClinicalDocument of urn:hl7-org:v3".to_owned());
    }
    let missing = |what: &str| format!("ClinicalDocument/{what}; add it to the document (PCC TF-2: 4.1)");
    let id = at(document, "id").and_then(identifier).ok_or_else(|| missing("id: the id of the document is missing"))?;
    let role = at(document, "recordTarget/patientRole").ok_or_else(|| missing("recordTarget/patientRole is missing"))?;
    let identifiers: Vec<_> = all(role, "id").filter_map(identifier).collect();
    let known = identifiers.iter().find_map(|identifier| domain.known_patient(identifier));
    let known = known.ok_or_else(|| missing("recordTarget/patientRole/id: none has an authority of this domain as root"))?;
    let mut contained = vec![source_patient(role, &identifiers)];
    let authors: Vec<_> = (1..).zip(all(document, "author")).filter_map(|(n, author)| write_author(author, n, &mut contained)).collect();
    let signer = at(document, "legalAuthenticator/assignedEntity").map(|entity| person(entity, "authenticator"));
    let authenticator = signer.as_ref().map(|_| json!({ "reference": "#authenticator" }));
    contained.extend(signer);
    let type_code = at(document, "code").and_then(concept);
    let attachment = Fields::default()
        .with("contentType", media_type)
        .with("language", at(document, "languageCode").and_then(|code| code.attribute("code")))
        .with("title", at(document, "title").map(|title| title.text().trim().to_owned()))
        .with("creation", time_of(document, "effectiveTime"));
    Ok(Fields::of_resource("DocumentReference")
        .with("contained", contained)
        .with("masterIdentifier", id)
        .with("status", "current")
        .with("category", type_code.clone().map(|code| json!([code])))
        .with("type", type_code)
        .with("subject", domain.patient_reference(&known))
        .with("author", authors)
        .with("authenticator", authenticator)
        .with("securityLabel", at(document, "confidentialityCode").and_then(concept).map(|code| json!([code])))
        .with("content", json!([{ "attachment": attachment.value(), "format": format(document) }]))
        .with("context", context(document))
        .value())
}

fn context(document: &Element) -> Fields {
    let events: Vec<_> = all(document, "documentationOf").filter_map(|event| at(event, "serviceEvent")).collect();
    let period = events.iter().find_map(|event| {
        let (start, end) = (time_of(event, "effectiveTime/low"), time_of(event, "effectiveTime/high"));
        (start.is_some() || end.is_some()).then(|| Fields::default().with("start", start).with("end", end))
    });
    let encounter = at(document, "componentOf/encompassingEncounter");
    let visit = encounter.and_then(|encounter| at(encounter, "id")).and_then(identifier).map(|id| json!([{ "identifier": id }]));
    let facility = encounter.and_then(|encounter| at(encounter, "location/healthCareFacility/code")).and_then(concept);
    Fields::default()
        .with("encounter", visit)
        .with("event", events.iter().filter_map(|event| at(event, "code").and_then(concept)).collect::<Vec<_>>())
        .with("period", period.unwrap_or_default())
        .with("facilityType", facility)
        .with("sourcePatientInfo", json!({ "reference": "#source-patient" }))
}

/// Scanned documents say so by their template (ITI TF-3: 5.2 XDS-SD); of others the media type has to do.
fn format(document: &Element) -> Value {
    let is_scanned = all(document, "templateId").any(|template| template.attribute("root") == Some("1.3.6.1.4.1.19376.1.2.20"));
    let body = at(document, "component/nonXMLBody/text").and_then(|text| text.attribute("mediaType"));
    match (is_scanned, body) {
        (true, Some("application/pdf")) => json!({ "system": urls::FORMAT_CODES, "code": "urn:ihe:iti:xds-sd:pdf:2008" }),
        (true, _) => json!({ "system": urls::FORMAT_CODES, "code": "urn:ihe:iti:xds-sd:text:2008" }),
        _ => sufficient_format(),
    }
}

/// The patient as the document knows them.
fn source_patient(role: &Element, identifiers: &[Value]) -> Value {
    let patient = at(role, "patient");
    let gender = patient.and_then(|patient| at(patient, "administrativeGenderCode")).and_then(|code| code.attribute("code"));
    let gender = gender.and_then(|code| [("M", "male"), ("F", "female"), ("UN", "other")].into_iter().find(|(known, _)| *known == code));
    let born = patient.and_then(|patient| time_of(patient, "birthTime")).map(|born| born.chars().take(10).collect::<String>());
    Fields::of_resource("Patient")
        .with("id", "source-patient")
        .with("identifier", identifiers.to_vec())
        .with("name", patient.and_then(|patient| at(patient, "name")).map(|name| json!([human_name(name).value()])))
        .with("gender", gender.map(|(_, gender)| gender))
        .with("birthDate", born)
        .value()
}

/// Adds an author to those contained; gives the reference to them.
fn write_author(author: &Element, number: usize, contained: &mut Vec<Value>) -> Option<Value> {
    let assigned = at(author, "assignedAuthor")?;
    let name = format!("author-{number}");
    let organisation = at(assigned, "representedOrganization").map(|organisation| {
        Fields::of_resource("Organization")
            .with("id", format!("{name}-org"))
            .with("identifier", at(organisation, "id").and_then(identifier).map(|id| json!([id])))
            .with("name", at(organisation, "name").map(|name| name.text().trim().to_owned()))
            .value()
    });
    let specialty = at(assigned, "code").and_then(concept);
    let role = Fields::of_resource("PractitionerRole")
        .with("id", format!("{name}-role"))
        .with("practitioner", json!({ "reference": format!("#{name}") }))
        .with("organization", organisation.as_ref().map(|_| json!({ "reference": format!("#{name}-org") })))
        .with("specialty", specialty.map(|code| json!([code])))
        .value();
    contained.push(person(assigned, &name));
    contained.extend(organisation);
    contained.push(role);
    Some(json!({ "reference": format!("#{name}-role") }))
}

/// A person with an assigned role.
fn person(assigned: &Element, id: &str) -> Value {
    Fields::of_resource("Practitioner")
        .with("id", id)
        .with("identifier", at(assigned, "id").and_then(identifier).map(|id| json!([id])))
        .with("name", at(assigned, "assignedPerson/name").map(|name| json!([human_name(name).value()])))
        .value()
}

fn human_name(name: &Element) -> Fields {
    let part = |part: &str| all(name, part).map(|part| part.text().trim().to_owned()).filter(|text| !text.is_empty()).collect::<Vec<_>>();
    let list = |texts: Vec<String>| texts.into_iter().map(Value::from).collect::<Vec<_>>();
    let whole = name.elements().next().is_none().then(|| name.text().trim().to_owned());
    Fields::default()
        .with("text", whole)
        .with("family", part("family").join(" "))
        .with("given", list(part("given")))
        .with("prefix", list(part("prefix")))
        .with("suffix", list(part("suffix")))
}

/// II as Identifier.
fn identifier(id: &Element) -> Option<Value> {
    let root = id.attribute("root")?;
    match id.attribute("extension") {
        Some(extension) => Some(json!({ "system": format!("urn:oid:{root}"), "value": extension })),
        None => Some(json!({ "system": urls::URN, "value": urn(root) })),
    }
}

fn urn(root: &str) -> String {
    if root.contains('-') { format!("urn:uuid:{}", root.to_ascii_lowercase()) } else { format!("urn:oid:{root}") }
}

/// CE as CodeableConcept.
fn concept(code: &Element) -> Option<Value> {
    let (value, system) = (code.attribute("code")?, code.attribute("codeSystem")?);
    let coding =
        Fields::default().with("system", system_of_scheme(system)).with("code", value).with("display", code.attribute("displayName"));
    Some(json!({ "coding": [coding.value()] }))
}

/// TS (`20250317093000+0100`) as dateTime, without a zone as UTC.
fn time_of(element: &Element, path: &str) -> Option<String> {
    let text = at(element, path)?.attribute("value")?;
    let at_zone = text.find(['+', '-']).unwrap_or(text.len());
    let (digits, zone) = text.split_at(at_zone);
    let digits = digits.split('.').next().unwrap_or_default();
    if !digits.bytes().chain(zone.bytes().skip(1)).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| digits.get(from..to);
    let date = [part(0, 4), part(4, 6), part(6, 8)].into_iter().flatten().collect::<Vec<_>>().join("-");
    let Some(hour) = part(8, 10) else { return Some(date) };
    let zone = match (zone.get(..3), zone.get(3..5)) {
        (Some(hours), Some(minutes)) => format!("{hours}:{minutes}"),
        _ => "Z".to_owned(),
    };
    Some(format!("{date}T{hour}:{}:{}{zone}", part(10, 12).unwrap_or("00"), part(12, 14).unwrap_or("00")))
}

/// The first element at a path of names.
fn at<'e>(element: &'e Element, path: &str) -> Option<&'e Element> {
    path.split('/').try_fold(element, |element, name| element.child(namespaces::HL7V3, name))
}

fn all<'e>(element: &'e Element, name: &'e str) -> impl Iterator<Item = &'e Element> {
    element.children_named(namespaces::HL7V3, name)
}
