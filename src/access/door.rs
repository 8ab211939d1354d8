//! Audited calls: the only way to the store.

use std::sync::Arc;

use crate::model::audit_event::{AuditEvent, AuditOutcome, Transaction};
use crate::model::code::Code;
use crate::model::dsp::{Level, Professions, Quality};
use crate::model::hl7_types::PatientId;
use crate::model::ids::RepositoryUniqueId;
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::stored_query::{MetadataLevel, Subject};
use crate::store::contents::{ContentStore, Staging};
use crate::store::{Read, Store, Write};

use super::actor::name_actor;
use super::authority::Authority;
use super::decision::Decision;
use super::discretion::Discretion;
use super::reading_record::Documents;
use super::record_queries::one_more;
use super::recorder::Recorder;
use super::retrieved_document::MEMORY_OF_ONE_ANSWER;
use super::standings::{Standings, nobody};
use super::{
    Action, AttestationNeed, AttestationPolicy, Call, Failure, Policy, ReadableRecord, Reason, RemovedDocument, Spill, WritableRecord,
};

/// The store behind its policy.
pub struct Door {
    pub(super) store: Arc<Store>,
    contents: Arc<dyn ContentStore>,
    pub(super) policy: Policy,
    pub(super) attestation: AttestationPolicy,
    recorder: Recorder,
    /// The id of this repository.
    pub repository_unique_id: RepositoryUniqueId,
}

impl Door {
    /// A door to a store, to its documents, under a policy.
    pub fn new(store: Arc<Store>, contents: Arc<dyn ContentStore>, policy: Policy, repository_unique_id: RepositoryUniqueId) -> Self {
        let attestation = AttestationPolicy { need: AttestationNeed::None, contact: "the operator of this server".to_owned() };
        Self { store, contents, policy, attestation, recorder: Recorder::default(), repository_unique_id }
    }

    /// The same door for connected systems as this says.
    #[must_use]
    pub fn admitting(self, attestation: AttestationPolicy) -> Self {
        Self { attestation, ..self }
    }

    /// Whether the access rules hold, so that visits are declared here.
    pub fn has_access_rules(&self) -> bool {
        self.policy.rules().is_some()
    }

    /// Which usage profile follows from which profession, where the access rules hold.
    pub fn professions(&self) -> Option<&Professions> {
        self.policy.rules().map(|rules| &rules.professions)
    }

    /// The level that confidentiality codes of another system mean, where the access rules hold and none of them is a level itself.
    pub fn level_meant_by(&self, codes: &[Code]) -> Option<Level> {
        self.policy.rules().and_then(|rules| rules.level_codes.level(codes))
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    pub(super) fn contents(&self) -> &dyn ContentStore {
        &*self.contents
    }

    /// A place for a document that is just coming in. It becomes part of a record only through [`WritableRecord::provide`].
    pub fn stage(&self) -> Result<Box<dyn Staging>, Failure> {
        Ok(self.contents.stage()?)
    }

    /// Runs one audited call that reads. Its record is committed before this returns.
    pub fn read<T>(
        &self,
        call: &Call,
        transaction: Transaction,
        act: impl FnOnce(&mut Reading<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let call = &self.admit(call, transaction)?;
        let mut audit = call.audit_event(transaction);
        let result = self.store.read(|tx| {
            let value = act(&mut Reading {
                tx,
                contents: &self.contents,
                memory_left: MEMORY_OF_ONE_ANSWER,
                policy: &self.policy,
                standings: Standings::default(),
                call,
                audit: &mut audit,
            })?;
            // Here, and not where the record is written, for which others wait.
            name_actor(tx, call, &mut audit).map_err(Failure::Audit)?;
            Ok(value)
        });
        self.record(call, audit, result.as_ref().err())?;
        result
    }

    /// Runs one audited call that may write: its changes and its record are committed together, or, when it fails, the
    /// record alone.
    pub fn write<T>(
        &self,
        call: &Call,
        transaction: Transaction,
        act: impl FnOnce(&mut Writing<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let call = &self.admit(call, transaction)?;
        let mut audit = call.audit_event(transaction);
        let result = self.store.write(|tx| {
            let value = act(&mut self.writing(tx, call, &mut audit))?;
            audit.outcome = outcome_of_answer(&audit);
            audit.name_each_patient_once();
            keep(tx, call, &mut audit)?;
            Ok(value)
        });
        if let Err(failure) = &result {
            self.record(call, audit, Some(failure))?;
        }
        result
    }

    /// What a call that may write works with.
    pub(super) fn writing<'a>(&'a self, tx: &'a mut Write, call: &'a Call, audit: &'a mut AuditEvent) -> Writing<'a> {
        Writing { tx, contents: &self.contents, policy: &self.policy, standings: Standings::default(), call, audit }
    }

    /// Removes the bytes of documents whose removal is committed. What cannot be removed now no row refers to and no key
    /// opens any more: the sweep takes it.
    pub fn discard(&self, removed: Vec<RemovedDocument>) {
        for document in removed {
            if let Err(error) = self.contents.delete(&document.key) {
                tracing::warn!(%error, "the bytes of a removed document are left to the sweep");
            }
        }
    }

    /// Leaves a record of a request that never became a call: it could not be understood.
    pub fn refuse(&self, call: &Call, transaction: Transaction, outcome: AuditOutcome, errors: Vec<String>) -> Result<(), Failure> {
        let mut audit = call.audit_event(transaction);
        audit.outcome = outcome;
        audit.errors = errors;
        self.recorder.record(&self.store, call, audit)
    }

    /// Leaves a record of what was granted to a caller outside any patient's record.
    pub fn granted(&self, call: &Call, transaction: Transaction, what: &'static str) -> Result<(), Failure> {
        let mut audit = call.audit_event(transaction);
        audit.decision = Some(what.to_owned());
        self.recorder.record(&self.store, call, audit)
    }

    /// Leaves a record of a call that failed before it needed the store, about this patient as far as it says so.
    pub fn failed(&self, call: &Call, transaction: Transaction, patient_id: Option<&PatientId>, failure: &Failure) -> Result<(), Failure> {
        let mut audit = call.audit_event(transaction);
        audit.patient_ids.extend(patient_id.map(PatientId::to_string));
        self.record(call, audit, Some(failure))
    }

    /// Leaves the record of a call that read without [`Door::read`], and gives what it read.
    pub(super) fn conclude<T>(&self, call: &Call, transaction: Transaction, result: Result<T, Failure>) -> Result<T, Failure> {
        self.record(call, call.audit_event(transaction), result.as_ref().err())?;
        result
    }

    fn record(&self, call: &Call, mut audit: AuditEvent, failure: Option<&Failure>) -> Result<(), Failure> {
        #[cfg(feature = "no-op-recorder")]
        if super::no_op_recorder::is_on() {
            return Ok(());
        }
        audit.outcome = failure.map_or(outcome_of_answer(&audit), Failure::outcome);
        audit.name_each_patient_once();
        if let Some(failure) = failure {
            // What was not done concerns no object, but those that it was to be done to.
            audit.object_ids = std::mem::take(&mut audit.attempted_ids);
            // A transaction whose answer has codes of another standard has noted them itself.
            if audit.errors.is_empty() {
                audit.errors = failure.errors().iter().map(|error| error.code.as_str().to_owned()).collect();
            }
        }
        // A message can break one rule a thousand times; the trail says once that it did.
        audit.errors.sort();
        audit.errors.dedup();
        self.recorder.record(&self.store, call, audit)
    }
}

/// Adds an event to the trail, with who acted as the directories know them now. An event that cannot be completed cannot be written.
/// What the time of the answer could tell is noted on the way: nothing is answered that is not in the trail.
pub(super) fn keep(tx: &mut Write, call: &Call, audit: &mut AuditEvent) -> Result<(), Failure> {
    call.discreet.note_outcome(audit);
    #[cfg(feature = "no-op-recorder")]
    if super::no_op_recorder::is_on() {
        return Ok(());
    }
    name_actor(tx, call, audit).and_then(|()| tx.insert_audit_event(audit)).map_err(Failure::Audit)
}

/// An answer can hold errors beside what it gives or what was done; a transaction may have judged them graver itself.
fn outcome_of_answer(audit: &AuditEvent) -> AuditOutcome {
    match audit.outcome {
        AuditOutcome::Success if !audit.errors.is_empty() => AuditOutcome::MinorFailure,
        outcome => outcome,
    }
}

/// An audited call that reads.
pub struct Reading<'a> {
    pub(super) tx: &'a mut Read,
    pub(super) contents: &'a Arc<dyn ContentStore>,
    memory_left: u64,
    pub(super) policy: &'a Policy,
    pub(super) standings: Standings,
    pub(super) call: &'a Call,
    /// What the trail will say; transactions add what only they know.
    pub audit: &'a mut AuditEvent,
}

impl Reading<'_> {
    /// The patient's record, as far as the caller may see it; nothing if the patient is unknown or the record is closed
    /// to the caller, which are the same to them.
    pub fn open(&mut self, patient_id: &PatientId, action: Action) -> Result<Option<ReadableRecord<'_>>, Failure> {
        let decision = self.policy.decide(&mut self.standings, self.tx, self.call, action, patient_id)?;
        // The trail is about patients.
        let authority = match (nobody().is_some_and(|nobody| nobody == *patient_id), decision) {
            (true, Decision::Allow { authority, .. }) => Some(authority),
            (true, Decision::Deny { .. }) => None,
            (false, decision) => noted(self.audit, patient_id, decision),
        };
        let Some(authority) = authority else { return Ok(None) };
        let documents = Documents { contents: self.contents, memory_left: &mut self.memory_left };
        let record = ReadableRecord::new(self.tx, documents, self.audit, patient_id, authority);
        if action == Action::Find && record.view.is_limited() {
            self.call.discreet.note(Discretion::Picked);
        }
        Ok(Some(record))
    }

    /// Where an answer goes that may be too long for memory.
    pub fn spill(&self) -> Spill {
        Spill::new(Arc::clone(self.contents))
    }

    /// The patients whose records have to be opened to answer about this subject at a metadata level: an object that has
    /// moved to another patient concerns the earlier one only where its history is asked for. It tells nothing that the
    /// caller may be told before these records are open.
    pub fn patients_of(&mut self, subject: Subject<'_>, level: MetadataLevel) -> Result<Vec<PatientId>, Failure> {
        self.audit.asked_by_object |=
            matches!(subject, Subject::Entries(_) | Subject::SubmissionSets(_) | Subject::Folders(_) | Subject::Objects(_));
        let patients = match subject {
            Subject::Patient(patient_id) => vec![patient_id.clone()],
            Subject::Entries(ids) => self.tx.patients_of_entries(ids, level)?,
            Subject::SubmissionSets(ids) => self.tx.patients_of_submission_sets(ids)?,
            Subject::Folders(ids) => self.tx.patients_of_folders(ids, level)?,
            Subject::Objects(ids) => self.tx.patients_of_objects(ids)?,
            Subject::Patients(patients) => patients.to_vec(),
            Subject::AnyWithDocuments(..) | Subject::AnyWithFolders(..) if self.policy.rules().is_some() => return Err(names_no_patient()),
            Subject::AnyWithDocuments(query, most) => self.tx.patients_with_documents(query, one_more(most))?,
            Subject::AnyWithFolders(query, most) => self.tx.patients_with_folders(query, one_more(most))?,
        };
        Ok(patients)
    }

    /// The patients of [`Self::patients_of`], or, where nobody has what was asked for and the access rules hold, one in whose
    /// record to look in vain, so that it takes as long as what is hidden: patients look in their own, others in nobody's.
    pub fn or_nobody(&mut self, patients: Vec<PatientId>) -> Result<Vec<PatientId>, Failure> {
        if !patients.is_empty() || self.policy.rules().is_none() {
            return Ok(patients);
        }
        let own = match self.standings.quality(self.tx, self.call)? {
            Some(Quality::Patient { person, .. }) => person.as_str().parse().ok(),
            _ => nobody(),
        };
        Ok(own.into_iter().collect())
    }
}

/// Each access is to the record of one patient, under a mandate of theirs (access rules, 3).
fn names_no_patient() -> Failure {
    let context =
        "the query names no patient; this registry opens a patient's record only to whoever asks for that patient, name one or more";
    Failure::refused(RegistryError::new(ErrorCode::StoredQueryMissingParam, "AdhocQuery", context))
}

/// An audited call that may write.
pub struct Writing<'a> {
    pub(super) tx: &'a mut Write,
    pub(super) contents: &'a Arc<dyn ContentStore>,
    pub(super) policy: &'a Policy,
    pub(super) standings: Standings,
    pub(super) call: &'a Call,
    /// What the trail will say; transactions add what only they know.
    pub audit: &'a mut AuditEvent,
}

impl Writing<'_> {
    /// The patient's record, to write to; nothing if it is closed to the caller. Where the access rules decide, what they decide
    /// by holds until the commit: whoever changes the record waits (3: what the holder ends, ends at once).
    pub fn open(&mut self, patient_id: &PatientId, action: Action) -> Result<Option<WritableRecord<'_>>, Failure> {
        if self.policy.rules().is_some() {
            self.tx.patient_for_filing(patient_id)?;
        }
        let decision = self.policy.decide(&mut self.standings, self.tx, self.call, action, patient_id)?;
        Ok(noted(self.audit, patient_id, decision).map(|authority| self.record(patient_id, authority)))
    }

    /// Notes to what the caller wants something done, where they name nothing else: no patient.
    pub fn asked_by_object<T: ToString>(&mut self, ids: &[T]) {
        self.audit.asked_by_object = true;
        self.audit.attempted_ids.extend(ids.iter().map(T::to_string));
    }

    /// A record that is open under this authority.
    pub(super) fn record(&mut self, patient_id: &PatientId, authority: Authority) -> WritableRecord<'_> {
        WritableRecord::new(self.tx, self.contents, self.audit, patient_id, self.call.now, authority)
    }
}

/// Puts the decision into the trail and gives what it allows.
fn noted(audit: &mut AuditEvent, patient_id: &PatientId, decision: Decision) -> Option<Authority> {
    // The trail names each patient once in the end; looking for them each time would be slow where they are many.
    audit.patient_ids.push(patient_id.to_string());
    noted_decision(audit, decision)
}

/// Puts a decision that is about no patient into the trail and gives what it allows.
pub(super) fn noted_decision(audit: &mut AuditEvent, decision: Decision) -> Option<Authority> {
    let (authority, reason) = match decision {
        Decision::Allow { authority, reason } => (Some(authority), reason),
        Decision::Deny { reason } => (None, reason),
    };
    note_reason(audit, reason);
    authority
}

/// Adds a reason to those in the trail: a call that concerns several records can have several.
pub(super) fn note_reason(audit: &mut AuditEvent, reason: Reason) {
    let code = reason.as_str();
    match &mut audit.decision {
        None => audit.decision = Some(code.to_owned()),
        Some(known) if known.split(' ').any(|known| known == code) => {}
        Some(known) => known.extend([" ", code]),
    }
}

#[cfg(test)]
#[path = "door_tests.rs"]
mod tests;
