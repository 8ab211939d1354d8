//! The stored queries in plain loops over one record (ITI TF-2: 3.18.4.1.2.3.7).

use crate::model::association::{Association, AssociationType};
use crate::model::code::Code;
use crate::model::document_entry::{DocumentEntry, DocumentEntryType};
use crate::model::ids::EntryUuid;
use crate::model::registry_objects::RegistryObjects;
use crate::model::stored_query::{CodeMatch, EntryFilter, FindDocuments, ObjectIds, StoredQuery, TimeRange};
use crate::model::timestamp::Dtm;

/// What the record answers, whatever patient the query names.
pub(super) fn answer(record: &RegistryObjects, query: &StoredQuery) -> RegistryObjects {
    let nothing = RegistryObjects::default();
    match query {
        StoredQuery::FindDocuments(q) => RegistryObjects { entries: kept(&record.entries, |entry| found(entry, q)), ..nothing },
        StoredQuery::FindSubmissionSets(q) => {
            let fits = |set: &crate::model::submission_set::SubmissionSet| {
                let persons: Vec<_> = set.authors.iter().filter_map(|author| author.person.as_ref()).collect();
                q.statuses.contains(&set.availability_status)
                    && (q.source_ids.is_empty() || q.source_ids.contains(&set.source_id))
                    && within(&q.submission_time, Some(&set.submission_time))
                    && one_of(&q.content_type_codes, &set.content_type_code)
                    && q.author_person.iter().all(|pattern| persons.iter().any(|person| like(pattern, person.as_str())))
            };
            RegistryObjects { submission_sets: kept(&record.submission_sets, fits), ..nothing }
        }
        StoredQuery::FindFolders(q) => {
            let fits = |folder: &crate::model::folder::Folder| {
                q.statuses.contains(&folder.availability_status)
                    && updated_within(&q.last_update_time, &folder.last_update_time)
                    && each_group(&q.codes, &folder.codes)
            };
            RegistryObjects { folders: kept(&record.folders, fits), ..nothing }
        }
        StoredQuery::GetAll(q) => {
            let mut all = RegistryObjects {
                submission_sets: kept(&record.submission_sets, |set| q.submission_set_statuses.contains(&set.availability_status)),
                entries: kept(&record.entries, |e| q.entry_statuses.contains(&e.availability_status) && passes(e, &q.entry_filter)),
                folders: kept(&record.folders, |folder| q.folder_statuses.contains(&folder.availability_status)),
                ..nothing
            };
            all.associations = touching(record, &all.ids().collect::<Vec<_>>());
            all
        }
        _ => answer_by_id(record, query),
    }
}

fn answer_by_id(record: &RegistryObjects, query: &StoredQuery) -> RegistryObjects {
    let nothing = RegistryObjects::default();
    match query {
        StoredQuery::GetDocuments(ids) => RegistryObjects { entries: entries_named(record, ids), ..nothing },
        StoredQuery::GetFolders(ids) => {
            RegistryObjects { folders: kept(&record.folders, |folder| names(ids, folder.entry_uuid, &folder.unique_id)), ..nothing }
        }
        StoredQuery::GetAssociations(ids) => RegistryObjects { associations: touching(record, ids), ..nothing },
        StoredQuery::GetDocumentsAndAssociations(ids) => {
            let entries = entries_named(record, ids);
            let associations = touching(record, &uuids(&entries));
            RegistryObjects { entries, associations, ..nothing }
        }
        StoredQuery::GetSubmissionSets(ids) => {
            let is_set = |id: EntryUuid| record.submission_sets.iter().any(|set| set.entry_uuid == id);
            let associations = kept(&record.associations, |link| is_set(link.source) && ids.contains(&link.target));
            let brought = |id: EntryUuid| associations.iter().any(|link| link.source == id);
            RegistryObjects { submission_sets: kept(&record.submission_sets, |set| brought(set.entry_uuid)), associations, ..nothing }
        }
        StoredQuery::GetSubmissionSetAndContents(ids, filter) => set_and_contents(record, ids, filter),
        StoredQuery::GetFolderAndContents(ids, filter) => {
            let folders = kept(&record.folders, |folder| names(ids, folder.entry_uuid, &folder.unique_id));
            let of_folders = |link: &Association| folders.iter().any(|folder| folder.entry_uuid == link.source);
            let links = kept(&record.associations, of_folders);
            let entries = kept(&record.entries, |e| links.iter().any(|link| link.target == e.entry_uuid) && passes(e, filter));
            with_links_among(RegistryObjects { folders, entries, ..nothing }, &links)
        }
        StoredQuery::GetFoldersForDocument(ids) => {
            let entries = uuids(&entries_named(record, ids));
            let holds = |id: EntryUuid| record.associations.iter().any(|link| link.source == id && entries.contains(&link.target));
            RegistryObjects { folders: kept(&record.folders, |folder| holds(folder.entry_uuid)), ..nothing }
        }
        StoredQuery::GetRelatedDocuments(ids, types, filter) => related(record, &uuids(&entries_named(record, ids)), types, filter),
        _ => nothing,
    }
}

fn set_and_contents(record: &RegistryObjects, ids: &ObjectIds<crate::model::ids::Oid>, filter: &EntryFilter) -> RegistryObjects {
    let sets = kept(&record.submission_sets, |set| names(ids, set.entry_uuid, &set.unique_id));
    let memberships = kept(&record.associations, |link| sets.iter().any(|set| set.entry_uuid == link.source));
    let is_member = |id: EntryUuid| memberships.iter().any(|link| link.target == id);
    let objects = RegistryObjects {
        entries: kept(&record.entries, |entry| is_member(entry.entry_uuid) && passes(entry, filter)),
        folders: kept(&record.folders, |folder| is_member(folder.entry_uuid)),
        submission_sets: sets,
        associations: Vec::new(),
    };
    // Links that the set brought, and the links between the set and what it brought.
    let is_link = |link: &Association| link.association_type == AssociationType::HasMember && is_member(link.entry_uuid);
    let links: Vec<_> = memberships.iter().cloned().chain(kept(&record.associations, is_link)).collect();
    with_links_among(objects, &links)
}

/// Entries that an association of one of the types joins to one of the originals, and the originals.
fn related(record: &RegistryObjects, originals: &[EntryUuid], types: &[AssociationType], filter: &EntryFilter) -> RegistryObjects {
    let passing = uuids(&kept(&record.entries, |entry| passes(entry, filter)));
    let associations = kept(&record.associations, |link| {
        let touches = originals.contains(&link.source) || originals.contains(&link.target);
        touches && types.contains(&link.association_type) && passing.contains(&link.source) && passing.contains(&link.target)
    });
    let is_end = |id: EntryUuid| associations.iter().any(|link| link.source == id || link.target == id);
    RegistryObjects { entries: kept(&record.entries, |entry| is_end(entry.entry_uuid)), associations, ..RegistryObjects::default() }
}

/// Adds the links both of whose ends are in the answer, until none is left to add.
fn with_links_among(mut objects: RegistryObjects, links: &[Association]) -> RegistryObjects {
    loop {
        let ids: Vec<_> = objects.ids().collect();
        let next = links.iter().find(|link| !ids.contains(&link.entry_uuid) && ids.contains(&link.source) && ids.contains(&link.target));
        match next {
            Some(link) => objects.associations.push(link.clone()),
            None => return objects,
        }
    }
}

fn kept<T: Clone>(all: &[T], fits: impl Fn(&T) -> bool) -> Vec<T> {
    all.iter().filter(|one| fits(one)).cloned().collect()
}

fn uuids(entries: &[DocumentEntry]) -> Vec<EntryUuid> {
    entries.iter().map(|entry| entry.entry_uuid).collect()
}

fn names<U: PartialEq>(ids: &ObjectIds<U>, uuid: EntryUuid, unique_id: &U) -> bool {
    match ids {
        // Every object has one version here.
        ObjectIds::EntryUuids(uuids) | ObjectIds::LogicalIds(uuids) => uuids.contains(&uuid),
        ObjectIds::UniqueIds(unique_ids) => unique_ids.contains(unique_id),
    }
}

fn entries_named(record: &RegistryObjects, ids: &ObjectIds<crate::model::ids::UniqueId>) -> Vec<DocumentEntry> {
    kept(&record.entries, |entry| names(ids, entry.entry_uuid, &entry.unique_id))
}

fn touching(record: &RegistryObjects, ids: &[EntryUuid]) -> Vec<Association> {
    kept(&record.associations, |link| ids.contains(&link.source) || ids.contains(&link.target))
}

fn passes(entry: &DocumentEntry, filter: &EntryFilter) -> bool {
    filter.object_types.contains(&entry.object_type)
        && one_of(&filter.format_codes, &entry.format_code)
        && each_group(&filter.confidentiality_codes, &entry.confidentiality_codes)
}

fn found(entry: &DocumentEntry, query: &FindDocuments) -> bool {
    let persons: Vec<_> = entry.authors.iter().filter_map(|author| author.person.as_ref()).map(|person| person.as_str()).collect();
    let fits_a_person = |pattern: &String| persons.iter().any(|person| like(pattern, person));
    query.statuses.contains(&entry.availability_status)
        && query.object_types.contains(&entry.object_type)
        && one_of(&query.class_codes, &entry.class_code)
        && one_of(&query.type_codes, &entry.type_code)
        && one_of(&query.practice_setting_codes, &entry.practice_setting_code)
        && one_of(&query.healthcare_facility_type_codes, &entry.healthcare_facility_type_code)
        && one_of(&query.format_codes, &entry.format_code)
        && each_group(&query.event_codes, &entry.event_codes)
        && each_group(&query.confidentiality_codes, &entry.confidentiality_codes)
        && (query.author_persons.is_empty() || query.author_persons.iter().any(fits_a_person))
        && created_within(query, entry)
        && within(&query.service_start_time, entry.service_start_time.as_ref())
        && within(&query.service_stop_time, entry.service_stop_time.as_ref())
        && query.reference_ids.iter().all(|group| group.iter().any(|id| entry.reference_ids.contains(id)))
}

fn same(code: &Code, wanted: &CodeMatch) -> bool {
    code.code == wanted.code && code.scheme == wanted.scheme
}

fn one_of(wanted: &[CodeMatch], code: &Code) -> bool {
    wanted.is_empty() || wanted.iter().any(|wanted| same(code, wanted))
}

fn each_group(groups: &[Vec<CodeMatch>], codes: &[Code]) -> bool {
    groups.iter().all(|group| codes.iter().any(|code| group.iter().any(|wanted| same(code, wanted))))
}

/// From inclusive, to exclusive; a time of less precision is its first instant. Without a time there is nothing to leave out.
fn within(range: &TimeRange, time: Option<&Dtm>) -> bool {
    match (range, time) {
        (TimeRange { from: None, to: None }, _) => true,
        (_, None) => true,
        (TimeRange { from, to }, Some(time)) => {
            from.as_ref().is_none_or(|from| instant(from) <= instant(time)) && to.as_ref().is_none_or(|to| instant(time) < instant(to))
        }
    }
}

/// Only on-demand entries may do without a creation time.
fn created_within(query: &FindDocuments, entry: &DocumentEntry) -> bool {
    let unlimited = query.creation_time == TimeRange::default();
    let may_lack = query.object_types.contains(&DocumentEntryType::OnDemand);
    match &entry.creation_time {
        None => unlimited || may_lack,
        created => within(&query.creation_time, created.as_ref()),
    }
}

/// The registry's own time: the last second belongs to the range.
fn updated_within(TimeRange { from, to }: &TimeRange, time: &Dtm) -> bool {
    from.as_ref().is_none_or(|from| instant(from) <= instant(time)) && to.as_ref().is_none_or(|to| instant(time) <= instant(to))
}

/// Year, month, day, hour, minute, second as one number.
fn instant(time: &Dtm) -> u64 {
    let part =
        |at: usize, length: usize, default: u64| time.as_str().get(at..at + length).map_or(default, |digits| digits.parse().unwrap());
    let parts = [part(0, 4, 0), part(4, 2, 1), part(6, 2, 1), part(8, 2, 0), part(10, 2, 0), part(12, 2, 0)];
    parts.iter().fold(0, |number, part| number * 100 + part)
}

/// `%` stands for any text, `_` for one character, all else for itself.
fn like(pattern: &str, text: &str) -> bool {
    fn fits(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('%', rest)) => (0..=text.len()).any(|skipped| fits(rest, &text[skipped..])),
            Some((wanted, rest)) => text.split_first().is_some_and(|(c, after)| (*wanted == '_' || wanted == c) && fits(rest, after)),
        }
    }
    fits(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>())
}
