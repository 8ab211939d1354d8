//! The sample entry whose document is made on demand.

use crate::model::association::{Association, AssociationType, SubmissionSetStatus};
use crate::model::code::Code;
use crate::model::document_entry::{DocumentEntry, DocumentEntryType};
use crate::model::ids::{InvalidIdentifier, RepositoryUniqueId};
use crate::model::submission_request::SubmissionRequest;
use crate::model::submission_set::SubmissionSet;
use crate::model::text::InternationalString;

use super::{BrokenFixture, SampleDocument};

/// The uniqueId of the entry.
const UNIQUE_ID: &str = "2.999.442.9.3.61.1";
/// The uniqueId of its submission set.
const SET_UNIQUE_ID: &str = "2.999.442.9.4.61.1";

/// The registration of a list of current documents for the patient of the first document, made by this repository.
///
/// # Errors
/// [`BrokenFixture`].
pub fn current_documents(documents: &[SampleDocument], repository: &RepositoryUniqueId) -> Result<SubmissionRequest, BrokenFixture> {
    let sample = documents.first().map(|document| &document.request);
    let first = sample.and_then(|request| Some((&request.submission_set, request.entries.first()?)));
    let (set, entry) = first.ok_or_else(|| BrokenFixture("there is no document".to_owned()))?;
    from_sample(set, entry, repository).map_err(|error| BrokenFixture(format!("the on-demand entry: {error}")))
}

/// Patient and codes are those of the sample.
fn from_sample(
    set: &SubmissionSet,
    entry: &DocumentEntry,
    repository: &RepositoryUniqueId,
) -> Result<SubmissionRequest, InvalidIdentifier> {
    let title = InternationalString::plain("Documents actuels");
    let entry_uuid = entry.entry_uuid.part("on-demand");
    let set_uuid = entry_uuid.part("SubmissionSet");
    let mut member = Association::new(entry_uuid.part("HasMember"), AssociationType::HasMember, set_uuid, entry_uuid);
    member.submission_set_status = Some(SubmissionSetStatus::Original);
    let entry = DocumentEntry {
        entry_uuid,
        logical_id: entry_uuid,
        object_type: DocumentEntryType::OnDemand,
        unique_id: UNIQUE_ID.parse()?,
        title: title.clone(),
        comments: InternationalString::default(),
        authors: Vec::new(),
        type_code: Code::new("11503-0", "2.16.840.1.113883.6.1", "Medical records"),
        event_codes: Vec::new(),
        creation_time: None,
        service_start_time: None,
        service_stop_time: None,
        mime_type: "text/xml".to_owned(),
        hash: None,
        size: None,
        repository_unique_id: Some(repository.clone()),
        ..entry.clone()
    };
    let submission_set =
        SubmissionSet { entry_uuid: set_uuid, unique_id: SET_UNIQUE_ID.parse()?, title, authors: Vec::new(), ..set.clone() };
    Ok(SubmissionRequest { submission_set, entries: vec![entry], folders: Vec::new(), associations: vec![member] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{documents, patients};

    #[test]
    fn the_entry_is_valid_and_the_same_at_each_start() {
        let documents = documents(&patients().unwrap()).unwrap();
        let repository = "2.999.442.9.2".parse().unwrap();
        let request = current_documents(&documents, &repository).unwrap();
        assert_eq!(request, current_documents(&documents, &repository).unwrap());
        let request = request.check().unwrap();
        assert!(documents.iter().all(|document| document.unique_id() != Some(&request.entries[0].unique_id)));
    }
}
