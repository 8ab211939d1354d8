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
    definition!("CodeSystem-dsp-activity"),
    definition!("CodeSystem-dsp-consent-category"),
    definition!("CodeSystem-dsp-emergency-access"),
    definition!("CodeSystem-dsp-mandate-kind"),
    definition!("CodeSystem-dsp-notice-reason"),
    definition!("CodeSystem-dsp-quality"),
    definition!("CodeSystem-dsp-system-event"),
    definition!("OperationDefinition-confirm-deactivation"),
    definition!("OperationDefinition-deactivate"),
    definition!("OperationDefinition-dsp-acknowledge"),
    definition!("OperationDefinition-dsp-activate"),
    definition!("OperationDefinition-dsp-close"),
    definition!("OperationDefinition-dsp-create"),
    definition!("OperationDefinition-dsp-history"),
    definition!("OperationDefinition-dsp-reopen"),
    definition!("OperationDefinition-dsp-status"),
    definition!("OperationDefinition-move-patient"),
    definition!("OperationDefinition-open-consultation"),
    definition!("OperationDefinition-presence-code"),
    definition!("OperationDefinition-restore"),
    definition!("StructureDefinition-dsp-access-reason"),
    definition!("StructureDefinition-dsp-access-refused"),
    definition!("StructureDefinition-dsp-arrival-decision"),
    definition!("StructureDefinition-dsp-assistant"),
    definition!("StructureDefinition-dsp-blacklist"),
    definition!("StructureDefinition-dsp-emergency-access"),
    definition!("StructureDefinition-dsp-mandate"),
    definition!("StructureDefinition-dsp-mandate-used"),
    definition!("StructureDefinition-dsp-referring-physician"),
    definition!("StructureDefinition-dsp-trusted-circle"),
    definition!("ValueSet-dsp-consent-category"),
    definition!("ValueSet-dsp-emergency-access"),
    definition!("ValueSet-dsp-mandate-kind"),
    definition!("ValueSet-dsp-notice-reason"),
];

const fn route(pattern: &'static str) -> Route {
    Route::new(Method::Get, pattern, Interaction::Read, Transaction::Capabilities, "Reads a definition of this project.", read)
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

    /// The texts of the source files of these folders.
    fn sources(folders: &[&str]) -> String {
        let folders = folders.iter().map(|folder| format!("{}/src/{folder}", env!("CARGO_MANIFEST_DIR")));
        let files = folders.flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(|file| file.unwrap().path());
        files.filter(|file| file.extension().is_some_and(|end| end == "rs")).map(|file| std::fs::read_to_string(file).unwrap()).collect()
    }

    #[test]
    fn whatever_of_this_project_is_named_has_a_definition() {
        let source = sources(&["wire/fhir", "transactions/fhir"]);
        let named = source.split("dsp-").skip(1).zip(source.split("dsp-")).filter(|(_, before)| !before.ends_with("luxembourg-"));
        let names: std::collections::BTreeSet<_> = named
            .map(|(after, _)| after.split(|c: char| !c.is_ascii_lowercase() && c != '-').next().unwrap())
            .filter(|name| !name.is_empty())
            .collect();
        assert!(
            ["access-refused", "arrival-decision", "mandate-used", "access-reason"].iter().all(|name| names.contains(name)),
            "{names:?}"
        );
        let defined = |name: &&&str| DEFINITIONS.iter().any(|(known, _)| known.split_once("-dsp-").is_some_and(|(_, id)| id == **name));
        let missing: Vec<_> = names.iter().filter(|name| !defined(name)).collect();
        assert!(missing.is_empty(), "these have no file in profiles/luxembourg-dsp/fhir: {missing:?}");
    }

    #[test]
    fn examples_are_resources_whose_extensions_have_the_value_that_is_defined() {
        let folder = format!("{}/profiles/luxembourg-dsp/fhir/examples", env!("CARGO_MANIFEST_DIR"));
        let (mut extended, types) =
            (0, [("boolean", "valueBoolean"), ("code", "valueCode"), ("Coding", "valueCoding"), ("string", "valueString")]);
        for file in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
            let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
            if name.starts_with("JsonPatch-") {
                continue;
            }
            let resource = json::read(&std::fs::read(&file).unwrap()).unwrap_or_else(|fault| panic!("{name}: {fault}"));
            assert!(name.starts_with(&format!("{}-", json::resource_type(&resource))), "{name}");
            for extension in resource["extension"].as_array().into_iter().flatten() {
                let id = extension["url"].as_str().unwrap().rsplit('/').next().unwrap();
                let (_, definition) = DEFINITIONS.iter().find(|(known, _)| *known == format!("StructureDefinition-{id}")).unwrap();
                let definition = json::read(definition.as_bytes()).unwrap();
                let elements = definition["differential"]["element"].as_array().unwrap();
                let value = elements.iter().find(|element| element["path"] == "Extension.value[x]").unwrap();
                let (_, field) = types.iter().find(|(code, _)| value["type"][0]["code"] == *code).unwrap();
                assert!(
                    !extension[*field].is_null() && definition["context"][0]["expression"] == json::resource_type(&resource),
                    "{name}: {id}"
                );
                extended += 1;
            }
        }
        assert!(extended >= 4, "the visits have extensions");
    }
}
