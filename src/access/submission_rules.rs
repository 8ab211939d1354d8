//! Whether the access rules let the caller send what a submission holds (access rules, 6).

use std::collections::HashMap;

use crate::model::association::{Association, AssociationType};
use crate::model::document_entry::DocumentEntry;
use crate::model::dsp::{DocumentFacts, Format, Level, NotOneLevel, Relation, Submission};
use crate::model::ids::EntryUuid;
use crate::model::registry_error::RegistryError;
use crate::model::submission_request::SubmissionRequest;
use crate::store::StoreError;

use super::authority::UnderRules;
use super::denials::permitted;
use super::filing::unresolved;
use super::{Failure, WritableRecord};

/// In which format each new document comes, as far as its content was seen.
pub(super) type Formats = HashMap<EntryUuid, Format>;

impl WritableRecord<'_> {
    /// The facts of each new document, once it is clear that the caller may send all of them.
    ///
    /// # Errors
    /// What is not allowed, or why it cannot be told.
    pub(super) fn facts_of_submission(
        &mut self,
        request: &SubmissionRequest,
        formats: &Formats,
    ) -> Result<HashMap<EntryUuid, DocumentFacts>, Failure> {
        let facts = request.entries.iter().map(|entry| (entry.entry_uuid, self.authority.facts_of_new(entry))).collect();
        let Some(under) = self.authority.under_rules().cloned() else { return Ok(facts) };
        let mut faults = Vec::new();
        for entry in &request.entries {
            let format = formats.get(&entry.entry_uuid).copied().unwrap_or_else(|| format_by_type(entry));
            faults.extend(self.check_document(&under, entry, format, request)?);
        }
        if request.entries.is_empty() {
            faults.extend(permitted(self.audit, under.standing.arrange(), "SubmissionSet").err());
        }
        if faults.is_empty() { Ok(facts) } else { Err(Failure::Refused(faults)) }
    }

    /// One document with each of its relations to others.
    fn check_document(
        &mut self,
        under: &UnderRules,
        entry: &DocumentEntry,
        format: Format,
        request: &SubmissionRequest,
    ) -> Result<Option<RegistryError>, StoreError> {
        let level = match Level::among(&entry.confidentiality_codes) {
            Ok(level) => level,
            Err(fault) => return Ok(Some(no_level(entry, &fault))),
        };
        let document_type = under.document_type(entry);
        let judge = |record: &mut Self, relation: Relation<'_>| {
            let submission = Submission { document_type: document_type.clone(), level, format, relation };
            permitted(record.audit, under.standing.submit(&submission, &under.rules), format!("DocumentEntry({})", entry.entry_uuid)).err()
        };
        let of_entry = |link: &&Association| link.association_type.relates_documents() && link.source == entry.entry_uuid;
        let mut related = request.associations.iter().filter(of_entry).peekable();
        if related.peek().is_none() {
            return Ok(judge(self, Relation::New));
        }
        for link in related {
            let fault = match request.entries.iter().any(|other| other.entry_uuid == link.target) {
                true => judge(self, Relation::New),
                false => match self.facts_in_sight(link.target, link.association_type.replaces())? {
                    None => Some(unresolved(link, "targetObject", link.target)),
                    Some(target) => judge(self, relation(link.association_type, &target)),
                },
            };
            if fault.is_some() {
                return Ok(fault);
            }
        }
        Ok(None)
    }
}

/// What the new document is to the other.
pub(super) fn relation(kind: AssociationType, target: &DocumentFacts) -> Relation<'_> {
    if kind.replaces() { Relation::Replaces(target) } else { Relation::Extends(target) }
}

/// The format of a document whose content is not at hand. That a PDF is PDF/A only its content shows.
fn format_by_type(entry: &DocumentEntry) -> Format {
    if entry.mime_type.eq_ignore_ascii_case("text/plain") { Format::Text } else { Format::Other }
}

/// That the confidentiality codes name no level.
pub(super) fn no_level(entry: &DocumentEntry, fault: &NotOneLevel) -> RegistryError {
    let one = "give exactly one of STANDARD, CONFIDENTIEL, PRIVE and ANNONCE in the system 2.999.442.1.3, or none for STANDARD";
    let context = match fault {
        NotOneLevel::Several => format!("DocumentEntry.confidentialityCode has several codes of the deployment's levels; {one}"),
        NotOneLevel::Unknown(code) => format!("the confidentialityCode {code} is none of the deployment's levels; {one}"),
    };
    RegistryError::metadata(format!("DocumentEntry({})/confidentialityCode", entry.entry_uuid), context)
}
