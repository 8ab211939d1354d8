//! Episodes of care: what establishments declare of their own visits (access rules, 3 and 9).

use uuid::Uuid;

use crate::model::care_record::{CareEpisode, FollowUp, Noted, Reporter, RequestingVisit, VisitEvent, VisitRefusal, VisitReport};
use crate::model::directory::Establishment;
use crate::model::dsp::{Caller, Denial, EstablishmentId, Organisation, Quality, RecordAct, RecordState, Verdict};
use crate::model::hl7_types::PatientId;
use crate::store::{PatientState, StoredRecord};

use super::caller::{caller, named};
use super::door::note_reason;
use super::{ActRefusal, Failure, IdentityRefusal, Reason, Writing};

/// Why a visit was not declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EpisodeRefusal {
    /// Nobody but the system of an establishment declares visits.
    #[error("visits are declared by an establishment over its own connection: use the client certificate of a system of the establishment")]
    NotAnEstablishment,
    /// The establishment is not attested at present, or its system is not.
    #[error("the establishment, or its system, has no attestation of conformity in force; contact the operator of this server")]
    NotAttested,
    /// Emergency care is for those who are cleared for it.
    #[error("the establishment is not cleared for emergency care; declare a visit of another class")]
    NotCleared,
    /// Establishments of some kinds have no mandate: a pharmacy works with the presence code.
    #[error("establishments of this kind have no mandate by admission; its professionals work with the patient's presence code")]
    NoMandate,
    /// The patient has no record, or it is closed.
    #[error("the patient has no open record, so that no visit can be declared")]
    NoOpenRecord,
    /// The establishment that asked for the visit is not in the directory.
    #[error("no establishment of the directory has this OID or key; name the establishment that asked for the visit as the directory does")]
    UnknownEstablishment,
    /// The visit does not allow it.
    #[error(transparent)]
    Visit(#[from] VisitRefusal),
}

impl Writing<'_> {
    /// Takes in what the establishment of the calling system declares of one of its visits; gives the episode as it is then,
    /// or nothing where an update is about a visit that was never declared and says nothing of it.
    pub fn report_visit(&mut self, patient_id: &PatientId, report: &VisitReport) -> Result<Option<CareEpisode>, Failure> {
        self.note(patient_id);
        // Who may not declare anything learns nothing of the patient either.
        let (caller, establishment) = self.declaring_establishment()?;
        let known = self.tx.patient_for_change(patient_id)?.ok_or(IdentityRefusal::Unknown)?;
        if known.state != PatientState::Active {
            return Err(IdentityRefusal::Merged.into());
        }
        let Some(StoredRecord { mut record, version }) = self.tx.care_record(patient_id)? else {
            return Err(EpisodeRefusal::NoOpenRecord.into());
        };
        self.check_declaration(&caller, &record.state(), &establishment, report)?;
        let report = self.with_requesting_key(report)?;
        let reporter = self.reporter(&establishment)?;
        if record.report_visit(&report, &reporter).map_err(EpisodeRefusal::from)? {
            self.tx.update_care_record(&record, version, self.call.now)?;
        }
        let is_visit = |episode: &CareEpisode| {
            episode.establishment == reporter.establishment && episode.visit_number.as_deref() == Some(report.visit_number.as_str())
        };
        let episode = record.episodes.into_iter().rev().find(is_visit);
        self.audit.object_ids.extend(episode.iter().map(|episode| episode.id.to_string()));
        Ok(episode)
    }

    /// The same for a declaration that names its establishment and the episode it is part of.
    pub fn report_visit_of(
        &mut self,
        named: Option<&EstablishmentId>,
        patient_id: &PatientId,
        report: &VisitReport,
        part_of: Option<Uuid>,
    ) -> Result<Option<CareEpisode>, Failure> {
        let (_, establishment) = self.declaring_establishment()?;
        if named.is_some_and(|named| named.as_str() != establishment.id) {
            return Err(EpisodeRefusal::NotAnEstablishment.into());
        }
        let mut report = report.clone();
        if let Some(id) = part_of {
            let stored = self.tx.care_record(patient_id)?;
            let requesting = stored.and_then(|stored| stored.record.episodes.into_iter().find(|episode| episode.id == id));
            let requesting = requesting.ok_or(EpisodeRefusal::Visit(VisitRefusal::UnknownRequest))?;
            let visit_number = requesting.visit_number.unwrap_or_default();
            report.requested_by = Some(RequestingVisit { establishment: requesting.establishment, visit_number });
        }
        self.report_visit(patient_id, &report)
    }

    /// The episode of this name, which has to be one of the calling establishment, the last one of its visit, and of this version.
    pub fn own_episode(&mut self, patient_id: &PatientId, id: Uuid, version: u64) -> Result<CareEpisode, Failure> {
        self.note(patient_id);
        let (_, establishment) = self.declaring_establishment()?;
        self.tx.patient_for_change(patient_id)?;
        let episodes = self.tx.care_record(patient_id)?.map(|stored| stored.record.episodes).unwrap_or_default();
        let own = |episode: &&CareEpisode| episode.id == id && episode.establishment.as_str() == establishment.id;
        let known = episodes.iter().find(own).ok_or(ActRefusal::Unknown)?.clone();
        if u64::from(known.version) != version {
            return Err(ActRefusal::Version { found: known.version.into() }.into());
        }
        let of_visit = |episode: &&CareEpisode| episode.establishment == known.establishment && episode.visit_number == known.visit_number;
        match episodes.iter().rev().find(of_visit) {
            Some(last) if last.id != id => Err(EpisodeRefusal::Visit(VisitRefusal::Over).into()),
            _ => Ok(known),
        }
    }

    /// The establishment whose system calls, and what the directory says of it.
    fn declaring_establishment(&mut self) -> Result<(Caller, Establishment), Failure> {
        let caller = caller(self.tx, self.call)?.filter(|caller| caller.quality == Quality::Establishment);
        let named = caller.as_ref().and_then(|caller| caller.organisation.as_ref()).filter(|organisation| organisation.own_connection);
        let listed = named.map(|organisation| self.tx.establishment(organisation.id.as_str())).transpose()?.flatten();
        caller.zip(listed).ok_or_else(|| EpisodeRefusal::NotAnEstablishment.into())
    }

    /// Asks the access rules. What only ends or shuts out is taken in whatever the state of the record.
    fn check_declaration(
        &mut self,
        caller: &Caller,
        record: &RecordState,
        establishment: &Establishment,
        report: &VisitReport,
    ) -> Result<(), Failure> {
        let begins = matches!(report.event, VisitEvent::Admitted(_) | VisitEvent::ClassChanged(_));
        let act = RecordAct::DeclareEpisode { establishment: &establishment.id.as_str().into(), emergency: report.emergency && begins };
        let denial = match act.decide(caller, record, self.call.now) {
            Verdict::Allow(ground) => {
                note_reason(self.audit, Reason::Ground(ground));
                return Ok(());
            }
            Verdict::Deny(Denial::State) if report.only_restricts() => return Ok(()),
            Verdict::Deny(denial) => denial,
        };
        note_reason(self.audit, Reason::Denial(denial));
        Err(refusal(denial, caller.organisation.as_ref()).into())
    }

    /// The report with the requesting establishment under its key in the directory.
    fn with_requesting_key(&mut self, report: &VisitReport) -> Result<VisitReport, Failure> {
        let mut report = report.clone();
        if let Some(visit) = &mut report.requested_by {
            let requesting = named(self.tx, visit.establishment.as_str())?.ok_or(EpisodeRefusal::UnknownEstablishment)?;
            visit.establishment = requesting.id.as_str().into();
        }
        Ok(report)
    }

    fn reporter(&mut self, establishment: &Establishment) -> Result<Reporter, EpisodeRefusal> {
        let durations = self.policy.rules().map(|rules| &rules.durations).ok_or(EpisodeRefusal::NoMandate)?;
        let days = |subcontract| durations.follow_up(&establishment.kinds, subcontract).ok_or(EpisodeRefusal::NoMandate);
        let follow_up = FollowUp { ordinary: days(false)?, subcontract: days(true)?, emergency: durations.emergency };
        let system = self.call.admitted.as_ref().and_then(|admitted| admitted.system());
        let by = system.unwrap_or(&establishment.id).to_owned();
        Ok(Reporter {
            establishment: establishment.id.as_str().into(),
            follow_up,
            noted: Noted { at: self.call.now, by },
            new_id: Uuid::new_v4(),
        })
    }
}

fn refusal(denial: Denial, organisation: Option<&Organisation>) -> EpisodeRefusal {
    match denial {
        Denial::State | Denial::Purged | Denial::RecordNotActive => EpisodeRefusal::NoOpenRecord,
        _ if organisation.is_some_and(|organisation| !organisation.attested) => EpisodeRefusal::NotAttested,
        Denial::NotEntitled => EpisodeRefusal::NotCleared,
        _ => EpisodeRefusal::NotAnEstablishment,
    }
}
