//! Mobile Patient Identifier Cross-reference Query [ITI-83] (PIXm, ITI TF-2: 3.83): which other identifiers a patient has.
//!
//! Who may look the patient up learns them; to all others, the patient is as unknown as any.

use serde_json::{Value, json};

use super::question::patient_keys;
use super::reads::looked_up;
use super::source::Source;
use crate::access::{Call, DirectoryQuery, Failure};
use crate::model::audit_event::Transaction;
use crate::model::ids::Oid;
use crate::transactions::Services;
use crate::transactions::fhir::{Answer, FhirRequest, Params, Refusal};
use crate::wire::fhir::{Issue, IssueCode};

/// What becomes of a query.
enum Outcome {
    Found(Value),
    UnknownIdentifier,
    UnknownSource,
    UnknownTarget,
}

/// `GET Patient/$ihe-pix?sourceIdentifier=…&targetSystem=…`.
pub(super) fn perform(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    let all = |name: &'static str| request.parameters.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str());
    let sources: Vec<_> = all("sourceIdentifier").collect();
    let parts = match sources.as_slice() {
        [one] => one.split_once('|').filter(|(system, value)| !system.is_empty() && !value.is_empty()),
        _ => None,
    };
    let (system, value) = parts.ok_or_else(|| {
        let mend = "write it once, as system|value: sourceIdentifier=urn:oid:1.2.3|4711 (ITI TF-2: 3.83.4.1.2.1)";
        Refusal::invalid("http.sourceIdentifier", "exactly one identifier with its system is required", mend)
    })?;
    let targets: Vec<_> = all("targetSystem").flat_map(|systems| systems.split(',')).filter(|system| !system.is_empty()).collect();
    let base_url = request.base_url.as_str();
    let asked = Asked { base_url, authorities: &services.assigning_authorities, system, value, targets: &targets };
    let outcome = looked_up(services, call, Transaction::Iti83, |source| asked.answer(source))?;
    let refused = |status, code, text: &str| Err(Refusal::of(status, Issue::error(code, text)).audited());
    match outcome.unwrap_or(Outcome::UnknownIdentifier) {
        Outcome::Found(parameters) => Ok(Answer::resource(parameters)),
        Outcome::UnknownIdentifier => refused(404, IssueCode::NotFound, "sourceIdentifier Patient Identifier not found"),
        Outcome::UnknownSource => refused(400, IssueCode::CodeInvalid, "sourceIdentifier Assigning Authority not found"),
        Outcome::UnknownTarget => refused(403, IssueCode::CodeInvalid, "targetSystem not found"),
    }
}

struct Asked<'a> {
    base_url: &'a str,
    authorities: &'a [Oid],
    system: &'a str,
    value: &'a str,
    targets: &'a [&'a str],
}

impl Asked<'_> {
    fn answer(&self, source: &mut Source<'_, '_>) -> Result<Outcome, Failure> {
        let found = match self.value.strip_prefix("Patient/").filter(|_| self.is_here(self.system)) {
            Some(id) => source.by_id("Patient", id)?,
            None => {
                let ids = Some(patient_keys(&format!("{}|{}", self.system, self.value), source.own));
                source.patients(&DirectoryQuery { ids, ..DirectoryQuery::default() }, |_, _| true)?
            }
        };
        let Some((patient, _)) = found.unwrap_or_default().into_iter().next() else {
            let known = self.is_known(source, self.system)?;
            return Ok(if known { Outcome::UnknownIdentifier } else { Outcome::UnknownSource });
        };
        let identifiers = patient.get("identifier").and_then(Value::as_array).cloned().unwrap_or_default();
        let has = |system: &str| identifiers.iter().any(|identifier| identifier.get("system") == Some(&Value::from(system)));
        for target in self.targets {
            if !has(target) && !self.is_known(source, target)? {
                return Ok(Outcome::UnknownTarget);
            }
        }
        Ok(Outcome::Found(self.told(&patient, &identifiers)))
    }

    /// All identifiers of the systems that are asked for, but the one that is known already.
    fn told(&self, patient: &Value, identifiers: &[Value]) -> Value {
        let part = |identifier: &Value, name: &str| identifier.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let is_wanted = |identifier: &&Value| {
            let system = part(identifier, "system");
            let is_asked = system == self.system && part(identifier, "value") == self.value;
            !is_asked && (self.targets.is_empty() || self.targets.contains(&system.as_str()))
        };
        let mut parameters: Vec<Value> =
            identifiers.iter().filter(is_wanted).map(|one| json!({ "name": "targetIdentifier", "valueIdentifier": one })).collect();
        if self.targets.is_empty() || self.targets.iter().any(|target| self.is_here(target)) {
            let reference = format!("{}/Patient/{}", self.base_url, part(patient, "id"));
            parameters.push(json!({ "name": "targetId", "valueReference": { "reference": reference } }));
        }
        match parameters.is_empty() {
            // FHIR knows no empty array.
            true => json!({ "resourceType": "Parameters" }),
            false => json!({ "resourceType": "Parameters", "parameter": parameters }),
        }
    }

    /// Whether a system is this interface, whose identifiers are its logical ids.
    fn is_here(&self, system: &str) -> bool {
        system.trim_end_matches('/') == self.base_url
    }

    /// The domains that this server recognises beside those of the patient who was found: its own, this interface, and the
    /// establishments of the directory.
    fn is_known(&self, source: &mut Source<'_, '_>, system: &str) -> Result<bool, Failure> {
        let Some(oid) = system.strip_prefix("urn:oid:").and_then(|oid| oid.parse::<Oid>().ok()) else { return Ok(self.is_here(system)) };
        Ok(self.authorities.contains(&oid) || source.view.establishment_of_oid(&oid)?.is_some())
    }
}
