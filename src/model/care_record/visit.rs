//! What an establishment declares of a visit, whatever language it speaks, and what the record becomes by it (access rules, 3).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{CareEpisode, CareRecord, Noted};
use crate::model::civil_day;
use crate::model::dsp::{EmergencyAccess, EpisodeKind, EstablishmentId, Period, RefusalChange};
use crate::model::timestamp::Instant;

/// What is declared of one visit. What is not said stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitReport {
    /// The establishment's own number of the visit, unique within the establishment and the patient.
    pub visit_number: String,
    /// What happened.
    pub event: VisitEvent,
    /// Whether it is one of emergency care; counts where a visit begins or changes its class.
    pub emergency: bool,
    /// Whether the patient refuses access, or takes a refusal back.
    pub refused: Option<bool>,
    /// What the patient decided on arrival in emergency care.
    pub arrival_decision: Option<EmergencyAccess>,
    /// The visit for which this establishment works as subcontractor.
    pub requested_by: Option<RequestingVisit>,
}

/// What happened; an instant is when, as far as the establishment says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum VisitEvent {
    /// The patient was admitted, or is there.
    Admitted(Option<Instant>),
    /// Something else of the visit is said.
    Updated,
    /// The visit goes on as one of another class.
    ClassChanged(Option<Instant>),
    /// The patient left.
    Discharged(Option<Instant>),
    /// There was no such visit.
    AdmissionCancelled,
    /// The patient did not leave.
    DischargeCancelled,
}

/// Names the visit of an establishment that asked for another one's work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestingVisit {
    /// Which establishment.
    pub establishment: EstablishmentId,
    /// Its number of the visit.
    pub visit_number: String,
}

/// Calendar days of follow-up after the discharge (access rules, 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FollowUp {
    /// After an ordinary visit.
    pub ordinary: u16,
    /// After work for another establishment.
    pub subcontract: u16,
    /// After emergency care.
    pub emergency: u16,
}

/// Who declares, and what the deployment gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reporter {
    /// Whose visits they are.
    pub establishment: EstablishmentId,
    /// The follow-up periods of the establishment.
    pub follow_up: FollowUp,
    /// When it is declared, and by whom.
    pub noted: Noted,
    /// The name of an episode that begins by it.
    pub new_id: Uuid,
}

/// Why a declaration changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VisitRefusal {
    /// Not declared by this establishment for this patient.
    #[error("this establishment has declared no such visit of this patient; declare the admission first")]
    UnknownVisit,
    /// It was cancelled.
    #[error("the admission of this visit was cancelled; admit the patient under a new visit number")]
    Cancelled,
    /// It is over, and so is its follow-up period, or the refusal in it stays.
    #[error("the visit is over; declare a new admission")]
    Over,
    /// Only emergency care has one.
    #[error("a decision on arrival belongs to a visit of emergency care, and this one is not; declare the emergency class first")]
    NotEmergency,
    /// The visit of the establishment that asks is not there.
    #[error("the establishment named has declared no such visit of this patient; name the visit for which you work")]
    UnknownRequest,
    /// It was said to be for another.
    #[error("the visit was declared to be for another visit; declare a new one")]
    OtherRequest,
}

impl CareRecord {
    /// Takes a declaration in; gives whether it changed anything. The same declaration once more changes nothing.
    ///
    /// # Errors
    /// [`VisitRefusal`]; the record is not to be kept then.
    pub fn report_visit(&mut self, report: &VisitReport, reporter: &Reporter) -> Result<bool, VisitRefusal> {
        let requested_by = report.requested_by.as_ref().map(|visit| self.requesting(visit, reporter)).transpose()?.flatten();
        let mut theirs: Vec<_> = self.visit(&reporter.establishment, &report.visit_number).cloned().collect();
        let Some(before) = theirs.pop() else { return self.begin(report, requested_by, reporter) };
        let had_class = theirs.iter().any(|earlier| same_class(earlier.kind, report.emergency));
        let cancelling = report.event == VisitEvent::AdmissionCancelled;
        if before.is_cancelled() {
            return if cancelling { Ok(false) } else { Err(VisitRefusal::Cancelled) };
        }
        let mut episode = before.clone();
        let changes_class = !same_class(before.kind, report.emergency)
            && match report.event {
                // An admission that comes again is no step back to the class of the beginning.
                VisitEvent::Admitted(_) => !had_class,
                VisitEvent::ClassChanged(_) => true,
                _ => false,
            };
        if !changes_class {
            let again = matches!(report.event, VisitEvent::Admitted(_));
            episode.hear(report, reporter.noted.at, again)?;
        }
        episode.ask_for(requested_by)?;
        match report.event {
            VisitEvent::Admitted(at) | VisitEvent::ClassChanged(at) if changes_class => {
                return self.change_class(episode, at, report, reporter);
            }
            VisitEvent::Admitted(_) | VisitEvent::ClassChanged(_) | VisitEvent::Updated => {}
            VisitEvent::Discharged(at) => episode.discharge(at, reporter),
            VisitEvent::DischargeCancelled => episode.cancel_discharge(reporter.noted.at)?,
            VisitEvent::AdmissionCancelled => episode.cancel(),
        }
        Ok(self.put_episode(episode))
    }

    /// The episodes of a visit, in the order in which they were declared: a change of class begins another one.
    fn visit(&self, establishment: &EstablishmentId, visit_number: &str) -> impl DoubleEndedIterator<Item = &CareEpisode> {
        let of_visit =
            move |episode: &&CareEpisode| episode.establishment == *establishment && episode.visit_number.as_deref() == Some(visit_number);
        self.episodes.iter().filter(of_visit)
    }

    /// The episode of another establishment for which this one works; the establishment's own is but another number.
    fn requesting(&self, visit: &RequestingVisit, reporter: &Reporter) -> Result<Option<Uuid>, VisitRefusal> {
        if visit.establishment == reporter.establishment {
            return Ok(None);
        }
        let asked_for = self.visit(&visit.establishment, &visit.visit_number).next_back();
        let asked_for = asked_for.filter(|episode| !episode.is_cancelled());
        asked_for.map(|episode| Some(episode.id)).ok_or(VisitRefusal::UnknownRequest)
    }

    fn begin(&mut self, report: &VisitReport, requested_by: Option<Uuid>, reporter: &Reporter) -> Result<bool, VisitRefusal> {
        let at = match report.event {
            VisitEvent::Admitted(at) => at,
            // An update of a person who is on a visit that was never declared here.
            VisitEvent::Updated if report.says_nothing() => return Ok(false),
            _ => return Err(VisitRefusal::UnknownVisit),
        };
        let mut episode = CareEpisode {
            id: reporter.new_id,
            visit_number: Some(report.visit_number.clone()),
            establishment: reporter.establishment.clone(),
            kind: kind(report.emergency),
            stay: Period::from(past(at, reporter)),
            follow_up_end: None,
            cut_to: None,
            refusals: Vec::new(),
            requested_by,
            declared: reporter.noted.clone(),
            version: 1,
        };
        episode.hear(report, episode.stay.start, false)?;
        self.episodes.push(episode);
        Ok(true)
    }

    /// Ends the episode of the one class and begins that of the other. What the patient refused or the holder cut short
    /// stays so: it is the same visit.
    fn change_class(
        &mut self,
        mut ending: CareEpisode,
        at: Option<Instant>,
        report: &VisitReport,
        reporter: &Reporter,
    ) -> Result<bool, VisitRefusal> {
        ending.discharge(at, reporter);
        let start = past(at, reporter).max(ending.stay.start);
        let mut beginning = CareEpisode {
            id: reporter.new_id,
            kind: kind(report.emergency),
            stay: Period::from(start),
            follow_up_end: None,
            refusals: ending.is_refused().then_some(RefusalChange { at: start, refused: true }).into_iter().collect(),
            declared: reporter.noted.clone(),
            version: 1,
            ..ending.clone()
        };
        beginning.hear(report, reporter.noted.at, false)?;
        self.put_episode(ending);
        self.episodes.push(beginning);
        Ok(true)
    }

    /// Puts an episode in the place of what it was; gives whether it is another now.
    fn put_episode(&mut self, mut episode: CareEpisode) -> bool {
        let Some(kept) = self.episodes.iter_mut().find(|kept| kept.id == episode.id) else { return false };
        let changed = *kept != episode;
        if changed {
            episode.version = kept.version.saturating_add(1);
            *kept = episode;
        }
        changed
    }
}

impl VisitReport {
    /// Whether it can but take access away.
    pub fn only_restricts(&self) -> bool {
        let ends = matches!(self.event, VisitEvent::Discharged(_) | VisitEvent::AdmissionCancelled);
        let refuses = self.event == VisitEvent::Updated && self.refused == Some(true);
        (ends || refuses) && self.refused != Some(false)
    }

    fn says_nothing(&self) -> bool {
        self.refused.is_none() && self.arrival_decision.is_none() && self.requested_by.is_none()
    }
}

impl CareEpisode {
    /// Whether its admission was cancelled: there is no instant of it, and no follow-up.
    pub fn is_cancelled(&self) -> bool {
        self.stay.end == Some(self.stay.start) && self.follow_up_end == self.stay.end
    }

    /// Whether the patient's last word is a refusal.
    pub fn is_refused(&self) -> bool {
        self.refusals.last().is_some_and(|change| change.refused)
    }

    /// Takes in what the patient decided. An admission that comes `again` takes nothing back: it is most likely the first
    /// message once more.
    fn hear(&mut self, report: &VisitReport, at: Instant, again: bool) -> Result<(), VisitRefusal> {
        match report.refused {
            Some(refused) if refused != self.is_refused() && (refused || !again) => {
                if !refused && self.stay.end.is_some_and(|end| end <= at) {
                    return Err(VisitRefusal::Over);
                }
                self.refusals.push(RefusalChange { at, refused });
            }
            _ => {}
        }
        match (&mut self.kind, report.arrival_decision) {
            (_, None) => Ok(()),
            (EpisodeKind::Ordinary, Some(_)) => Err(VisitRefusal::NotEmergency),
            (EpisodeKind::Emergency { arrival_decision }, decided) => {
                if arrival_decision.is_none() || !again {
                    *arrival_decision = decided;
                }
                Ok(())
            }
        }
    }

    fn ask_for(&mut self, requested_by: Option<Uuid>) -> Result<(), VisitRefusal> {
        match (self.requested_by, requested_by) {
            (Some(known), Some(other)) if known != other => Err(VisitRefusal::OtherRequest),
            (known, said) => {
                self.requested_by = known.or(said);
                Ok(())
            }
        }
    }

    /// Ends the stay; the first discharge counts, until it is cancelled.
    fn discharge(&mut self, at: Option<Instant>, reporter: &Reporter) {
        if self.stay.end.is_some() {
            return;
        }
        let end = past(at, reporter).max(self.stay.start);
        let days = match (self.kind, self.requested_by) {
            (EpisodeKind::Emergency { .. }, _) => reporter.follow_up.emergency,
            (EpisodeKind::Ordinary, Some(_)) => reporter.follow_up.subcontract,
            (EpisodeKind::Ordinary, None) => reporter.follow_up.ordinary,
        };
        self.stay.end = Some(end);
        self.follow_up_end = Some(civil_day::days_after(end, days));
    }

    /// The patient is still there. Once the follow-up is over that is a new admission.
    fn cancel_discharge(&mut self, now: Instant) -> Result<(), VisitRefusal> {
        if self.follow_up_end.is_some_and(|end| end <= now) {
            return Err(VisitRefusal::Over);
        }
        self.stay.end = None;
        self.follow_up_end = None;
        Ok(())
    }

    /// Leaves a trace that gives no access.
    fn cancel(&mut self) {
        self.stay.end = Some(self.stay.start);
        self.follow_up_end = self.stay.end;
    }
}

fn kind(emergency: bool) -> EpisodeKind {
    if emergency { EpisodeKind::Emergency { arrival_decision: None } } else { EpisodeKind::Ordinary }
}

fn same_class(kind: EpisodeKind, emergency: bool) -> bool {
    matches!(kind, EpisodeKind::Emergency { .. }) == emergency
}

/// When it happened, but not later than it is declared: nothing is promised for the future.
fn past(at: Option<Instant>, reporter: &Reporter) -> Instant {
    at.map_or(reporter.noted.at, |at| at.min(reporter.noted.at))
}

#[cfg(test)]
#[path = "visit_tests.rs"]
mod tests;
