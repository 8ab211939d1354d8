//! Find Document References [ITI-67], and reading one (IHE MHD 4.2, 2:3.67).

use super::super::times::{bounds, narrow_instants, time};
use super::super::{Answer, FhirRequest, Params, Refusal};
use super::conditions::{authors, code_group, code_patterns, names, narrow, narrow_times};
use super::entry_conditions::condition;
use super::includes::{self, Included};
use super::paging::{Wanted, cursor, place};
use super::search_parameters::{Asked, OF_DOCUMENTS};
use super::which_patient::{domain, no_patient, patient};
use crate::access::{Action, Call, EntryPage, Failure, FoundEntry, Reading};
use crate::model::audit_event::Transaction;
use crate::model::availability_status::AvailabilityStatus;
use crate::model::entry_condition::{EntryCondition, EntryTest};
use crate::model::entry_search::{EntryNames, EntryOrder, EntryPlace, EntrySearch};
use crate::model::hl7_types::PatientId;
use crate::model::ids::EntryUuid;
use crate::model::stored_query::{MetadataLevel, ObjectIds, Subject};
use crate::transactions::Services;
use crate::wire::fhir::bundle::{Entry, searchset};
use crate::wire::fhir::operation_outcome;
use crate::wire::fhir::search::{Comparison, token};
use crate::wire::mhd::{Described, Domain, write_document_reference};

/// Versions of one entry that a history shows, the latest.
const MOST_VERSIONS: usize = 1000;

/// `DocumentReference/{id}`.
pub(super) fn read(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let id = uuid(params.id()).ok_or_else(Refusal::not_found)?;
    let found = services.door.read(call, Transaction::Iti67, |door| entry_of_id(door, id, Action::Find))?;
    let found = found.ok_or_else(|| Refusal::not_found().audited())?;
    let answer = Answer::resource(written(&found, &domain(services, request)));
    Ok(answer.version(u64::from(found.entry.version)).modified(found.registered_at))
}

/// The entryUUID or logical id that a logical id of FHIR stands for.
pub(super) fn uuid(id: &str) -> Option<EntryUuid> {
    format!("urn:uuid:{id}").parse().ok()
}

/// The latest version of an entry, in whatever record it is that is open to the caller.
pub(super) fn entry_of_id(door: &mut Reading<'_>, id: EntryUuid, action: Action) -> Result<Option<FoundEntry>, Failure> {
    let owners = owners(door, &[id])?;
    for patient_id in door.or_nobody(owners)? {
        let Some(mut record) = door.open(&patient_id, action)? else { continue };
        let name = EntryNames { ids: vec![id], ..EntryNames::default() };
        let search = EntrySearch { names: vec![name], ..EntrySearch::all(patient_id, 1) };
        if let Some(found) = record.page(&search)?.entries.pop() {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// All versions of an entry that are in sight, the latest first.
pub(super) fn versions(door: &mut Reading<'_>, id: EntryUuid) -> Result<Vec<FoundEntry>, Failure> {
    for patient_id in owners(door, &[id])? {
        let Some(mut record) = door.open(&patient_id, Action::Find)? else { continue };
        let search = EntrySearch {
            names: vec![EntryNames { ids: vec![id], ..EntryNames::default() }],
            order: EntryOrder { by_creation: false, descending: true },
            every_version: true,
            ..EntrySearch::all(patient_id, MOST_VERSIONS)
        };
        let mut found = record.page(&search)?.entries;
        if !found.is_empty() {
            found.sort_by_key(|found| std::cmp::Reverse(found.entry.version));
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// Whose entries these are, by the id of a version or of all.
fn owners(door: &mut Reading<'_>, ids: &[EntryUuid]) -> Result<Vec<PatientId>, Failure> {
    let mut owners = Vec::new();
    for ids in [ObjectIds::LogicalIds(ids.to_vec()), ObjectIds::EntryUuids(ids.to_vec())] {
        owners.extend(door.patients_of(Subject::Entries(&ids), MetadataLevel::One)?);
    }
    owners.sort();
    owners.dedup();
    Ok(owners)
}

/// `DocumentReference?…`.
pub(super) fn search(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    let mut asked = Asked::of(request, OF_DOCUMENTS)?;
    let included = Included::of(&mut asked, "DocumentReference")?;
    let (domain, wanted) = (domain(services, request), Wanted::of(&asked, request.counts_only)?);
    let named = patient(&asked, &domain)?;
    let names = named_entries(&asked)?;
    let by_id: Vec<_> = names.iter().flat_map(|names| names.ids.clone()).collect();
    let by_unique_id: Vec<_> = names.iter().flat_map(|names| names.unique_ids.clone()).collect();
    if named.is_none() && by_id.is_empty() && by_unique_id.is_empty() {
        return Err(no_patient());
    }
    // Every fault of the request is told before a record is opened.
    let unaddressed =
        PatientId::new("-", services.assigning_authorities.first().cloned().ok_or_else(Refusal::broken)?).map_err(|_| Refusal::broken())?;
    let conditions = conditions(&asked, EntrySearch { names, ..EntrySearch::all(unaddressed, wanted.count) })?;
    let most = services.limits.query_results;
    let (page, beside) = services.door.read(call, Transaction::Iti67, |door| {
        door.audit.query = Some("DocumentReference".to_owned());
        let patients = match &named {
            Some(patient_id) => vec![patient_id.clone()],
            None => {
                let mut owners = owners(door, &by_id)?;
                owners.extend(door.patients_of(Subject::Entries(&ObjectIds::UniqueIds(by_unique_id.clone())), MetadataLevel::One)?);
                owners.sort();
                owners.dedup();
                door.or_nobody(owners)?
            }
        };
        let (mut page, mut beside) = (EntryPage::default(), Vec::new());
        for patient_id in patients {
            let mut of_patient = conditions.clone();
            of_patient.query.patient_id = patient_id.clone();
            let Some(mut record) = door.open(&patient_id, Action::Find)? else { continue };
            let found = record.page(&of_patient)?;
            beside.extend(included.of_documents(&mut record, &patient_id, &found.entries, most, &domain)?);
            page.total += found.total;
            page.has_more |= found.has_more;
            page.entries.extend(found.entries);
        }
        Ok((page, beside))
    })?;
    Ok(Answer::resource(bundle(&asked, &wanted, &domain, conditions.order, named.is_some(), (page, beside))))
}

fn bundle(
    asked: &Asked,
    wanted: &Wanted,
    domain: &Domain<'_>,
    order: EntryOrder,
    may_go_on: bool,
    (page, beside): (EntryPage, Vec<serde_json::Value>),
) -> serde_json::Value {
    let address = |cursor: Option<&str>| asked.address(domain.base_url, "DocumentReference", cursor);
    let last = page.entries.last().filter(|_| page.has_more && may_go_on && wanted.count > 0);
    let next = last.map(|last| address(Some(&cursor(&place_of(last, order)))));
    let mut entries: Vec<_> = page.entries.iter().map(|found| Entry::found(domain.base_url, written(found, domain))).collect();
    entries.extend(beside.into_iter().map(|resource| includes::entry(domain, resource)));
    if !asked.warnings.is_empty() {
        let full_url = format!("urn:uuid:{}", EntryUuid::random().uuid());
        entries.push(Entry { full_url, resource: operation_outcome(&asked.warnings), mode: "outcome" });
    }
    let here = asked.only("_cursor").ok().flatten();
    searchset(page.total, entries, &address(here), next.as_deref())
}

fn place_of(found: &FoundEntry, order: EntryOrder) -> EntryPlace {
    let key = match order.by_creation {
        true => found.entry.creation_time.as_ref().map(|at| at.first_second()).unwrap_or_default(),
        false => found.registered_at.0.to_string(),
    };
    EntryPlace { key, id: found.entry.entry_uuid }
}

pub(super) fn written(found: &FoundEntry, domain: &Domain<'_>) -> serde_json::Value {
    let described = Described { registered_at: Some(found.registered_at), relations: &found.relations };
    write_document_reference(&found.entry, &described, domain)
}

/// What `_id` and `identifier` name.
fn named_entries(asked: &Asked) -> Result<Vec<EntryNames>, Refusal> {
    let mut all = Vec::new();
    for value in asked.values("_id") {
        let ids = value.split(',').filter_map(uuid).collect();
        all.push(EntryNames { ids, unique_ids: Vec::new() });
    }
    for value in asked.values("identifier") {
        all.push(names("identifier", value)?);
    }
    Ok(all)
}

/// Takes one parameter into the search.
fn narrowed_by(search: &mut EntrySearch, name: &str, value: &str) -> Result<(), Refusal> {
    if let Some(condition) = condition(name, value)? {
        search.conditions.push(condition);
        return Ok(());
    }
    let codes = |name, value| Ok::<_, Refusal>(code_group(&code_patterns(name, value)?).unwrap_or_default());
    let query = &mut search.query;
    match name {
        "category" => narrow(&mut query.class_codes, codes(name, value)?),
        "type" => narrow(&mut query.type_codes, codes(name, value)?),
        "setting" => narrow(&mut query.practice_setting_codes, codes(name, value)?),
        "facility" => narrow(&mut query.healthcare_facility_type_codes, codes(name, value)?),
        "format" => narrow(&mut query.format_codes, codes(name, value)?),
        "event" => query.event_codes.push(codes(name, value)?),
        "security-label" => query.confidentiality_codes.push(codes(name, value)?),
        "status" | "status:not" => statuses(&mut query.statuses, value, name == "status")?,
        "creation" => narrow_times(&mut query.creation_time, bounds(time(name, value)?)),
        "period" => period(search, value)?,
        "date" | "_lastUpdated" => narrow_instants(&mut search.registered_from, &mut search.registered_to, bounds(time(name, value)?)),
        "_sort" => search.order = order(value)?,
        "_cursor" => search.after = Some(place(value)?),
        _ => {}
    }
    Ok(())
}

fn conditions(asked: &Asked, mut search: EntrySearch) -> Result<EntrySearch, Refusal> {
    asked.known.iter().try_for_each(|(name, value)| narrowed_by(&mut search, name, value))?;
    let mut authors = authors(asked, "author.family", "author.given")?.into_iter();
    search.query.author_persons = authors.next().unwrap_or_default();
    let is_author = |patterns: Vec<String>| EntryCondition {
        any_of: patterns.into_iter().map(|pattern| vec![EntryTest::Author(pattern)]).collect(),
        negated: false,
    };
    search.conditions.extend(authors.map(is_author));
    let by_number = search.after.as_ref().is_none_or(|after| search.order.by_creation || after.key.parse::<i64>().is_ok());
    if !by_number {
        return Err(Refusal::invalid("http._cursor", "it belongs to another order", "follow the link next of the page before"));
    }
    Ok(search)
}

fn statuses(statuses: &mut Vec<AvailabilityStatus>, value: &str, is_one: bool) -> Result<(), Refusal> {
    let mut wanted = Vec::new();
    for alternative in value.split(',') {
        match token(alternative).code.as_deref() {
            Some("current") => wanted.push(AvailabilityStatus::Approved),
            Some("superseded") => wanted.push(AvailabilityStatus::Deprecated),
            // Known to FHIR, but nothing here has it.
            Some("entered-in-error") => {}
            _ => return Err(Refusal::invalid("http.status", "not a status of a DocumentReference", "use current or superseded")),
        }
    }
    statuses.retain(|status| wanted.contains(status) == is_one);
    Ok(())
}

/// The time of care overlaps, as ITI-18 has it: what has no start or no end is not left out because of it.
fn period(search: &mut EntrySearch, value: &str) -> Result<(), Refusal> {
    let (comparison, range) = time("period", value)?;
    let (start, stop) = (&mut search.query.service_start_time, &mut search.query.service_stop_time);
    match comparison {
        Comparison::Equal | Comparison::Approximately | Comparison::NotEqual => {
            narrow_times(start, (Some(range.start), None));
            narrow_times(stop, (None, Some(range.end)));
        }
        Comparison::StartsAfter => narrow_times(start, (Some(range.end), None)),
        Comparison::EndsBefore => narrow_times(stop, (None, Some(range.start))),
        Comparison::Greater => narrow_times(stop, (Some(range.end), None)),
        Comparison::GreaterOrEqual => narrow_times(stop, (Some(range.start), None)),
        Comparison::Less => narrow_times(start, (None, Some(range.start))),
        Comparison::LessOrEqual => narrow_times(start, (None, Some(range.end))),
    }
    Ok(())
}

fn order(value: &str) -> Result<EntryOrder, Refusal> {
    let (descending, name) = value.strip_prefix('-').map_or((false, value), |name| (true, name));
    match name {
        "date" | "_lastUpdated" => Ok(EntryOrder { by_creation: false, descending }),
        "creation" => Ok(EntryOrder { by_creation: true, descending }),
        _ => Err(Refusal::invalid(
            "http._sort",
            "nothing is sorted by this",
            "use date, _lastUpdated or creation, with a minus sign for the latest first",
        )),
    }
}
