//! Find Document Lists [ITI-66], and reading one (IHE MHD 4.2, 2:3.66).

use std::collections::HashMap;

use serde_json::Value;

use super::super::{Answer, FhirRequest, Params, Refusal};
use super::document_references::uuid;
use super::includes::{self, Included};
use super::list_conditions::{ListNames, ListTest, Listed};
use super::list_search::{Search, conditions};
use super::paging::{Wanted, cursor};
use super::search_parameters::{Asked, OF_LISTS};
use super::which_patient::{domain, no_patient, patient};
use crate::access::{Action, Call, Failure, ReadableRecord, Reading};
use crate::model::association::AssociationType;
use crate::model::audit_event::Transaction;
use crate::model::document_entry::DocumentEntryType;
use crate::model::entry_search::EntryPlace;
use crate::model::hl7_types::PatientId;
use crate::model::ids::{EntryUuid, Oid};
use crate::model::registry_objects::RegistryObjects;
use crate::model::stored_query::{EntryFilter, FindFolders, FindSubmissionSets, MetadataLevel, ObjectIds, StoredQuery, Subject};
use crate::transactions::Services;
use crate::wire::fhir::bundle::{Entry, searchset};
use crate::wire::fhir::operation_outcome;
use crate::wire::mhd::{Domain, write_folder, write_submission_set};

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
                if let Some(list) = with_members(&mut record, &[(kind, id)], most, &domain)?.pop() {
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

/// `List?…`.
pub(super) fn search(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    let mut asked = Asked::of(request, OF_LISTS)?;
    let included = Included::of(&mut asked, "List")?;
    let (domain, wanted) = (domain(services, request), Wanted::of(&asked, request.counts_only)?);
    let named = patient(&asked, &domain)?;
    let search = conditions(&asked, services)?;
    if named.is_none() && search.names.iter().all(|names| *names == ListNames::default()) {
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
            lists.extend(with_members(&mut record, &page, most, &domain)?);
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
    let ids: Vec<_> = search.names.iter().flat_map(|names| names.ids.clone()).collect();
    let mut owners = door.patients_of(Subject::Objects(&ids), MetadataLevel::One)?;
    let unique_ids = ObjectIds::UniqueIds(search.names.iter().flat_map(|names| names.unique_ids.clone()).collect());
    owners.extend(door.patients_of(Subject::SubmissionSets(&unique_ids), MetadataLevel::One)?);
    owners.extend(door.patients_of(Subject::Folders(&unique_ids), MetadataLevel::One)?);
    owners.sort();
    owners.dedup();
    door.or_nobody(owners)
}

/// The ids of the lists of a record that meet the conditions, in order.
fn matching(
    record: &mut ReadableRecord<'_>,
    search: &Search,
    patient_id: &PatientId,
    most: usize,
) -> Result<Vec<(Kind, EntryUuid)>, Failure> {
    let (mut found, mut listed) = (Vec::new(), Vec::<Listed>::new());
    let is_plain = search.names.is_empty() && search.tests.is_empty() && search.latest_first.is_none();
    for kind in &search.kinds {
        let patient_id = patient_id.clone();
        let query = match kind {
            Kind::SubmissionSet => StoredQuery::FindSubmissionSets(FindSubmissionSets { patient_id, ..search.sets.clone() }),
            Kind::Folder => StoredQuery::FindFolders(FindFolders { patient_id, ..search.folders.clone() }),
        };
        let objects = record.find(&query, MetadataLevel::One, found.len(), most)?;
        found.extend(objects.ids().map(|id| (*kind, id)));
        if !is_plain {
            record.give(objects, |more| {
                listed.extend(more.submission_sets.into_iter().map(Listed::from));
                listed.extend(more.folders.into_iter().map(Listed::from));
                Ok(())
            })?;
        }
    }
    if is_plain {
        return Ok(found);
    }
    let names = search.names.iter().cloned().map(ListTest::Named).collect::<Vec<_>>();
    listed.retain(|list| names.iter().chain(&search.tests).all(|test| test.is_met(list)));
    if let Some(latest_first) = search.latest_first {
        listed.sort_by(|one, other| (&one.date, one.id).cmp(&(&other.date, other.id)));
        if latest_first {
            listed.reverse();
        }
    }
    Ok(listed.into_iter().map(|list| (list.kind, list.id)).collect())
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

/// These lists with their members, in this order, as far as they are in sight. All of one kind are read at once, in a few statements
/// however many they are; only where they are together more than an answer may hold, fewer.
pub(super) fn with_members(
    record: &mut ReadableRecord<'_>,
    lists: &[(Kind, EntryUuid)],
    most: usize,
    domain: &Domain<'_>,
) -> Result<Vec<Value>, Failure> {
    let mut written = HashMap::new();
    for kind in [Kind::SubmissionSet, Kind::Folder] {
        let ids: Vec<_> = lists.iter().filter(|(of, _)| *of == kind).map(|(_, id)| *id).collect();
        of_kind(record, kind, &ids, most, domain, &mut written)?;
    }
    Ok(lists.iter().filter_map(|(_, id)| written.remove(id)).collect())
}

fn of_kind(
    record: &mut ReadableRecord<'_>,
    kind: Kind,
    ids: &[EntryUuid],
    most: usize,
    domain: &Domain<'_>,
    written: &mut HashMap<EntryUuid, Value>,
) -> Result<(), Failure> {
    if ids.is_empty() {
        return Ok(());
    }
    match contents(record, kind, ObjectIds::EntryUuids(ids.to_vec()), most) {
        Ok(objects) => written.extend(with_links(&objects, kind, domain)),
        Err(failure) if failure.is_too_much() && ids.len() > 1 => {
            let (one, other) = ids.split_at(ids.len() / 2);
            of_kind(record, kind, one, most, domain, written)?;
            of_kind(record, kind, other, most, domain, written)?;
        }
        Err(failure) => return Err(failure),
    }
    Ok(())
}

/// The lists of a kind among these objects, each with links to those of its members that are there.
fn with_links(objects: &RegistryObjects, kind: Kind, domain: &Domain<'_>) -> Vec<(EntryUuid, Value)> {
    let of_entries = objects.entries.iter().map(|entry| (entry.entry_uuid, format!("DocumentReference/{}", entry.logical_id.uuid())));
    let of_folders = objects.folders.iter().map(|folder| (folder.entry_uuid, format!("List/{}", folder.entry_uuid.uuid())));
    let addresses: HashMap<_, _> = of_folders.chain(of_entries).collect();
    let mut members: HashMap<EntryUuid, Vec<String>> = HashMap::new();
    for link in objects.associations.iter().filter(|link| link.association_type == AssociationType::HasMember) {
        members.entry(link.source).or_default().extend(addresses.get(&link.target).cloned());
    }
    let of = |id: &EntryUuid| members.get(id).map_or(&[][..], Vec::as_slice);
    let sets = objects.submission_sets.iter().map(|set| (set.entry_uuid, write_submission_set(set, of(&set.entry_uuid), domain)));
    let folders = || objects.folders.iter().map(|folder| (folder.entry_uuid, write_folder(folder, of(&folder.entry_uuid), domain)));
    match kind {
        Kind::SubmissionSet => sets.collect(),
        Kind::Folder => folders().collect(),
    }
}
