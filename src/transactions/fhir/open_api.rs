//! The interface as an OpenAPI 3.1 document, from the same table as everything else.

use serde_json::{Map, Value, json};

use super::{Answer, FhirRequest, Interaction, Method, Params, Refusal, Route, routes};
use crate::access::Call;
use crate::model::audit_event::Transaction;
use crate::transactions::Services;

pub(super) const ROUTES: &[Route] = &[Route {
    own_format: true,
    ..Route::new(Method::Get, "openapi.json", Interaction::Capabilities, Transaction::Capabilities, DOCUMENTATION, perform)
}];

const DOCUMENTATION: &str = "This interface as an OpenAPI 3.1 document.";

fn perform(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    services.door.read(call, Transaction::Capabilities, |_| Ok(()))?;
    let text = document(&request.base_url).to_string();
    Ok(Answer::bytes("application/json", Box::new(move |out| out.write_all(text.as_bytes()))))
}

/// The document for an interface at this address.
fn document(base_url: &str) -> Value {
    let mut paths = Map::new();
    for route in routes() {
        let path = paths.entry(format!("/{}", route.pattern)).or_insert_with(|| json!({}));
        if let Some(methods) = path.as_object_mut() {
            methods.insert(route.method.as_str().to_ascii_lowercase(), operation(route));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Dossier: FHIR R4",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Shared documents under the patient's own control. GET metadata says the same in FHIR's own words.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": base_url }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } },
            "schemas": schemas(),
        },
    })
}

/// A resource is told by its type; what R4 says of its elements stands in R4.
fn schemas() -> Value {
    let of_type = |name: &str| {
        let properties = json!({ "resourceType": { "const": name }, "id": { "type": "string" }, "meta": { "type": "object" } });
        json!({ "type": "object", "required": ["resourceType"], "properties": properties })
    };
    let mut types: Vec<_> = routes().filter_map(Route::resource_type).chain(["Parameters"]).collect();
    types.sort_unstable();
    types.dedup();
    let mut schemas: Map<String, Value> = types.into_iter().map(|name| (name.to_owned(), of_type(name))).collect();
    let any = json!({ "type": "object", "required": ["resourceType"], "properties": { "resourceType": { "type": "string", "pattern": "^[A-Z][A-Za-z]+$" } } });
    schemas.insert("Resource".to_owned(), any);
    schemas.insert("CapabilityStatement".to_owned(), of_type("CapabilityStatement"));
    schemas.insert("Bundle".to_owned(), bundle());
    schemas.insert("OperationOutcome".to_owned(), outcome());
    Value::Object(schemas)
}

fn bundle() -> Value {
    json!({ "type": "object", "required": ["resourceType", "type"], "properties": {
        "resourceType": { "const": "Bundle" },
        "type": { "type": "string" },
        "total": { "type": "integer", "minimum": 0 },
        "entry": { "type": "array", "minItems": 1, "items": { "type": "object" } },
    } })
}

fn outcome() -> Value {
    let issue = json!({ "type": "object", "required": ["severity", "code"], "properties": {
        "severity": { "enum": ["fatal", "error", "warning", "information"] },
        "code": { "type": "string" },
        "diagnostics": { "type": "string" },
        "expression": { "type": "array", "items": { "type": "string" } },
    } });
    json!({ "type": "object", "required": ["resourceType", "issue"], "properties": {
        "resourceType": { "const": "OperationOutcome" },
        "issue": { "type": "array", "minItems": 1, "items": issue },
    } })
}

fn operation(route: &Route) -> Value {
    let mut operation = Map::new();
    operation.insert("summary".to_owned(), route.documentation.into());
    operation.insert("operationId".to_owned(), operation_id(route).into());
    operation.insert("tags".to_owned(), json!([route.resource_type().unwrap_or("Base")]));
    operation.insert("parameters".to_owned(), parameters(route).into());
    if let Some(body) = body(route) {
        operation.insert("requestBody".to_owned(), json!({ "content": body }));
    }
    let security = if route.needs_person { json!([{ "token": [] }]) } else { json!([{}, { "token": [] }]) };
    operation.insert("security".to_owned(), security);
    operation.insert("responses".to_owned(), responses(route));
    Value::Object(operation)
}

/// A name of letters, digits and hyphens that no other operation has.
fn operation_id(route: &Route) -> String {
    let words: Vec<_> = route.pattern.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let words = if words.is_empty() { "base".to_owned() } else { words.join("-") };
    format!("{}-{words}", route.method.as_str().to_ascii_lowercase())
}

fn parameters(route: &Route) -> Vec<Value> {
    let of = |place: &str, name: &str, text: &str, schema: Value| json!({ "name": name, "in": place, "required": place == "path", "description": text, "schema": schema });
    let string = || json!({ "type": "string" });
    let words = route.pattern.split('/').filter_map(|word| word.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<_> = words
        .map(|word| of("path", word, "The logical id, or the version.", json!({ "type": "string", "pattern": "^[A-Za-z0-9.-]{1,64}$" })))
        .collect();
    if route.own_format && route.resource_type().is_none() {
        return parameters;
    }
    let is_form = route.method == Method::Post;
    if !is_form {
        parameters.extend(route.search.iter().map(|known| of("query", known.name, known.documentation, string())));
    }
    let format = json!({ "enum": ["json", "xml", "html", "application/fhir+json", "application/fhir+xml"] });
    parameters.push(of("query", "_format", "The format of the answer, instead of the Accept header.", format));
    if route.method == Method::Get && !route.own_format {
        parameters.push(of(
            "query",
            "_summary",
            "Which part of each resource.",
            json!({ "enum": ["true", "text", "data", "count", "false"] }),
        ));
        parameters.push(of("query", "_elements", "Names of elements with commas between.", string()));
    }
    match route.interaction {
        Interaction::Update | Interaction::Patch | Interaction::Delete => {
            parameters.push(of(
                "header",
                "If-Match",
                "The version that is changed, as its ETag.",
                json!({ "type": "string", "pattern": "^W/\"[0-9]{1,9}\"$" }),
            ));
        }
        Interaction::Create => parameters.push(of("header", "If-None-Exist", "A search: nothing is created if it finds one.", string())),
        Interaction::HistoryInstance | Interaction::HistoryType => {
            let number = || json!({ "type": "integer", "minimum": 0 });
            parameters.push(of("query", "_count", "How many versions at most.", number()));
            parameters.push(of("query", "_since", "From when on, as a time with its offset.", string()));
            parameters.push(of("query", "_offset", "How many of the latest versions to pass over.", number()));
        }
        Interaction::Read => parameters.push(of("header", "If-None-Match", "The version that the caller has.", string())),
        _ => {}
    }
    parameters
}

fn body(route: &Route) -> Option<Value> {
    let resource = |name: &str| {
        let schema = json!({ "schema": { "$ref": format!("#/components/schemas/{name}") } });
        json!({ "application/fhir+json": schema, "application/fhir+xml": { "schema": { "type": "string" } } })
    };
    match (route.interaction, route.method) {
        (Interaction::SearchType, Method::Post) => {
            let properties: Map<_, _> = route.search.iter().map(|known| (known.name.to_owned(), json!({ "type": "string" }))).collect();
            Some(json!({ "application/x-www-form-urlencoded": { "schema": { "type": "object", "properties": properties } } }))
        }
        (Interaction::Create | Interaction::Update, _) => Some(resource(route.resource_type().unwrap_or("Resource"))),
        (Interaction::Batch, _) => Some(resource("Bundle")),
        (Interaction::Operation(..), Method::Post) => Some(resource("Parameters")),
        (Interaction::Patch, _) => {
            let patch = json!({ "type": "array", "items": { "type": "object", "required": ["op", "path"] } });
            let parameters = json!({ "$ref": "#/components/schemas/Parameters" });
            Some(json!({ "application/json-patch+json": { "schema": patch }, "application/fhir+json": { "schema": parameters } }))
        }
        _ => None,
    }
}

fn responses(route: &Route) -> Value {
    let content = |name: &str| {
        let text = json!({ "schema": { "type": "string" } });
        let schema = json!({ "schema": { "$ref": format!("#/components/schemas/{name}") } });
        json!({ "application/fhir+json": schema, "application/fhir+xml": text, "text/html": text })
    };
    let resource_type = route.resource_type();
    let answered = match (route.interaction, resource_type) {
        (Interaction::Read, Some("Binary")) => json!({ "*/*": {} }),
        (Interaction::Capabilities, _) if route.pattern == "metadata" => content("CapabilityStatement"),
        (Interaction::Capabilities, _) => json!({ "*/*": {} }),
        (Interaction::SearchType | Interaction::HistoryInstance | Interaction::HistoryType | Interaction::Batch, _) => content("Bundle"),
        (Interaction::Read | Interaction::Vread | Interaction::Create | Interaction::Update | Interaction::Patch, Some(name)) => {
            content(name)
        }
        _ => content("Resource"),
    };
    let done = if route.interaction == Interaction::Create { "201" } else { "200" };
    let mut responses = Map::new();
    responses.insert(done.to_owned(), json!({ "description": "Done.", "content": answered }));
    if route.interaction == Interaction::Create {
        responses.insert("200".to_owned(), json!({ "description": "One is there already (If-None-Exist).", "content": answered }));
    }
    if !matches!(route.interaction, Interaction::Capabilities | Interaction::SearchType | Interaction::Batch) {
        responses.insert("204".to_owned(), json!({ "description": "Done; there is nothing to tell." }));
        responses.insert("304".to_owned(), json!({ "description": "The caller has this version." }));
    }
    responses.insert(
        "default".to_owned(),
        json!({ "description": "Refused; the OperationOutcome says why.", "content": content("OperationOutcome") }),
    );
    Value::Object(responses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_an_operation_with_a_name_of_its_own() {
        let document = document("https://a.example/fhir");
        let methods = document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
        let mut names: Vec<_> = methods.map(|operation| operation["operationId"].as_str().unwrap()).collect();
        assert_eq!(names.len(), routes().count());
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), routes().count());
    }

    #[test]
    fn every_schema_that_is_named_is_there() {
        fn named(value: &Value, names: &mut Vec<String>) {
            match value {
                Value::Object(fields) => {
                    names.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
                    fields.values().for_each(|value| named(value, names));
                }
                Value::Array(items) => items.iter().for_each(|value| named(value, names)),
                _ => {}
            }
        }
        let (document, mut names) = (document("https://a.example/fhir"), Vec::new());
        named(&document, &mut names);
        assert!(!names.is_empty());
        for name in names {
            assert!(document.pointer(name.trim_start_matches('#')).is_some(), "{name}");
        }
    }
}
