//! What this project defines for the management of records, embedded and served to everybody: profiles, operations, code
//! systems and their value sets (FHIR R4, conformance-module.html).

use super::{Answer, FhirRequest, Interaction, Method, Params, Refusal, Route};
use crate::access::Call;
use crate::model::audit_event::Transaction;
use crate::transactions::Services;
use crate::wire::fhir::json;

macro_rules! definition {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../profiles/luxembourg-dsp/fhir/", $name, ".json")))
    };
}

/// Type and id with a hyphen between them, and the resource.
pub(super) const DEFINITIONS: &[(&str, &str)] = &[
    definition!("CodeSystem-dsp-consent-category"),
    definition!("CodeSystem-dsp-emergency-access"),
    definition!("CodeSystem-dsp-mandate-kind"),
    definition!("CodeSystem-dsp-notice-reason"),
    definition!("OperationDefinition-confirm-deactivation"),
    definition!("OperationDefinition-deactivate"),
    definition!("OperationDefinition-dsp-acknowledge"),
    definition!("OperationDefinition-dsp-activate"),
    definition!("OperationDefinition-dsp-close"),
    definition!("OperationDefinition-dsp-create"),
    definition!("OperationDefinition-dsp-reopen"),
    definition!("OperationDefinition-dsp-status"),
    definition!("OperationDefinition-open-consultation"),
    definition!("OperationDefinition-presence-code"),
    definition!("OperationDefinition-restore"),
    definition!("StructureDefinition-dsp-assistant"),
    definition!("StructureDefinition-dsp-blacklist"),
    definition!("StructureDefinition-dsp-emergency-access"),
    definition!("StructureDefinition-dsp-mandate"),
    definition!("StructureDefinition-dsp-referring-physician"),
    definition!("StructureDefinition-dsp-trusted-circle"),
    definition!("ValueSet-dsp-consent-category"),
    definition!("ValueSet-dsp-emergency-access"),
    definition!("ValueSet-dsp-mandate-kind"),
    definition!("ValueSet-dsp-notice-reason"),
];

const fn route(pattern: &'static str) -> Route {
    Route {
        method: Method::Get,
        pattern,
        interaction: Interaction::Read,
        transaction: Transaction::Capabilities,
        needs_person: false,
        own_format: false,
        search: &[],
        documentation: "Reads a definition of this project.",
        perform: read,
    }
}

pub(super) const ROUTES: &[Route] =
    &[route("StructureDefinition/{id}"), route("OperationDefinition/{id}"), route("CodeSystem/{id}"), route("ValueSet/{id}")];

fn read(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let wanted = format!("{}-{}", request.segments.first().map_or("", String::as_str), params.id());
    let found = DEFINITIONS.iter().find(|(name, _)| *name == wanted).ok_or_else(Refusal::not_found)?;
    let resource = json::read(found.1.as_bytes()).map_err(|_| Refusal::broken())?;
    services.door.read(call, Transaction::Capabilities, |_| Ok(()))?;
    Ok(Answer::resource(resource))
}

#[cfg(test)]
mod tests {
    use super::super::routes;
    use super::*;

    #[test]
    fn each_definition_is_a_resource_of_r4_under_its_own_name() {
        for (name, text) in DEFINITIONS {
            let resource = json::read(text.as_bytes()).unwrap_or_else(|fault| panic!("{name}: {fault}"));
            let id = resource["id"].as_str().unwrap();
            assert_eq!(*name, format!("{}-{id}", json::resource_type(&resource)));
            assert!(resource["url"].as_str().unwrap().ends_with(&format!("/{}/{id}", json::resource_type(&resource))));
        }
    }

    #[test]
    fn each_operation_of_a_record_is_defined() {
        for route in routes().filter(|route| route.transaction == Transaction::Manage) {
            if let Interaction::Operation(name, url) = route.interaction {
                assert!(url.ends_with(&format!("/OperationDefinition/{name}")), "{url}");
                assert!(DEFINITIONS.iter().any(|(known, _)| *known == format!("OperationDefinition-{name}")), "{name} has no definition");
            }
        }
    }
}
