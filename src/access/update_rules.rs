//! Whether the access rules let the caller change what is there (access rules, 6): metadata by the author, the level by the
//! table of transitions, the patient by the record administrator.

use crate::model::association::{Association, AssociationType};
use crate::model::audit_action::AuditAction;
use crate::model::document_entry::DocumentEntry;
use crate::model::dsp::{DocumentFacts, LEVEL_SYSTEM, Level, Verdict};
use crate::model::folder::Folder;
use crate::model::ids::EntryUuid;
use crate::model::registry_error::RegistryError;

use super::authority::UnderRules;
use super::denials::permitted;
use super::submission_rules::no_level;
use super::{Failure, WritableRecord};

impl WritableRecord<'_> {
    /// The facts of the new version, if the caller may make it: those of the version before, but for type and level.
    ///
    /// # Errors
    /// What is not allowed.
    pub(super) fn facts_of_version(&mut self, next: &DocumentEntry, latest: &DocumentEntry) -> Result<DocumentFacts, Failure> {
        let facts = self.facts_of(latest.entry_uuid)?;
        let Some(under) = self.authority.under_rules().cloned() else {
            let level = Level::among(&next.confidentiality_codes).unwrap_or(facts.level);
            return Ok(DocumentFacts { level, ..facts });
        };
        let level = Level::among(&next.confidentiality_codes).map_err(|fault| Failure::refused(no_level(next, &fault)))?;
        let changed = DocumentFacts { document_type: under.document_type(next), level, ..facts.clone() };
        if changed.level != facts.level {
            self.audit.action = Some(AuditAction::ChangeLevel);
        }
        for verdict in verdicts(&under, next, latest, &facts, &changed) {
            permitted(self.audit, verdict, format!("DocumentEntry({})", next.entry_uuid)).map_err(Failure::refused)?;
        }
        Ok(changed)
    }

    /// Folders are changed by whoever sees them and may write something here; they move to no other patient but with a
    /// document, by the record administrator.
    pub(super) fn check_folder_version(&mut self, next: &Folder, latest: &Folder) -> Result<(), RegistryError> {
        let Some(under) = self.authority.under_rules() else { return Ok(()) };
        let moves = next.patient_id != latest.patient_id;
        let verdict = if moves { under.standing.move_to_patient() } else { under.standing.arrange() };
        permitted(self.audit, verdict, format!("Folder({})", next.entry_uuid))
    }

    /// A new link between documents that are there is the act of the author of the one it starts at; a membership in a folder,
    /// that of whoever may write here.
    pub(super) fn check_link(&mut self, association: &Association) -> Result<(), Failure> {
        let Some(under) = self.authority.under_rules().cloned() else { return Ok(()) };
        let verdict = match association.association_type {
            AssociationType::HasMember => under.standing.arrange(),
            kind => {
                let source = self.facts_of(association.source)?;
                let target = self.facts_of(association.target)?;
                match change_metadata(&under, &source) {
                    Verdict::Allow(_) if kind.replaces() => change_metadata(&under, &target),
                    verdict => verdict,
                }
            }
        };
        permitted(self.audit, verdict, format!("Association({})", association.entry_uuid)).map_err(Failure::refused)
    }

    /// The status of a document is its author's to change, that of a folder or a link of whoever may write here.
    pub(super) fn check_status_change(&mut self, target: EntryUuid, is_entry: bool) -> Result<(), Failure> {
        let Some(under) = self.authority.under_rules().cloned() else { return Ok(()) };
        let verdict = if is_entry { change_metadata(&under, &self.facts_of(target)?) } else { under.standing.arrange() };
        permitted(self.audit, verdict, target.to_string()).map_err(Failure::refused)
    }
}

fn change_metadata(under: &UnderRules, facts: &DocumentFacts) -> Verdict {
    under.standing.change_metadata(facts, &facts.document_type, &under.rules)
}

/// What has to be allowed for one version to follow another.
fn verdicts(
    under: &UnderRules,
    next: &DocumentEntry,
    latest: &DocumentEntry,
    facts: &DocumentFacts,
    changed: &DocumentFacts,
) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    if changed.level != facts.level {
        verdicts.push(under.standing.change_level(facts, changed.level, &under.rules));
    }
    if next.patient_id != latest.patient_id {
        verdicts.push(under.standing.move_document(facts));
    }
    if described(next) != described(latest) {
        verdicts.push(under.standing.change_metadata(facts, &changed.document_type, &under.rules));
    }
    if verdicts.is_empty() {
        // The same once more: whoever may do nothing may not do this either.
        verdicts.push(under.standing.change_metadata(facts, &changed.document_type, &under.rules));
    }
    verdicts
}

/// The metadata without what versions differ in anyway, and without what has rules of its own.
fn described(entry: &DocumentEntry) -> DocumentEntry {
    let mut described = entry.clone();
    described.entry_uuid = entry.logical_id;
    described.version = 1;
    described.availability_status = crate::model::availability_status::AvailabilityStatus::Approved;
    described.home_community_id = None;
    described.patient_id = entry.source_patient_id.clone();
    described.confidentiality_codes.retain(|code| code.scheme != LEVEL_SYSTEM);
    described
}
