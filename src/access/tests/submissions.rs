//! Random submissions over few values, so that questions find something.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::model::association::AssociationType;
use crate::model::author::Author;
use crate::model::code::Code;
use crate::model::document_entry::{DocumentEntry, DocumentEntryType};
use crate::model::folder::Folder;
use crate::model::hl7_types::{PatientId, Xcn};
use crate::model::samples;
use crate::model::submission_set::SubmissionSet;
use crate::model::timestamp::Dtm;

/// The patients of all submissions.
pub(super) fn patients() -> [PatientId; 2] {
    ["P1^^^&1.2.3&ISO", "p1^^^&1.2.3&ISO"].map(|id| id.parse().unwrap())
}

/// Codes that LIKE, case folding or a forgotten scheme would mix up.
const CODES: [(&str, &str); 5] = [("a", "2.999.1"), ("A", "2.999.1"), ("a", "2.999.9"), ("a%", "2.999.1"), ("_'\"\\", "2.999.1")];

/// Times around the ends of ranges, in every precision.
const TIMES: [&str; 13] = [
    "2023",
    "20231231235959",
    "2024",
    "202401",
    "20240101",
    "2024010100",
    "202401010000",
    "20240101000000",
    "20240101000001",
    "20240229",
    "202403",
    "20240301000000",
    "2025",
];

/// Reference ids.
pub(super) const REFERENCES: [&str; 3] = ["o1^^^&1.2.3&ISO^urn:x:order", "o1^^^&1.2.3&ISO^urn:x:visit", "O1^^^&1.2.3&ISO^urn:x:order"];

pub(super) fn any_code() -> impl Strategy<Value = Code> {
    select(CODES.to_vec()).prop_map(|(code, scheme)| Code::new(code, scheme, "shown"))
}

pub(super) fn any_time() -> impl Strategy<Value = Dtm> {
    select(TIMES.to_vec()).prop_map(samples::dtm)
}

fn any_author() -> impl Strategy<Value = Author> {
    let person = "[aA1%_'\\\\é𝒞]{1,4}(\\^[aA%_]{0,2})?".prop_map(|text| Xcn::try_from(text).unwrap());
    (weighted(0.9, person), vec("[aA]{1,2}", 0..2)).prop_map(|(person, roles)| Author { person, roles, ..Author::default() })
}

/// A submission before it knows of others.
#[derive(Debug, Clone)]
pub(super) struct Sketch {
    /// Which of [`patients`].
    pub(super) patient: usize,
    pub(super) set: SubmissionSet,
    /// At least one.
    pub(super) entries: Vec<DocumentEntry>,
    pub(super) folder: Option<Folder>,
    /// Which of the entries join the new folder.
    pub(super) folder_members: Vec<Index>,
    /// The first entry replaces one that is there.
    pub(super) replaces: Option<(Index, AssociationType)>,
    /// The last entry relates to one that is there.
    pub(super) relates: Option<(Index, AssociationType)>,
    /// The set mentions an entry that is there.
    pub(super) mentions: Option<Index>,
    /// A folder that is there gets the last entry.
    pub(super) joins: Option<Index>,
    /// The first entry describes the document of another one, of any patient.
    pub(super) resubmits: Option<Index>,
}

fn any_entry() -> impl Strategy<Value = DocumentEntry> {
    let codes = (any_code(), any_code(), any_code(), any_code(), any_code(), vec(any_code(), 1..3), vec(any_code(), 0..4));
    let times = (weighted(0.9, any_time()), weighted(0.5, any_time()), weighted(0.5, any_time()));
    let others = (vec(any_author(), 0..3), vec(select(REFERENCES.to_vec()), 0..3), prop::bool::weighted(0.2));
    (codes, times, others).prop_map(|(codes, times, (authors, references, on_demand))| DocumentEntry {
        class_code: codes.0,
        type_code: codes.1,
        format_code: codes.2,
        healthcare_facility_type_code: codes.3,
        practice_setting_code: codes.4,
        confidentiality_codes: codes.5,
        event_codes: codes.6,
        creation_time: times.0,
        service_start_time: times.1,
        service_stop_time: times.2,
        authors,
        reference_ids: references.into_iter().map(str::to_owned).collect(),
        object_type: if on_demand { DocumentEntryType::OnDemand } else { DocumentEntryType::Stable },
        // Ids and patient are given when it is submitted.
        ..samples::entry(samples::uuid(0), &patients()[0], "2.999.3")
    })
}

fn any_set() -> impl Strategy<Value = SubmissionSet> {
    let source = select(vec!["2.999.2", "2.999.22"]);
    (any_code(), any_time(), vec(any_author(), 0..3), source).prop_map(|(content_type_code, submission_time, authors, source)| {
        SubmissionSet {
            content_type_code,
            submission_time,
            authors,
            source_id: source.parse().unwrap(),
            ..samples::submission_set(samples::uuid(0), &patients()[0], "2.999.4")
        }
    })
}

fn any_folder() -> impl Strategy<Value = Folder> {
    vec(any_code(), 0..3).prop_map(|codes| Folder { codes, ..samples::folder(samples::uuid(0), &patients()[0], "2.999.5") })
}

pub(super) fn any_submission() -> impl Strategy<Value = Sketch> {
    let replacement = select(vec![AssociationType::Replaces, AssociationType::TransformsAndReplaces]);
    let relation = select(vec![AssociationType::Appends, AssociationType::Transforms, AssociationType::Signs]);
    let objects = (0..2usize, any_set(), vec(any_entry(), 1..4), weighted(0.4, any_folder()), vec(any::<Index>(), 0..3));
    let links = (
        weighted(0.4, (any::<Index>(), replacement)),
        weighted(0.4, (any::<Index>(), relation)),
        weighted(0.3, any::<Index>()),
        weighted(0.4, any::<Index>()),
        weighted(0.1, any::<Index>()),
    );
    (objects, links).prop_map(|((patient, set, entries, folder, folder_members), (replaces, relates, mentions, joins, resubmits))| Sketch {
        patient,
        set,
        entries,
        folder,
        folder_members,
        replaces,
        relates,
        mentions,
        joins,
        resubmits,
    })
}
