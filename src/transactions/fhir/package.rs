//! The definitions of this project as one FHIR NPM package (FHIR NPM Package Specification, confluence.hl7.org/x/TP_YBg), for
//! validators and generators of code.

use serde_json::Value;

use super::definitions::DEFINITIONS;
use super::{Answer, FhirRequest, Interaction, Method, Params, Refusal, Route};
use crate::access::Call;
use crate::model::audit_event::Transaction;
use crate::transactions::Services;
use crate::wire::fhir::{CANONICAL, PackageManifest, json, package};

pub(super) const ROUTES: &[Route] = &[Route {
    own_format: true,
    ..Route::new(Method::Get, "package.tgz", Interaction::Capabilities, Transaction::Capabilities, DOCUMENTATION, perform)
}];

const DOCUMENTATION: &str = "All definitions of this project as one FHIR package.";

const MANIFEST: PackageManifest<'_> = PackageManifest {
    name: "dossier.luxembourg-dsp",
    version: env!("CARGO_PKG_VERSION"),
    canonical: CANONICAL,
    title: "Dossier: management of a shared care record",
    description: "Profiles of Consent, operations, code systems and value sets of the FHIR interface of Dossier",
    author: "Dossier",
    license: "MIT",
};

fn perform(services: &Services, call: &Call, _: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    let read = |(name, text): &(&str, &str)| Some(((*name).to_owned(), json::read(text.as_bytes()).ok()?));
    let resources: Option<Vec<(String, Value)>> = DEFINITIONS.iter().map(read).collect();
    let bytes = package(&MANIFEST, &resources.ok_or_else(Refusal::broken)?).map_err(|_| Refusal::broken())?;
    services.door.read(call, Transaction::Capabilities, |_| Ok(()))?;
    let name = format!("attachment; filename=\"{}-{}.tgz\"", MANIFEST.name, MANIFEST.version);
    Ok(Answer::bytes("application/gzip", Box::new(move |out| out.write_all(&bytes))).header("Content-Disposition", name))
}
