//! What a submission refers to outside itself: the latest versions of documents, and folders that get members.

use std::collections::{HashMap, HashSet};

use super::super::Refusal;
use super::lists::{Kind, contents};
use crate::access::{Action, Call};
use crate::model::association::AssociationType;
use crate::model::audit_event::Transaction;
use crate::model::entry_search::{EntryNames, EntrySearch};
use crate::model::folder::Folder;
use crate::model::ids::EntryUuid;
use crate::model::registry_objects::RegistryObjects;
use crate::model::stored_query::ObjectIds;
use crate::model::submission_request::SubmissionRequest;
use crate::transactions::Services;
use crate::wire::fhir::{Issue, IssueCode};
use crate::wire::mhd::{EntryOutcome, FolderUpdate, folder_members};

/// Names the latest version of each document that a submission means by its logical id. What the caller does not see stays
/// as it was named, and is refused as what does not exist.
pub(super) fn to_latest_versions(services: &Services, call: &Call, request: &mut SubmissionRequest) -> Result<(), Refusal> {
    let own: HashSet<_> = request.own_ids().collect();
    let outside: Vec<_> = request.associations.iter().map(|association| association.target).filter(|id| !own.contains(id)).collect();
    if outside.is_empty() {
        return Ok(());
    }
    let patient_id = request.submission_set.patient_id.clone();
    let latest: HashMap<_, _> = services.door.read(call, Transaction::Iti67, |door| {
        let Some(mut record) = door.open(&patient_id, Action::Find)? else { return Ok(HashMap::new()) };
        let count = outside.len();
        let names = vec![EntryNames { ids: outside, unique_ids: Vec::new() }];
        let found = record.page(&EntrySearch { names, ..EntrySearch::all(patient_id.clone(), count) })?.entries;
        Ok(found.into_iter().map(|found| (found.entry.logical_id, found.entry.entry_uuid)).collect())
    })?;
    for association in &mut request.associations {
        if let Some(id) = latest.get(&association.target) {
            association.target = *id;
        }
    }
    Ok(())
}

/// Adds the new members of folders that are there already, and says where these folders are.
pub(super) fn add_to_folders(
    services: &Services,
    call: &Call,
    updates: Vec<FolderUpdate>,
    request: &mut SubmissionRequest,
    outcomes: &mut [EntryOutcome],
) -> Result<(), Refusal> {
    let mut issues = Vec::new();
    for update in updates {
        match new_members(services, call, &update)? {
            Ok((folder, members)) => {
                request.associations.extend(folder_members(members, folder, request.submission_set.entry_uuid));
                if let Some(outcome) = outcomes.get_mut(update.number) {
                    outcome.address = Some(format!("List/{}", folder.uuid()));
                }
            }
            Err(issue) => issues.push(issue),
        }
    }
    if issues.is_empty() { Ok(()) } else { Err(Refusal { issues, ..Refusal::of(422, Issue::error(IssueCode::BusinessRule, "")) }) }
}

/// The folder that an update means, and the members that it adds.
fn new_members(services: &Services, call: &Call, update: &FolderUpdate) -> Result<Result<(EntryUuid, Vec<EntryUuid>), Issue>, Refusal> {
    let place = format!("Bundle.entry[{}].resource", update.number);
    let wrong = |code, element: &str, what: &str| {
        let place = format!("{place}{element}");
        Ok(Err(Issue::error(code, format!("{place}: {what}")).at(place)))
    };
    let patient_id = update.folder.patient_id.clone();
    let ids = match update.id {
        Some(id) => ObjectIds::EntryUuids(vec![id]),
        None => ObjectIds::UniqueIds(vec![update.folder.unique_id.clone()]),
    };
    let most = services.limits.query_results;
    let found = services.door.read(call, Transaction::Iti66, |door| match door.open(&patient_id, Action::Find)? {
        Some(mut record) => contents(&mut record, Kind::Folder, ids, most),
        None => Ok(RegistryObjects::default()),
    })?;
    let Some(folder) = found.folders.iter().find(|folder| folder.patient_id == patient_id) else {
        let what = "no folder of this patient that you see has this id; write List/ and its id into request.url, or its entryUUID or uniqueId as identifier";
        return wrong(IssueCode::NotFound, "", what);
    };
    if let Some(element) = changed(folder, &update.folder) {
        let what = "it is another than that of the folder; over MHD a folder gets members, its other metadata are changed by Update Document Set (ITI-57)";
        return wrong(IssueCode::NotSupported, element, what);
    }
    let is_link = |link: &&crate::model::association::Association| {
        link.association_type == AssociationType::HasMember && link.source == folder.entry_uuid
    };
    let there: HashSet<_> = found.associations.iter().filter(is_link).map(|link| link.target).collect();
    let named: HashSet<_> = update.members.iter().copied().collect();
    let is_named = |id: &EntryUuid| {
        let logical = found.entries.iter().find(|entry| entry.entry_uuid == *id).map(|entry| entry.logical_id);
        named.contains(id) || logical.is_some_and(|id| named.contains(&id))
    };
    let visible = |id: &&EntryUuid| found.entries.iter().any(|entry| entry.entry_uuid == **id);
    if there.iter().filter(visible).any(|id| !is_named(id)) {
        let what = "a member of the folder is left out; a folder gets members and keeps those it has (MHD 4.2, 2:3.65.4.1.2.1): read the List, and add to it";
        return wrong(IssueCode::BusinessRule, ".entry", what);
    }
    let is_there = |id: &EntryUuid| there.contains(id) || found.entries.iter().any(|entry| entry.logical_id == *id);
    let mut seen = HashSet::new();
    let members = update.members.iter().copied().filter(|id| !is_there(id) && seen.insert(*id)).collect();
    Ok(Ok((folder.entry_uuid, members)))
}

/// The first element in which two folders differ of those that a source states.
fn changed(folder: &Folder, said: &Folder) -> Option<&'static str> {
    let codes = |folder: &Folder| folder.codes.iter().map(|code| (code.code.clone(), code.scheme.clone())).collect::<HashSet<_>>();
    if folder.title.first() != said.title.first() {
        return Some(".title");
    }
    if folder.comments.first() != said.comments.first() {
        return Some(".note");
    }
    (codes(folder) != codes(said)).then_some(".extension")
}
