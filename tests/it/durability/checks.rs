//! What has to hold of a patient after a crash.

use std::collections::{HashMap, HashSet};

use dossier::model::association::{Association, AssociationType};
use dossier::model::availability_status::AvailabilityStatus;
use dossier::model::ids::EntryUuid;
use dossier::model::registry_objects::RegistryObjects;

use super::consumer::Consumer;
use super::load::Sent;

/// What was found.
#[derive(Debug, Default, Clone, Copy)]
pub struct Counts {
    /// Submissions that are there whole.
    pub visible: usize,
    /// Those of them whose sender got no answer.
    pub visible_without_answer: usize,
    /// Submissions of which nothing is there.
    pub absent: usize,
    /// Documents compared byte for byte.
    pub documents: usize,
}

/// Checks all that was sent for one patient against what a consumer sees. `audited` are the submission sets that the
/// audit trail says were stored.
pub fn check_patient(consumer: &Consumer, patient_id: &str, sent: &[Sent], audited: &HashSet<String>) -> Counts {
    let all = consumer.everything(patient_id);
    let found: HashSet<_> = consumer.find(patient_id).entries.iter().map(|entry| entry.entry_uuid).collect();
    assert_eq!(found, all.entries.iter().map(|entry| entry.entry_uuid).collect(), "FindDocuments and GetAll disagree");
    let view = View::new(&all, found);
    let mut counts = Counts::default();
    for sent in sent {
        let visible = view.sets.contains(&sent.set);
        assert!(visible || !sent.acknowledged, "LOST: the acknowledged submission set {} is not found", sent.set);
        assert_eq!(audited.contains(&sent.set.to_string()), visible, "audit trail and registry disagree on {}", sent.set);
        if visible {
            view.check_whole(sent);
            counts.visible += 1;
            counts.visible_without_answer += usize::from(!sent.acknowledged);
        } else {
            view.check_absent(sent);
            counts.absent += 1;
        }
    }
    view.check_nothing_else(sent);
    view.check_replaced(sent);
    counts.documents = check_documents(consumer, sent, &view);
    counts
}

/// The objects of one patient.
struct View<'a> {
    sets: HashSet<EntryUuid>,
    /// Entries by id, with their status and uniqueId.
    entries: HashMap<EntryUuid, (AvailabilityStatus, &'a str)>,
    found: HashSet<EntryUuid>,
    associations: &'a [Association],
    links: HashSet<(EntryUuid, AssociationType, EntryUuid)>,
}

impl<'a> View<'a> {
    fn new(all: &'a RegistryObjects, found: HashSet<EntryUuid>) -> Self {
        let entries = all.entries.iter().map(|entry| (entry.entry_uuid, (entry.availability_status, entry.unique_id.as_str())));
        let links = all.associations.iter().map(|link| (link.source, link.association_type, link.target));
        Self {
            sets: all.submission_sets.iter().map(|set| set.entry_uuid).collect(),
            entries: entries.collect(),
            found,
            associations: &all.associations,
            links: links.collect(),
        }
    }

    fn check_whole(&self, sent: &Sent) {
        for document in &sent.documents {
            let entry = self.entries.get(&document.entry);
            let (_, unique_id) = entry.unwrap_or_else(|| panic!("HALF: {} is there without its entry {}", sent.set, document.entry));
            assert_eq!(*unique_id, document.unique_id);
            assert!(self.found.contains(&document.entry), "FindDocuments does not find {}", document.entry);
            let membership = (sent.set, AssociationType::HasMember, document.entry);
            assert!(self.links.contains(&membership), "HALF: {} is there without its membership", document.entry);
        }
        if let Some(replaced) = sent.replaces {
            let link = (sent.documents[0].entry, AssociationType::Replaces, replaced);
            assert!(self.links.contains(&link), "HALF: {} is there without its RPLC", sent.set);
        }
    }

    fn check_absent(&self, sent: &Sent) {
        for document in &sent.documents {
            assert!(!self.entries.contains_key(&document.entry), "HALF: {} is there without its submission set", document.entry);
            let touches = |link: &Association| [link.source, link.target].contains(&document.entry);
            assert!(!self.associations.iter().any(touches), "HALF: an association of {} is there", document.entry);
        }
    }

    fn check_nothing_else(&self, sent: &[Sent]) {
        let sets: HashSet<_> = sent.iter().map(|sent| sent.set).collect();
        let entries: HashSet<_> = sent.iter().flat_map(|sent| &sent.documents).map(|document| document.entry).collect();
        assert!(self.sets.is_subset(&sets), "there is a submission set that nobody sent");
        assert!(self.entries.keys().all(|entry| entries.contains(entry)), "there is an entry that nobody sent");
    }

    /// An entry is deprecated if its successor is there, and only then.
    fn check_replaced(&self, sent: &[Sent]) {
        let replaced: HashSet<_> = sent.iter().filter(|sent| self.sets.contains(&sent.set)).filter_map(|sent| sent.replaces).collect();
        for (entry, (status, _)) in &self.entries {
            let expected = if replaced.contains(entry) { AvailabilityStatus::Deprecated } else { AvailabilityStatus::Approved };
            assert_eq!(*status, expected, "HALF: status of {entry}");
        }
    }
}

/// Compares all documents that are there, and makes sure that the others are not given.
fn check_documents(consumer: &Consumer, sent: &[Sent], view: &View<'_>) -> usize {
    let documents: Vec<_> = sent.iter().flat_map(|sent| &sent.documents).collect();
    let ids: Vec<_> = documents.iter().map(|document| document.unique_id.as_str()).collect();
    let (mut given, errors) = consumer.retrieve(&ids);
    let mut compared = 0;
    for document in documents {
        let content = given.remove(&document.unique_id);
        if view.entries.contains_key(&document.entry) {
            let content = content.unwrap_or_else(|| panic!("LOST: the document of {} is not given: {errors:?}", document.entry));
            assert!(content == document.content(), "ALTERED: the document of {} has other bytes", document.entry);
            compared += 1;
        } else {
            assert!(content.is_none(), "HALF: a document without entry is given");
        }
    }
    assert_eq!(errors.len(), ids.len() - compared, "{errors:?}");
    compared
}
