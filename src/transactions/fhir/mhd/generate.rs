//! Generate Metadata [ITI-106] (IHE MHD 4.2, 2:3.106): a document that says by itself whose it is and what.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::staged::stage_bytes;
use super::super::{Answer, FhirRequest, Format, Interaction, Params, Refusal};
use super::provide::{check_lengths, complete, faulty, file};
use super::which_patient::domain;
use crate::access::{Call, NewDocument};
use crate::model::audit_event::Transaction;
use crate::model::code::Code;
use crate::model::dsp::LEVEL_SYSTEM;
use crate::transactions::Services;
use crate::wire::fhir::fields::{items, text};
use crate::wire::fhir::{json as fhir_json, xml as fhir_xml};
use crate::wire::mhd::{Domain, describe_cda, describe_fhir_document, read_description};

/// What it is in the capability statement.
pub(super) const OPERATION: Interaction =
    Interaction::Operation("generate-metadata", "https://profiles.ihe.net/ITI/MHD/OperationDefinition/generate-metadata");

const DOCUMENT: &str = "Parameters.parameter[0].resource";

/// `POST DocumentReference/$generate-metadata`.
pub(super) fn metadata(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    let asked = request.resource_of_type("Parameters")?;
    let format = Format::of_body(request.headers.content_type.as_deref()).unwrap_or(Format::Json);
    let document = match items(&asked, "parameter") {
        [only] if text(only, "name") == Some("document") => only.get("resource"),
        _ => None,
    };
    let document = document.ok_or_else(|| {
        let mend = "send one parameter document with a Binary of CDA or a document Bundle as its resource (MHD 4.2, 2:3.106.4.1.2)";
        Refusal::invalid("Parameters.parameter", "it is not the one parameter of this operation", mend)
    })?;
    let domain = domain(services, request);
    let (bytes, described) = described(document, format, &domain)?;
    let source = services.assigning_authorities.first().ok_or_else(Refusal::broken)?;
    let mut submitted = read_description(&described, domain, source, call.now).map_err(faulty)?;
    let mut documents = Vec::new();
    for entry in &mut submitted.entries {
        // A header knows no level of this deployment, only codes that mean one.
        let level = services.door.level_meant_by(&entry.confidentiality_codes);
        entry.confidentiality_codes.extend(level.map(|level| Code::new(level.code(), LEVEL_SYSTEM, level.code())));
        let staged = stage_bytes(services, &bytes)?;
        complete(entry, &staged, &services.door.repository_unique_id)?;
        documents.push(NewDocument { entry_uuid: entry.entry_uuid, staged });
    }
    check_lengths(&submitted)?;
    let entries = file(services, call, Transaction::Iti106, submitted, documents)?;
    let entry = entries.into_iter().next().ok_or_else(Refusal::broken)?;
    let reference = json!({ "reference": format!("DocumentReference/{}", entry.logical_id.uuid()) });
    let parameter = json!({ "name": "DocumentReference", "valueReference": reference });
    Ok(Answer::resource(json!({ "resourceType": "Parameters", "parameter": [parameter] })))
}

/// The bytes to keep and what they say of themselves. A FHIR document is kept in the format in which it came.
fn described(document: &Value, format: Format, domain: &Domain<'_>) -> Result<(Vec<u8>, Value), Refusal> {
    match text(document, "resourceType") {
        Some("Bundle") => {
            let (media_type, bytes) = format.as_document(document);
            Ok((bytes, describe_fhir_document(document, media_type, domain).map_err(faulty)?))
        }
        Some("Binary") => of_binary(document, domain),
        _ => Err(Refusal::invalid(DOCUMENT, "neither a Binary nor a Bundle", "send CDA as Binary, or a FHIR document")),
    }
}

fn of_binary(binary: &Value, domain: &Domain<'_>) -> Result<(Vec<u8>, Value), Refusal> {
    let data = format!("{DOCUMENT}.data");
    let encoded = text(binary, "data").ok_or_else(|| Refusal::invalid(&data, "the Binary is empty", "send the document as base64"))?;
    let encoded: Vec<u8> = encoded.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let bytes = STANDARD.decode(encoded).map_err(|_| Refusal::invalid(&data, "not base64", "encode the document by RFC 4648, 4"))?;
    let content_type = text(binary, "contentType").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    let described = match media_type {
        "application/fhir+json" => {
            let document = fhir_json::read(&bytes).map_err(|fault| Refusal::of(400, fault.issue()))?;
            describe_fhir_document(&document, media_type, domain)
        }
        "application/fhir+xml" => {
            let document = fhir_xml::read(&bytes).map_err(|fault| Refusal::of(400, fault.issue()))?;
            describe_fhir_document(&document, media_type, domain)
        }
        "text/xml" | "application/xml" | "application/hl7-cda+xml" | "application/hl7-sda+xml" => describe_cda(&bytes, "text/xml", domain),
        _ => {
            let mend = "send CDA as text/xml, or a FHIR document as application/fhir+json or application/fhir+xml; for any other document use ITI-65 or ITI-105";
            return Err(Refusal::invalid(&format!("{DOCUMENT}.contentType"), "no metadata are made of such a document", mend));
        }
    };
    Ok((bytes, described.map_err(faulty)?))
}
