//! Find Document Lists [ITI-66], and reading one (IHE MHD 4.2, 2:3.66).

use super::super::{Answer, FhirRequest, Params, Refusal};
use super::conditions::{any_of, bounds, codes, narrow, narrow_times, person_patterns, time};
use super::document_references::uuid;
use super::includes::{self, Included};
use super::paging::{Wanted, cursor, place};
use super::search_parameters::{Asked, OF_LISTS};
use super::which_patient::{domain, no_patient, patient};
use crate::access::{Action, Call, Failure, ReadableRecord, Reading};
use crate::model::association::AssociationType;
use crate::model::audit_event::Transaction;
use crate::model::availability_status::AvailabilityStatus;
use crate::model::document_entry::DocumentEntryType;
use crate::model::entry_search::EntryPlace;
use crate::model::hl7_types::PatientId;
use crate::model::ids::{EntryUuid, Oid};
use crate::model::registry_objects::RegistryObjects;
use crate::model::stored_query::{EntryFilter, FindFolders, FindSubmissionSets, MetadataLevel, ObjectIds, StoredQuery, Subject, TimeRange};
use crate::transactions::Services;
use crate::wire::fhir::bundle::{Entry, searchset};
use crate::wire::fhir::operation_outcome;
use crate::wire::fhir::search::token;
use crate::wire::mhd::{Domain, LIST_TYPES, list_type, write_folder, write_submission_set};

/// `List/{id}`.
pub(super) fn read(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let id = uuid(params.id()).ok_or_else(Refusal::not_found)?;
    let most = services.limits.query_results;
    let domain = domain(services, request);
    let list = services.door.read(call, Transaction::Iti66, |door| {
        let patients = door.patients_of(Subject::Objects(&[id]), MetadataLevel::One)?;
        for patient_id in door.or_nobody(patients)? {
            let Some(mut record) = door.open(&patient_id, Action::Find)? else { continue };
            for kind in [Kind::SubmissionSet, Kind::Folder] {
                if let Some(list) = with_members(&mut record, kind, id, most, &domain)? {
                    return Ok(Some(list));
                }
            }
        }
        Ok(None)
    })?;
    list.map(Answer::resource).ok_or_else(|| Refusal::not_found().audited())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    SubmissionSet,
    Folder,
}

/// What is searched for, without the patient.
struct Search {
    kinds: Vec<Kind>,
    statuses: Vec<AvailabilityStatus>,
    sets: FindSubmissionSets,
    folders: FindFolders,
    ids: Vec<EntryUuid>,
    unique_ids: Vec<Oid>,
    after: Option<EntryUuid>,
}

/// `List?…`.
pub(super) fn search(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    let mut asked = Asked::of(request, OF_LISTS)?;
    let included = Included::of(&mut asked, "List")?;
    let (domain, wanted) = (domain(services, request), Wanted::of(&asked, request.counts_only)?);
    let named = patient(&asked, &domain)?;
    let search = conditions(&asked, services)?;
    if named.is_none() && search.ids.is_empty() && search.unique_ids.is_empty() {
        return Err(no_patient());
    }
    let most = services.limits.query_results;
    let (total, lists, beside, next) = services.door.read(call, Transaction::Iti66, |door| {
        door.audit.query = Some("List".to_owned());
        let patients = match &named {
            Some(patient_id) => vec![patient_id.clone()],
            None => owners(door, &search)?,
        };
        let (mut total, mut lists, mut beside, mut next) = (0, Vec::new(), Vec::new(), None);
        for patient_id in patients {
            let Some(mut record) = door.open(&patient_id, Action::Find)? else { continue };
            let found = matching(&mut record, &search, &patient_id, most)?;
            total += found.len();
            let begin = search.after.and_then(|after| found.iter().position(|(_, id)| *id == after)).map_or(0, |at| at + 1);
            let page: Vec<_> = found.iter().skip(begin).take(wanted.count).copied().collect();
            next = page.last().filter(|_| begin + page.len() < found.len()).map(|(_, id)| *id);
            let before = lists.len();
            for (kind, id) in page {
                lists.extend(with_members(&mut record, kind, id, most, &domain)?);
            }
            beside.extend(included.of_lists(&mut record, &patient_id, lists.get(before..).unwrap_or_default(), &domain)?);
        }
        Ok((total, lists, beside, next))
    })?;
    let address = |cursor: Option<&str>| asked.address(domain.base_url, "List", cursor);
    let next = next.filter(|_| named.is_some()).map(|id| address(Some(&cursor(&EntryPlace { key: String::new(), id }))));
    let mut entries: Vec<_> = lists.into_iter().map(|list| Entry::found(domain.base_url, list)).collect();
    entries.extend(beside.into_iter().map(|resource| includes::entry(&domain, resource)));
    if !asked.warnings.is_empty() {
        let full_url = format!("urn:uuid:{}", EntryUuid::random().uuid());
        entries.push(Entry { full_url, resource: operation_outcome(&asked.warnings), mode: "outcome" });
    }
    let here = asked.only("_cursor")?;
    Ok(Answer::resource(searchset(u64::try_from(total).unwrap_or(u64::MAX), entries, &address(here), next.as_deref())))
}

fn owners(door: &mut Reading<'_>, search: &Search) -> Result<Vec<PatientId>, Failure> {
    let mut owners = door.patients_of(Subject::Objects(&search.ids), MetadataLevel::One)?;
    let unique_ids = ObjectIds::UniqueIds(search.unique_ids.clone());
    owners.extend(door.patients_of(Subject::SubmissionSets(&unique_ids), MetadataLevel::One)?);
    owners.extend(door.patients_of(Subject::Folders(&unique_ids), MetadataLevel::One)?);
    owners.sort();
    owners.dedup();
    door.or_nobody(owners)
}

/// The ids of the lists of a record that meet the conditions, submission sets first, each kind in the order registered.
fn matching(
    record: &mut ReadableRecord<'_>,
    search: &Search,
    patient_id: &PatientId,
    most: usize,
) -> Result<Vec<(Kind, EntryUuid)>, Failure> {
    let mut found = Vec::new();
    for kind in &search.kinds {
        let patient_id = patient_id.clone();
        let query = match kind {
            Kind::SubmissionSet => StoredQuery::FindSubmissionSets(FindSubmissionSets { patient_id, ..search.sets.clone() }),
            Kind::Folder => StoredQuery::FindFolders(FindFolders { patient_id, ..search.folders.clone() }),
        };
        let objects = record.find(&query, MetadataLevel::One, found.len(), most)?;
        found.extend(objects.ids().map(|id| (*kind, id)));
    }
    if search.ids.is_empty() && search.unique_ids.is_empty() {
        return Ok(found);
    }
    let mut named = Vec::new();
    for (kind, id) in found {
        let objects = contents(record, kind, ObjectIds::EntryUuids(vec![id]), most)?;
        let unique_id =
            objects.submission_sets.first().map(|set| &set.unique_id).or(objects.folders.first().map(|folder| &folder.unique_id));
        if search.ids.contains(&id) || unique_id.is_some_and(|unique_id| search.unique_ids.contains(unique_id)) {
            named.push((kind, id));
        }
    }
    Ok(named)
}

/// A submission set or folder, its members and memberships, as far as they are in sight.
pub(super) fn contents(record: &mut ReadableRecord<'_>, kind: Kind, ids: ObjectIds<Oid>, most: usize) -> Result<RegistryObjects, Failure> {
    let everything = EntryFilter {
        format_codes: Vec::new(),
        confidentiality_codes: Vec::new(),
        object_types: vec![DocumentEntryType::Stable, DocumentEntryType::OnDemand],
    };
    let query = match kind {
        Kind::SubmissionSet => StoredQuery::GetSubmissionSetAndContents(ids, everything),
        Kind::Folder => StoredQuery::GetFolderAndContents(ids, everything),
    };
    let found = record.find(&query, MetadataLevel::One, 0, most)?;
    let mut objects = RegistryObjects::default();
    record.give(found, |more| {
        objects.submission_sets.extend(more.submission_sets);
        objects.entries.extend(more.entries);
        objects.folders.extend(more.folders);
        objects.associations.extend(more.associations);
        Ok(())
    })?;
    Ok(objects)
}

pub(super) fn with_members(
    record: &mut ReadableRecord<'_>,
    kind: Kind,
    id: EntryUuid,
    most: usize,
    domain: &Domain<'_>,
) -> Result<Option<serde_json::Value>, Failure> {
    let objects = contents(record, kind, ObjectIds::EntryUuids(vec![id]), most)?;
    let address = |target: EntryUuid| {
        let entry = objects
            .entries
            .iter()
            .find(|entry| entry.entry_uuid == target)
            .map(|entry| format!("DocumentReference/{}", entry.logical_id.uuid()));
        let folder =
            || objects.folders.iter().find(|folder| folder.entry_uuid == target).map(|folder| format!("List/{}", folder.entry_uuid.uuid()));
        entry.or_else(folder)
    };
    let memberships = objects.associations.iter().filter(|link| link.association_type == AssociationType::HasMember && link.source == id);
    let members: Vec<_> = memberships.filter_map(|link| address(link.target)).collect();
    let set = objects.submission_sets.iter().find(|set| set.entry_uuid == id).map(|set| write_submission_set(set, &members, domain));
    let folder = || objects.folders.iter().find(|folder| folder.entry_uuid == id).map(|folder| write_folder(folder, &members, domain));
    Ok(set.or_else(folder))
}

/// A search of all lists of nobody in particular.
fn every_list(services: &Services) -> Result<Search, Refusal> {
    let authority = services.assigning_authorities.first().cloned().ok_or_else(Refusal::broken)?;
    let patient_id = PatientId::new("-", authority).map_err(|_| Refusal::broken())?;
    let both = vec![AvailabilityStatus::Approved, AvailabilityStatus::Deprecated];
    let sets = FindSubmissionSets {
        patient_id: patient_id.clone(),
        statuses: both.clone(),
        source_ids: Vec::new(),
        submission_time: TimeRange::default(),
        author_person: None,
        content_type_codes: Vec::new(),
    };
    let folders = FindFolders { patient_id, statuses: both.clone(), last_update_time: TimeRange::default(), codes: Vec::new() };
    let kinds = vec![Kind::SubmissionSet, Kind::Folder];
    Ok(Search { kinds, statuses: both, sets, folders, ids: Vec::new(), unique_ids: Vec::new(), after: None })
}

/// Takes one parameter into the search.
fn narrowed_by(search: &mut Search, name: &str, value: &str) -> Result<(), Refusal> {
    match name {
        "code" => kinds_of(&mut search.kinds, value)?,
        "status" => statuses(&mut search.statuses, value)?,
        "date" => {
            let bounds = bounds(time(name, value)?);
            narrow_times(&mut search.sets.submission_time, bounds);
            narrow_times(&mut search.folders.last_update_time, bounds);
        }
        "designationType" => {
            let codes = codes(name, value)?;
            narrow(&mut search.sets.content_type_codes, codes.clone());
            search.folders.codes.push(codes);
        }
        "sourceId" => {
            search.sets.source_ids.extend(any_of(name, value)?.iter().filter_map(|text| oid(text)));
            search.kinds.retain(|kind| *kind == Kind::SubmissionSet);
        }
        "_id" => search.ids.extend(value.split(',').filter_map(uuid)),
        "identifier" => {
            for text in any_of(name, value)? {
                search.ids.extend(token(&text).code.and_then(|code| code.parse::<EntryUuid>().ok()));
                search.unique_ids.extend(oid(&text));
            }
        }
        "_cursor" => search.after = Some(place(value)?.id),
        "_sort" => return Err(Refusal::invalid("http._sort", "lists come in the order registered", "leave it out")),
        _ => {}
    }
    Ok(())
}

fn conditions(asked: &Asked, services: &Services) -> Result<Search, Refusal> {
    let mut search = every_list(services)?;
    asked.known.iter().try_for_each(|(name, value)| narrowed_by(&mut search, name, value))?;
    let (family, given) = (asked.name_part("source.family")?, asked.name_part("source.given")?);
    if family.is_some() || given.is_some() {
        search.kinds.retain(|kind| *kind == Kind::SubmissionSet);
        let mut patterns = person_patterns(family, given)?;
        if patterns.len() > 1 {
            return Err(Refusal::invalid("http.source", "several names are given", "search for one at a time"));
        }
        search.sets.author_person = patterns.pop();
    }
    search.sets.statuses = search.statuses.clone();
    search.folders.statuses = search.statuses.clone();
    Ok(search)
}

fn oid(text: &str) -> Option<Oid> {
    let code = token(text).code?;
    code.strip_prefix("urn:oid:").unwrap_or(&code).parse().ok()
}

fn kinds_of(kinds: &mut Vec<Kind>, value: &str) -> Result<(), Refusal> {
    let mut wanted = Vec::new();
    for alternative in any_of("code", value)? {
        let token = token(&alternative);
        if token.system.is_some_and(|system| system != LIST_TYPES) {
            continue;
        }
        match token.code.as_deref() {
            Some(list_type::SUBMISSION_SET) => wanted.push(Kind::SubmissionSet),
            Some(list_type::FOLDER) => wanted.push(Kind::Folder),
            _ => return Err(Refusal::invalid("http.code", "not a type of list", "use submissionset or folder")),
        }
    }
    kinds.retain(|kind| wanted.contains(kind));
    Ok(())
}

fn statuses(statuses: &mut Vec<AvailabilityStatus>, value: &str) -> Result<(), Refusal> {
    let mut wanted = Vec::new();
    for alternative in value.split(',') {
        match token(alternative).code.as_deref() {
            Some("current") => wanted.push(AvailabilityStatus::Approved),
            // MHD 4.2, table 2:3.66.4.1.3.1-3, says superseded; List.status of R4 has retired.
            Some("superseded" | "retired") => wanted.push(AvailabilityStatus::Deprecated),
            Some("entered-in-error") => {}
            _ => return Err(Refusal::invalid("http.status", "not a status of a List", "use current, superseded or retired")),
        }
    }
    statuses.retain(|status| wanted.contains(status));
    Ok(())
}
