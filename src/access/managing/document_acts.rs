//! What identito-vigilance does with documents: take them out of sight, show them again, take them away for good, file them under
//! another patient (access rules, 6).

use super::ActRefusal;
use super::record::refused;
use crate::access::caller::caller;
use crate::access::{Failure, Writing};
use crate::model::document_entry::DocumentEntry;
use crate::model::dsp::{Activation, Caller, Denial, DocumentFacts, RecordAct};
use crate::model::hl7_types::PatientId;
use crate::model::ids::EntryUuid;
use crate::model::stored_query::{MetadataLevel, ObjectIds};
use crate::model::update_request::UpdateRequest;

/// An act on one document, all its versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentAct {
    /// Out of sight for the time being.
    Deactivate,
    /// In sight again.
    Restore,
    /// Out of sight for good.
    ConfirmDeactivation,
}

impl DocumentAct {
    fn of(self, document: &DocumentFacts) -> RecordAct<'_> {
        match self {
            Self::Deactivate => RecordAct::Deactivate(document),
            Self::Restore => RecordAct::Restore(document),
            Self::ConfirmDeactivation => RecordAct::ConfirmDeactivation(document),
        }
    }

    fn result(self) -> Activation {
        match self {
            Self::Deactivate => Activation::Deactivated,
            Self::Restore => Activation::Active,
            Self::ConfirmDeactivation => Activation::Confirmed,
        }
    }

    /// As the audit trail names it.
    fn name(self) -> &'static str {
        match self {
            Self::Deactivate => "deactivate",
            Self::Restore => "restore",
            Self::ConfirmDeactivation => "confirm-deactivation",
        }
    }
}

impl Writing<'_> {
    /// Carries out an act on the document of this id, which is that of a version or of all. The trail says why.
    ///
    /// # Errors
    /// [`ActRefusal::NobodyCalls`]; [`ActRefusal::Denied`] for an invalid caller, and for the record administrator where the
    /// document is in another state; to everybody else no document is there ([`ActRefusal::Unknown`]). `nobody` stands for the
    /// patient of a document that does not exist, so that the answers are alike.
    pub fn act_on_document(&mut self, id: EntryUuid, act: DocumentAct, reason: &str, nobody: &PatientId) -> Result<(), Failure> {
        let caller = caller(self.tx, self.call)?;
        self.act_on_document_as(caller, id, act, reason, nobody)
    }

    /// Carries out an update that files a document under another patient. The trail says why, in both records.
    ///
    /// # Errors
    /// As for [`Self::act_on_document`]; but the caller sees the document, and is told that it is not theirs to move
    /// ([`ActRefusal::Denied`]). A patient without a record is [`ActRefusal::Unknown`].
    pub fn move_document(&mut self, update: &UpdateRequest, from: &DocumentEntry, reason: &str) -> Result<(), Failure> {
        self.audit.query = Some(format!("move-patient: {reason}"));
        let mut record = self.manage(&from.patient_id)?;
        let facts = record.tx.document_facts(&[from.entry_uuid])?.remove(&from.entry_uuid);
        match record.decide(RecordAct::MoveToPatient(&facts.unwrap_or_else(DocumentFacts::of_no_rules))) {
            Err(Failure::Act(ActRefusal::Unknown)) => return Err(refused(record.audit, ActRefusal::Denied(Denial::NotEntitled))),
            other => other?,
        }
        match self.open_for_update(update)? {
            Some(mut record) => record.update(update),
            None => Err(refused(self.audit, ActRefusal::Unknown)),
        }
    }

    /// What [`Self::act_on_document`] answers where there is no document.
    ///
    /// # Errors
    /// Always.
    pub fn refuse_unknown_document(&mut self, nobody: &PatientId) -> Result<(), Failure> {
        let record = self.manage(nobody)?;
        Err(refused(record.audit, ActRefusal::Unknown))
    }

    pub(super) fn act_on_document_as(
        &mut self,
        caller: Option<Caller>,
        id: EntryUuid,
        act: DocumentAct,
        reason: &str,
        nobody: &PatientId,
    ) -> Result<(), Failure> {
        self.audit.query = Some(format!("{}: {reason}", act.name()));
        let by_version = ObjectIds::EntryUuids(vec![id]);
        let logical_ids: Vec<_> = self.tx.entries(&by_version)?.iter().map(|entry| entry.logical_id).chain([id]).collect();
        let all = ObjectIds::LogicalIds(logical_ids);
        let owner = self.tx.patients_of_entries(&all, MetadataLevel::One)?.pop();
        let mut record = self.manage_as(caller, owner.as_ref().unwrap_or(nobody))?;
        let versions: Vec<_> = record.tx.entries(&all)?.iter().map(|entry| entry.entry_uuid).collect();
        let facts = record.tx.document_facts(&versions)?.into_values().next().unwrap_or_else(DocumentFacts::of_no_rules);
        record.audit.attempted_ids.extend(versions.iter().map(ToString::to_string));
        match record.decide(act.of(&facts)) {
            Err(Failure::Act(ActRefusal::Denied(denial))) if denial == Denial::NotEntitled => {
                let failure = refused(record.audit, ActRefusal::Unknown);
                record.audit.decision = Some(denial.code().to_owned());
                record.audit.asked_by_object = true;
                return Err(failure);
            }
            other => other?,
        }
        record.audit.object_ids.extend(versions.iter().map(ToString::to_string));
        Ok(record.tx.set_activation(&versions, act.result())?)
    }
}
