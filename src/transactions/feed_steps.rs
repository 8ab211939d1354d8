//! What a message of the patient identity feed changes, whatever protocol brought it (ITI TF-2: 3.8.4, 3.44.4, 3.64.4).
//!
//! Which identifiers name records here is a matter of configuration; those of other authorities become aliases. All steps of
//! a message are carried out, or none.

use crate::access::{Call, Change, EpisodeRefusal, Failure, Writing};
use crate::model::audit_action::AuditAction;
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::model::care_record::VisitReport;
use crate::model::hl7_types::{Cx, PatientId};
use crate::model::ids::Oid;
use crate::model::matricule::{InvalidMatricule, LegacyMatricule, check_identifier};
use crate::model::patient_feed::{DemographicElement, FeedEvent, LinkChange, PatientDemographics, PatientMerge};

use super::{Services, iti64};

/// Which identifiers of a message a refusal is about. Where they stand, each protocol says for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Those that remain in use: the patient's own, in a merge those of the so many-eth pair, from 1.
    Remaining(u16),
    /// Those whose use ends: in a merge of the so many-eth pair, from 1; in a change of link those of the earlier link.
    Ending(u16),
    /// That of a visit.
    Visit,
}

/// A message that does not fit the configuration of this registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{rule}")]
pub(super) struct Unfit {
    pub(super) place: Place,
    pub(super) rule: Rule,
}

/// The rules that a message is held against before the record is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Rule {
    /// An identifier has to name a record here (ITI TF-2: 3.8.4.1.4, 3.8.4.2.4, 3.44.4.2.4).
    #[error("no identifier is of an assigning authority whose patients are filed here; send one, or have the authority configured")]
    OwnAuthority,
    /// A subsumed identifier goes to one survivor.
    #[error("name one identifier of that assigning authority only; with two it is not clear which of them survives")]
    OneSurvivor,
    /// The local ids of a change of link are of one source (ITI TF-2: 3.64.4.1.2.4).
    #[error("the subsumed local patient id must be of the same assigning authority as the local patient id in PID-3")]
    OneLocalAuthority,
    /// A matricule has its check digits right. An identifier whose use ends may be wrong: that is perhaps why it ends.
    #[error("matricule: {0}")]
    Matricule(InvalidMatricule),
}

/// What one pair of identifiers of a message changes.
pub(super) struct Step {
    pub(super) place: Place,
    pub(super) action: Action,
}

pub(super) enum Action {
    Put(PatientId, PatientDemographics, Vec<DemographicElement>),
    Merge {
        surviving: PatientId,
        subsumed: PatientId,
    },
    ChangeLink(LinkChange),
    /// What is said of a visit. `beside` who the patient is, it is left aside for a patient without an open record.
    Report {
        patient: PatientId,
        report: VisitReport,
        beside: bool,
    },
}

/// A step that failed: the record is as it was before the first one.
pub(super) struct FailedStep {
    /// Nothing where the failure is not about one step.
    pub(super) place: Option<Place>,
    pub(super) failure: Failure,
}

/// Carries out all steps of a message in one audited call, which is committed when this returns. `code` gives the code under
/// which the answer will tell a failure, for the audit record. Gives whether a patient became known by it.
pub(super) fn carry_out(
    services: &Services,
    call: &Call,
    transaction: Transaction,
    message_id: &str,
    steps: Vec<Step>,
    code: impl Fn(&Failure) -> &'static str,
) -> Result<bool, FailedStep> {
    let mut place = None;
    let done = services.door.write(call, transaction, |writing| {
        writing.audit.message_id = Some(message_id.to_owned());
        steps.into_iter().try_fold(false, |is_new, step| {
            place = Some(step.place);
            let done = perform(writing, step.action).inspect_err(|failure| writing.audit.errors.push(code(failure).to_owned()))?;
            Ok(is_new || done)
        })
    });
    done.map_err(|failure| {
        if failure.outcome() == AuditOutcome::SeriousFailure {
            tracing::error!(request_id = %call.request_id, transaction = transaction.as_str(), "{failure}");
        }
        FailedStep { place, failure }
    })
}

/// Whether a patient became known.
fn perform(writing: &mut Writing<'_>, action: Action) -> Result<bool, Failure> {
    let done = match action {
        Action::Put(patient, demographics, removed) => {
            let is_new = writing.put_patient(&patient, demographics, &removed)? == Change::Created;
            if is_new {
                writing.audit.action = Some(AuditAction::CreateIdentity);
            }
            return Ok(is_new);
        }
        Action::Merge { surviving, subsumed } => {
            writing.audit.action = Some(AuditAction::MergeIdentity);
            writing.merge_patients(&surviving, &subsumed)
        }
        Action::ChangeLink(change) => writing.change_link(&change),
        Action::Report { patient, report, beside } => match writing.report_visit(&patient, &report) {
            Err(Failure::Episode(EpisodeRefusal::NoOpenRecord)) if beside => Ok(()),
            told => told.map(drop),
        },
    };
    done.map(|()| false)
}

/// What the message asks, in the terms of the identifiers that name records here.
pub(super) fn steps(event: &FeedEvent, services: &Services) -> Result<Vec<Step>, Unfit> {
    let authorities = &services.assigning_authorities;
    let known = |patient: &PatientDemographics, removed: &[DemographicElement]| {
        // Testers of the open profile name patients as they like, under whichever authority.
        if services.door.has_access_rules() {
            check_matricules(&patient.identifiers, authorities)?;
        }
        person(patient, removed, authorities)
    };
    match event {
        FeedEvent::Add(patient) => known(patient, &[]),
        FeedEvent::Revise { patient, removed } => known(patient, removed),
        FeedEvent::Merge(pairs) => {
            let numbered = (1..=u16::MAX).zip(pairs);
            let steps: Result<Vec<_>, _> = numbered.map(|(number, pair)| merge(pair, number, authorities)).collect();
            Ok(steps?.into_iter().flatten().collect())
        }
        FeedEvent::ChangeLink(change) => Ok(vec![iti64::step(change, authorities)?]),
    }
}

/// The step for a visit of the patient whom the first of these identifiers names here.
pub(super) fn visit(patient: &[Cx], report: VisitReport, beside: bool, authorities: &[Oid]) -> Result<Step, Unfit> {
    let own = patient.iter().find(|id| is_own(id, authorities));
    let patient = own.ok_or(Unfit { place: Place::Remaining(1), rule: Rule::OwnAuthority })?.clone();
    Ok(Step { place: Place::Visit, action: Action::Report { patient, report, beside } })
}

/// That no record is opened under a matricule with a mistyped digit.
fn check_matricules(identifiers: &[Cx], authorities: &[Oid]) -> Result<(), Unfit> {
    let mut checked = identifiers.iter().map(|id| check_identifier(id, is_own(id, authorities)));
    checked.try_for_each(|checked| checked).map_err(|error| Unfit { place: Place::Remaining(1), rule: Rule::Matricule(error) })
}

/// One step for each of the patient's identifiers that names a record here, with those of other authorities as aliases.
fn person(patient: &PatientDemographics, removed: &[DemographicElement], authorities: &[Oid]) -> Result<Vec<Step>, Unfit> {
    let place = Place::Remaining(1);
    let (own, others): (Vec<_>, Vec<_>) = patient.identifiers.iter().cloned().partition(|id| is_own(id, authorities));
    if own.is_empty() {
        return Err(Unfit { place, rule: Rule::OwnAuthority });
    }
    let steps = own.into_iter().map(|id| {
        let identifiers = std::iter::once(id.clone()).chain(others.iter().cloned()).collect();
        let demographics = PatientDemographics { identifiers, ..patient.clone() };
        Step { place, action: Action::Put(id, demographics, removed.to_vec()) }
    });
    Ok(steps.collect())
}

/// One step for each subsumed identifier that names a record here; it goes to the survivor's identifier of the same
/// authority (ITI TF-2: 3.8.4.2.2.4). That both have one is the first of the conditions of 3.8.4.2.4.
fn merge(pair: &PatientMerge, number: u16, authorities: &[Oid]) -> Result<Vec<Step>, Unfit> {
    let (place, ending) = (Place::Remaining(number), Place::Ending(number));
    let subsumed: Vec<_> = pair.subsumed.iter().filter(|id| is_own(id, authorities)).collect();
    if subsumed.is_empty() {
        return Err(Unfit { place: ending, rule: Rule::OwnAuthority });
    }
    let step = |subsumed: &Cx| {
        let mut survivors = pair.surviving.iter().filter(|id| id.assigning_authority() == subsumed.assigning_authority());
        let surviving = survivors.next().ok_or(Unfit { place, rule: Rule::OwnAuthority })?.clone();
        if survivors.any(|other| *other != surviving) {
            return Err(Unfit { place, rule: Rule::OneSurvivor });
        }
        Ok(Step { place, action: Action::Merge { surviving, subsumed: subsumed.clone() } })
    };
    subsumed.into_iter().map(step).collect()
}

/// Whether the identifier names a record here. The older form of a matricule is a further name of the patient and never names one by
/// itself: nothing in it shows a mistyped digit.
pub(super) fn is_own(identifier: &Cx, authorities: &[Oid]) -> bool {
    authorities.contains(identifier.assigning_authority()) && !LegacyMatricule::is(identifier)
}
