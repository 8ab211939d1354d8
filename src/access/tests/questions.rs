//! Random stored queries of all kinds.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

use crate::model::association::AssociationType;
use crate::model::availability_status::AvailabilityStatus;
use crate::model::document_entry::DocumentEntryType;
use crate::model::ids::EntryUuid;
use crate::model::stored_query::{
    CodeGroup, CodeMatch, EntryFilter, FindDocuments, FindFolders, FindSubmissionSets, GetAll, ObjectIds, StoredQuery, TimeRange,
};

use super::expected_registry::Expected;
use super::submissions::{REFERENCES, any_code, any_time, patients};

/// How many kinds of stored query there are.
pub(super) const KINDS: usize = 14;

/// A question before it knows the ids of objects.
#[derive(Debug, Clone)]
pub(super) struct Question {
    find: FindDocuments,
    association_types: Vec<AssociationType>,
    other_statuses: (Vec<AvailabilityStatus>, Vec<AvailabilityStatus>),
    picks: Vec<Index>,
    by_unique_id: bool,
    by_reference: Vec<Vec<String>>,
}

fn any_group() -> impl Strategy<Value = CodeGroup> {
    vec(any_code().prop_map(|code| CodeMatch { code: code.code, scheme: code.scheme }), 1..4)
}

/// Mostly no condition.
fn perhaps_codes() -> impl Strategy<Value = CodeGroup> {
    weighted(0.1, any_group()).prop_map(Option::unwrap_or_default)
}

fn perhaps_groups() -> impl Strategy<Value = Vec<CodeGroup>> {
    weighted(0.15, vec(any_group(), 1..4)).prop_map(Option::unwrap_or_default)
}

fn perhaps_range() -> impl Strategy<Value = TimeRange> {
    (weighted(0.1, any_time()), weighted(0.1, any_time())).prop_map(|(from, to)| TimeRange { from, to })
}

fn any_statuses() -> impl Strategy<Value = Vec<AvailabilityStatus>> {
    subsequence(vec![AvailabilityStatus::Approved, AvailabilityStatus::Deprecated], 1..=2)
}

fn any_find() -> impl Strategy<Value = FindDocuments> {
    let kinds = subsequence(vec![DocumentEntryType::Stable, DocumentEntryType::OnDemand], 1..=2);
    let codes = (perhaps_codes(), perhaps_codes(), perhaps_codes(), perhaps_codes(), perhaps_codes(), perhaps_groups(), perhaps_groups());
    let patterns = weighted(0.3, vec("[aA1%_'\\\\é𝒞^]{0,5}", 1..4)).prop_map(Option::unwrap_or_default);
    let times = (perhaps_range(), perhaps_range(), perhaps_range());
    (select(patients().to_vec()), any_statuses(), kinds, codes, patterns, times).prop_map(
        |(patient_id, statuses, object_types, codes, author_persons, times)| FindDocuments {
            patient_id,
            statuses,
            object_types,
            class_codes: codes.0,
            type_codes: codes.1,
            practice_setting_codes: codes.2,
            healthcare_facility_type_codes: codes.3,
            format_codes: codes.4,
            event_codes: codes.5,
            confidentiality_codes: codes.6,
            author_persons,
            creation_time: times.0,
            service_start_time: times.1,
            service_stop_time: times.2,
            reference_ids: Vec::new(),
        },
    )
}

pub(super) fn any_question() -> impl Strategy<Value = Question> {
    use AssociationType::{Appends, HasMember, Replaces, Signs, Transforms, TransformsAndReplaces};
    let types = subsequence(vec![HasMember, Replaces, Transforms, TransformsAndReplaces, Appends, Signs], 1..=6);
    let references = vec(vec(select(REFERENCES.to_vec()).prop_map(str::to_owned), 1..3), 1..3);
    (any_find(), types, (any_statuses(), any_statuses()), vec(any::<Index>(), 1..5), any::<bool>(), references).prop_map(
        |(find, association_types, other_statuses, picks, by_unique_id, by_reference)| Question {
            find,
            association_types,
            other_statuses,
            picks,
            by_unique_id,
            by_reference,
        },
    )
}

impl Question {
    /// The question as a query of one of [`KINDS`] kinds.
    pub(super) fn query(self, kind: usize, expected: &Expected) -> StoredQuery {
        let entries: Vec<_> = expected.records().iter().flat_map(|r| &r.entries).map(|e| (e.entry_uuid, e.unique_id.clone())).collect();
        let folders: Vec<_> = expected.records().iter().flat_map(|r| &r.folders).map(|f| (f.entry_uuid, f.unique_id.clone())).collect();
        let sets: Vec<_> =
            expected.records().iter().flat_map(|r| &r.submission_sets).map(|s| (s.entry_uuid, s.unique_id.clone())).collect();
        let filter = EntryFilter {
            format_codes: self.find.format_codes.clone(),
            confidentiality_codes: self.find.confidentiality_codes.clone(),
            object_types: self.find.object_types.clone(),
        };
        match kind {
            0 => StoredQuery::FindDocuments(Box::new(self.find)),
            1 => StoredQuery::FindDocuments(Box::new(FindDocuments { reference_ids: self.by_reference, ..self.find })),
            2 => self.find_submission_sets(),
            3 => StoredQuery::FindFolders(FindFolders {
                patient_id: self.find.patient_id,
                statuses: self.find.statuses,
                last_update_time: self.find.creation_time,
                codes: self.find.event_codes,
            }),
            4 => StoredQuery::GetAll(GetAll {
                patient_id: self.find.patient_id,
                entry_statuses: self.find.statuses,
                submission_set_statuses: self.other_statuses.0,
                folder_statuses: self.other_statuses.1,
                entry_filter: filter,
            }),
            5 => StoredQuery::GetDocuments(self.ids(&entries, 5)),
            6 => StoredQuery::GetFolders(self.ids(&folders, 5)),
            7 => StoredQuery::GetAssociations(self.objects(expected)),
            8 => StoredQuery::GetDocumentsAndAssociations(self.ids(&entries, 5)),
            9 => StoredQuery::GetSubmissionSets(self.objects(expected)),
            10 => StoredQuery::GetSubmissionSetAndContents(self.ids(&sets, 1), filter),
            11 => StoredQuery::GetFolderAndContents(self.ids(&folders, 1), filter),
            12 => StoredQuery::GetFoldersForDocument(self.ids(&entries, 1)),
            _ => {
                let by_type = EntryFilter { format_codes: Vec::new(), confidentiality_codes: Vec::new(), ..filter };
                StoredQuery::GetRelatedDocuments(self.ids(&entries, 1), self.association_types, by_type)
            }
        }
    }

    fn find_submission_sets(self) -> StoredQuery {
        let one_source = self.by_unique_id.then(|| "2.999.2".parse().unwrap());
        StoredQuery::FindSubmissionSets(FindSubmissionSets {
            patient_id: self.find.patient_id,
            statuses: self.find.statuses,
            source_ids: one_source.into_iter().collect(),
            submission_time: self.find.creation_time,
            author_person: self.find.author_persons.into_iter().next(),
            content_type_codes: self.find.class_codes,
        })
    }

    /// Ids of one kind of object; an unknown one where there is no object.
    fn ids<U: Clone>(&self, of: &[(EntryUuid, U)], most: usize) -> ObjectIds<U> {
        let picked: Vec<_> = self.picks.iter().take(most).filter(|_| !of.is_empty()).map(|index| index.get(of).clone()).collect();
        if self.by_unique_id && !picked.is_empty() {
            return ObjectIds::UniqueIds(picked.into_iter().map(|(_, unique_id)| unique_id).collect());
        }
        let uuids: Vec<_> = picked.into_iter().map(|(uuid, _)| uuid).collect();
        ObjectIds::EntryUuids(if uuids.is_empty() { vec![crate::model::samples::uuid(u128::MAX)] } else { uuids })
    }

    /// Ids of any objects.
    fn objects(&self, expected: &Expected) -> Vec<EntryUuid> {
        let all: Vec<_> = expected.records().iter().flat_map(|record| record.ids()).collect();
        self.picks.iter().map(|index| *index.get(&all)).collect()
    }
}
