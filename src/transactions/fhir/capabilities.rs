//! The capabilities interaction: what this server's FHIR interface can do, from the table of routes
//! (FHIR R4, http.html#capabilities; capabilitystatement.html).

use serde_json::{Map, Value, json};

use super::{Answer, FhirRequest, Interaction, Method, Params, Refusal, Route, routes};
use crate::access::Call;
use crate::model::audit_event::Transaction;
use crate::transactions::Services;

/// The day of the last change to what the statement says beside the table.
const DATE: &str = "2026-11-23";

/// The actors of IHE that this server is, with the options that it has.
const INSTANTIATES: [&str; 7] = [
    "https://profiles.ihe.net/ITI/MHD/CapabilityStatement/IHE.MHD.DocumentRecipient",
    "https://profiles.ihe.net/ITI/MHD/CapabilityStatement/IHE.MHD.DocumentResponder",
    "https://profiles.ihe.net/ITI/PDQm/CapabilityStatement/IHE.PDQm.PatientDemographicsSupplier",
    "https://profiles.ihe.net/ITI/PDQm/CapabilityStatement/IHE.PDQm.PatientDemographicsSupplierMatch",
    "https://profiles.ihe.net/ITI/PIXm/CapabilityStatement/IHE.PIXm.Manager",
    "https://profiles.ihe.net/ITI/mCSD/CapabilityStatement/IHE.mCSD.Directory",
    "https://profiles.ihe.net/ITI/PCF/CapabilityStatement/IHE.PCF.consentRegistry",
];

pub(super) const ROUTES: &[Route] =
    &[Route::new(Method::Get, "metadata", Interaction::Capabilities, Transaction::Capabilities, "What this interface can do.", perform)];

fn perform(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    services.door.read(call, Transaction::Capabilities, |_| Ok(()))?;
    Ok(Answer::resource(statement(&request.base_url)))
}

/// The CapabilityStatement of the interface at an address.
fn statement(base_url: &str) -> Value {
    json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": DATE,
        "kind": "instance",
        "software": { "name": "Dossier", "version": env!("CARGO_PKG_VERSION") },
        "implementation": { "description": "Dossier: shared documents under the patient's own control", "url": base_url },
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "application/fhir+xml", "json", "xml", "text/html"],
        "patchFormat": ["application/json-patch+json", "application/fhir+json", "application/fhir+xml"],
        "instantiates": INSTANTIATES,
        "rest": [rest()],
    })
}

const BATCH: &str = "Up to 100 interactions of this interface, each decided and audited as if it had come alone.";

fn rest() -> Value {
    let mut rest = Map::new();
    rest.insert("mode".to_owned(), "server".into());
    rest.insert("security".to_owned(), security());
    let mut types: Vec<_> = routes().filter_map(Route::resource_type).collect();
    types.sort_unstable();
    types.dedup();
    put(&mut rest, "resource", types.into_iter().map(resource).collect());
    let at_base = || routes().filter(|route| route.resource_type().is_none());
    put(&mut rest, "interaction", [interactions(at_base()), vec![json!({ "code": "batch", "documentation": BATCH })]].concat());
    put(&mut rest, "operation", operations(at_base()));
    Value::Object(rest)
}

/// OAuth, as SMART App Launch names it (IUA 3.71; `.well-known/smart-configuration` tells where tokens are given).
fn security() -> Value {
    let coding = json!({ "system": "http://terminology.hl7.org/CodeSystem/restful-security-service", "code": "SMART-on-FHIR" });
    json!({ "service": [{ "coding": [coding], "text": "OAuth 2 access tokens (IHE IUA), client certificates (IHE ATNA)" }] })
}

fn resource(name: &'static str) -> Value {
    let of_type = || routes().filter(move |route| route.resource_type() == Some(name));
    let mut resource = Map::new();
    resource.insert("type".to_owned(), name.into());
    put(&mut resource, "interaction", interactions(of_type()));
    if of_type().any(|route| matches!(route.interaction, Interaction::Vread)) {
        resource.insert("versioning".to_owned(), "versioned".into());
        // Of communications the present version alone is kept.
        resource.insert("readHistory".to_owned(), (name != "Communication").into());
        resource.insert("updateCreate".to_owned(), false.into());
    }
    let can = |interaction| of_type().any(|route| route.interaction == interaction);
    if can(Interaction::SearchType) {
        resource.insert("conditionalCreate".to_owned(), can(Interaction::Create).into());
    }
    if can(Interaction::Read) {
        resource.insert("conditionalRead".to_owned(), "full-support".into());
    }
    if can(Interaction::SearchType) {
        resource.insert("conditionalUpdate".to_owned(), can(Interaction::Update).into());
    }
    let mut parameters: Vec<_> = of_type().flat_map(|route| route.search).collect();
    parameters.sort_by_key(|parameter| parameter.name);
    parameters.dedup_by_key(|parameter| parameter.name);
    let parameter = |parameter: &super::SearchParameter| json!({ "name": parameter.name, "type": parameter.kind, "documentation": parameter.documentation });
    if of_type().any(|route| route.interaction == Interaction::ConditionalUpdate) {
        resource.insert("conditionalUpdate".to_owned(), true.into());
    }
    put(&mut resource, "searchParam", parameters.into_iter().map(parameter).collect());
    put(&mut resource, "operation", operations(of_type()));
    Value::Object(resource)
}

/// Each code once: a search by GET and one by POST are the same to the statement.
fn interactions(routes: impl Iterator<Item = &'static Route>) -> Vec<Value> {
    let mut codes: Vec<_> = routes.filter_map(|route| Some((route.interaction.code()?, route.documentation))).collect();
    codes.sort_by_key(|(code, _)| *code);
    codes.dedup_by_key(|(code, _)| *code);
    codes.into_iter().map(|(code, documentation)| json!({ "code": code, "documentation": documentation })).collect()
}

fn operations(routes: impl Iterator<Item = &'static Route>) -> Vec<Value> {
    let operation = |route: &Route| match route.interaction {
        Interaction::Operation(name, definition) => Some((name, definition, route.documentation)),
        _ => None,
    };
    let mut operations: Vec<_> = routes.filter_map(operation).collect();
    operations.sort_by_key(|(name, ..)| *name);
    operations.dedup_by_key(|(name, ..)| *name);
    let written = |(name, definition, documentation)| json!({ "name": name, "definition": definition, "documentation": documentation });
    operations.into_iter().map(written).collect()
}

/// FHIR knows no empty array.
fn put(fields: &mut Map<String, Value>, name: &str, values: Vec<Value>) {
    if !values.is_empty() {
        fields.insert(name.to_owned(), values.into());
    }
}
