//! Reads and searches.

use serde_json::{Value, json};

use super::includes::Includes;
use super::paging::address;
use super::question::Question;
use super::source::Source;
use crate::access::{Call, Failure};
use crate::model::audit_event::Transaction;
use crate::model::civil_day::day_of;
use crate::model::directory::Stamp;
use crate::transactions::Services;
use crate::transactions::fhir::{Answer, FhirRequest, Params, Refusal};
use crate::wire::fhir::bundle::{Entry, searchset};
use crate::wire::fhir::fields::reference;
use crate::wire::fhir::{Issue, IssueCode, dates};

/// `GET TYPE/ID`.
pub(super) fn read(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let resource_type = resource_type(request);
    let found = looked_up(services, call, transaction(&resource_type), |source| source.by_id(&resource_type, params.id()))?;
    match found.flatten().and_then(|mut found| found.pop()) {
        Some((resource, stamp)) => Ok(answered(resource, stamp)),
        None => Err(Refusal::not_found().audited()),
    }
}

/// `GET TYPE?…` and `POST TYPE/_search`.
pub(super) fn search(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    let resource_type = resource_type(request);
    let question = Question::of(request, &resource_type)?;
    let includes = Includes::of(request, &resource_type)?;
    let found = looked_up(services, call, transaction(&resource_type), |source| {
        let Some(found) = source.by_question(&resource_type, &question)? else { return Ok(None) };
        let shown = question.page.take(found);
        Ok(includes.of_all(source, &shown.entries)?.map(|included| (shown, included)))
    })?;
    // Who is refused everything finds nothing.
    let found = found.unwrap_or_else(|| Some((question.page.take(Vec::new()), Vec::new())));
    let Some((shown, included)) = found else { return Err(too_costly()) };
    let base_url = request.base_url.as_str();
    let written = |mode: &'static str| {
        move |(resource, stamp): (Value, Stamp)| {
            let found = Entry::found(base_url, with_stamp(resource, stamp));
            Entry { mode, ..found }
        }
    };
    let entries = shown.entries.into_iter().map(written("match")).chain(included.into_iter().map(written("include")));
    let next = shown.last.map(|last| address(request, &resource_type, Some(&last)));
    let this = address(request, &resource_type, None);
    Ok(Answer::resource(searchset(shown.total, entries.collect(), &this, next.as_deref())))
}

/// More was asked for than one answer holds, or than a caller may browse.
pub(super) fn too_costly() -> Refusal {
    let text = "more entries fit than one answer holds; say more of whom you look for: of patients an identifier, a name or a birth date";
    Refusal::of(400, Issue::error(IssueCode::TooCostly, text)).audited()
}

/// A resource in one version, as it is read.
pub(super) fn answered(resource: Value, stamp: Stamp) -> Answer {
    let answer = Answer::resource(with_stamp(resource, stamp)).version(stamp.version);
    match stamp.updated_at {
        Some(at) => answer.modified(at),
        None => answer,
    }
}

/// A resource that says in which version it is and, where that is known, since when.
pub(super) fn with_stamp(mut resource: Value, stamp: Stamp) -> Value {
    if let Some(fields) = resource.as_object_mut() {
        let mut meta = json!({ "versionId": stamp.version.to_string() });
        if let (Some(at), Some(meta)) = (stamp.updated_at, meta.as_object_mut()) {
            meta.insert("lastUpdated".to_owned(), dates::instant(at).into());
        }
        fields.insert("meta".to_owned(), meta);
    }
    resource
}

/// The people and establishments at these addresses below the base, such as `Practitioner/D01`, as far as the caller may look
/// them up: each with its address. A role comes with its person and its establishment.
pub(in crate::transactions::fhir) fn resources_at(
    services: &Services,
    call: &Call,
    mut addresses: Vec<String>,
) -> Result<Vec<(String, Value)>, Refusal> {
    if addresses.is_empty() {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    let found = looked_up(services, call, Transaction::Iti90, |source| {
        while let Some(address) = addresses.pop() {
            let Some((resource_type, id)) = address.split_once('/') else { continue };
            let found = source.by_id(resource_type, id)?.and_then(|mut found| found.pop());
            if let Some((resource, _)) = found {
                let ends = ["practitioner", "organization"].into_iter().filter_map(|end| reference(&resource, end));
                addresses.extend(ends.filter(|_| resource_type == "PractitionerRole").map(str::to_owned));
                all.push((address, resource));
            }
        }
        Ok(())
    });
    found.map(|_| all)
}

pub(super) fn resource_type(request: &FhirRequest<'_>) -> String {
    request.segments.first().cloned().unwrap_or_default()
}

pub(super) fn transaction(resource_type: &str) -> Transaction {
    if matches!(resource_type, "Patient" | "RelatedPerson") { Transaction::Iti78 } else { Transaction::Iti90 }
}

/// Nothing for callers whom the rules refuse everything.
pub(super) fn looked_up<T>(
    services: &Services,
    call: &Call,
    transaction: Transaction,
    find: impl FnOnce(&mut Source<'_, '_>) -> Result<T, Failure>,
) -> Result<Option<T>, Refusal> {
    let Some(own) = services.assigning_authorities.first() else { return Ok(None) };
    let found = services.door.read(call, transaction, |reading| {
        let Some(view) = reading.directories()? else { return Ok(None) };
        find(&mut Source { view, own, day: day_of(call.now) }).map(Some)
    });
    Ok(found?)
}
