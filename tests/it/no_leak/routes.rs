//! Every interaction over FHIR turns away those who have no business with a record.

use dossier::transactions::fhir::routes;

use super::scene::Hidden;
use crate::access::scene::{P01, P02};
use crate::on_both_databases;
use crate::support::Database;

on_both_databases!(every_route_turns_strangers_away);

/// Every path that is tried; a new one has to be added.
const PATTERNS: &[&str] = &[
    "",
    "AuditEvent",
    "AuditEvent/_search",
    "AuditEvent/{id}",
    "Binary/{id}",
    "CodeSystem/{id}",
    "Communication",
    "Communication/{id}",
    "Communication/{id}/$dsp-acknowledge",
    "Consent",
    "Consent/_search",
    "Consent/{id}",
    "Device",
    "Device/_search",
    "Device/{id}",
    "DocumentReference",
    "DocumentReference/_search",
    "DocumentReference/{id}",
    "DocumentReference/{id}/$confirm-deactivation",
    "DocumentReference/{id}/$deactivate",
    "DocumentReference/{id}/$move-patient",
    "DocumentReference/{id}/$restore",
    "Encounter",
    "Encounter/_search",
    "Encounter/{id}",
    "List",
    "List/_search",
    "List/{id}",
    "OperationDefinition/{id}",
    "Organization",
    "Organization/_search",
    "Organization/{id}",
    "Patient",
    "Patient/_search",
    "Patient/{id}",
    "Patient/{id}/$dsp-activate",
    "Patient/{id}/$dsp-close",
    "Patient/{id}/$dsp-create",
    "Patient/{id}/$dsp-reopen",
    "Patient/{id}/$dsp-status",
    "Patient/{id}/$open-consultation",
    "Patient/{id}/$presence-code",
    "Practitioner",
    "Practitioner/_search",
    "Practitioner/{id}",
    "PractitionerRole",
    "PractitionerRole/_search",
    "PractitionerRole/{id}",
    "RelatedPerson",
    "RelatedPerson/_search",
    "RelatedPerson/{id}",
    "StructureDefinition/{id}",
    "metadata",
];

fn every_route_turns_strangers_away(database: Database) {
    let hidden = Hidden::start(database);
    let unlisted: Vec<_> = routes().map(|route| route.pattern).filter(|pattern| !PATTERNS.contains(pattern)).collect();
    assert!(unlisted.is_empty(), "add these to the list and see that strangers get nothing there: {unlisted:?}");
    let mut wrong = Vec::new();
    let secrets = [&hidden.entry, &hidden.unique_id, &hidden.open];
    for route in routes() {
        let method = format!("{:?}", route.method).to_uppercase();
        for patient in [P01, P02] {
            let path = format!("/fhir/{}", route.pattern.replace("{id}", patient));
            for caller in [None, Some("D02"), Some("D04"), Some("D09")] {
                let token = caller.map(|id| hidden.professionals_token(id));
                let response = hidden.ask(
                    token.as_deref(),
                    &method,
                    &path,
                    &["Content-Type: application/fhir+json"],
                    r#"{"resourceType":"Parameters"}"#,
                );
                let expected = if caller.is_none() && route.needs_person { response.status == 401 } else { response.status < 500 };
                let text = response.text();
                if !expected || (response.status < 300 && secrets.iter().any(|secret| text.contains(secret.as_str()))) {
                    wrong.push(format!("{caller:?} {method} {path}: {} {text}", response.status));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
