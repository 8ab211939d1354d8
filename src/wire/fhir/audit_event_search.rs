//! Search parameters of AuditEvent (FHIR R4, auditevent.html#search; ITI TF-2: 3.81.4.1.2) within the history of one record.

use uuid::Uuid;

use super::audit_event::{ACTIONS, TRANSACTIONS, event_type, outcome_of};
use super::consent_search::SearchFault;
use super::search::{alternatives, local_reference, token};
use super::{RecordNames, narrowed, patient_of_reference};
use crate::model::activity::{ActivityFilter, ActivityPage};
use crate::model::audit_action::AuditAction;
use crate::model::audit_actor::ActorKey;
use crate::model::audit_event::Transaction;
use crate::model::hl7_types::{Cx, PatientId};
use crate::model::ids::EntryUuid;
use crate::model::timestamp::Instant;

/// A search within the history of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistorySearch {
    /// Whose record.
    pub patient: PatientId,
    /// Which entries.
    pub filter: ActivityFilter,
    /// Which part of them.
    pub page: ActivityPage,
}

const DEFAULT_COUNT: usize = 50;
const MOST: usize = 500;
/// About the form of the answer, not about what is found.
const FORM: [&str; 2] = ["_format", "_pretty"];

impl HistorySearch {
    /// Reads the parameters of a search.
    ///
    /// # Errors
    /// A parameter that is unknown, has a modifier or a value that cannot be read, or a search that names not exactly one patient.
    pub fn read(parameters: &[(String, String)], names: RecordNames<'_>) -> Result<Self, SearchFault> {
        let page = ActivityPage { after: None, limit: DEFAULT_COUNT };
        let mut reading = Reading { names, patients: Vec::new(), filter: ActivityFilter::default(), page };
        parameters.iter().filter(|(name, _)| !FORM.contains(&name.as_str())).try_for_each(|(name, value)| reading.take(name, value))?;
        let Reading { mut patients, filter, page, .. } = reading;
        match (patients.pop(), patients.is_empty()) {
            (Some(patient), true) => Ok(Self { patient, filter, page }),
            _ => Err(fault("patient", "name exactly one patient: the history is that of one record")),
        }
    }
}

struct Reading<'a> {
    names: RecordNames<'a>,
    patients: Vec<PatientId>,
    filter: ActivityFilter,
    page: ActivityPage,
}

fn fault(parameter: &str, what: &str) -> SearchFault {
    SearchFault { parameter: parameter.to_owned(), what: what.to_owned() }
}

impl Reading<'_> {
    fn take(&mut self, name: &str, value: &str) -> Result<(), SearchFault> {
        match name {
            "patient" => self.patient(patient_of_reference(value, self.names)),
            "patient.identifier" => self.patient(identifier(value)),
            "date" => self.date(value),
            "agent" => self.agent(value),
            "type" => {
                let wanted = codes(value);
                self.narrow_actions(|action| wanted.iter().any(|code| code == event_type(action).0));
                Ok(())
            }
            "subtype" => self.subtype(value),
            "outcome" => {
                let wanted: Vec<_> = codes(value).iter().filter_map(|code| outcome_of(code)).collect();
                let before = self.filter.outcomes.take();
                self.filter.outcomes =
                    Some(wanted.into_iter().filter(|one| before.as_ref().is_none_or(|before| before.contains(one))).collect());
                Ok(())
            }
            "entity" => self.entity(value),
            "_count" => {
                let count = value.parse().ok().filter(|count| *count > 0);
                let count: usize = count.ok_or_else(|| fault(name, "write how many entries a page has, from 1"))?;
                self.page.limit = count.min(MOST);
                Ok(())
            }
            "_sort" if value == "-date" => Ok(()),
            "_sort" => Err(fault(name, "the history is given newest first; write _sort=-date or leave it out")),
            "_page" => {
                let token =
                    value.parse::<Uuid>().map_err(|_| fault(name, "it is no page token; follow the next link of a page as it is"))?;
                self.page.after = Some(token);
                Ok(())
            }
            _ => Err(fault(name, "this search has no such parameter; GET metadata lists those it has")),
        }
    }

    fn patient(&mut self, patient: Option<PatientId>) -> Result<(), SearchFault> {
        let patient = patient.ok_or_else(|| fault("patient", "write Patient/ID, or patient.identifier=urn:oid:AUTHORITY|ID"))?;
        self.patients.push(patient);
        Ok(())
    }

    /// All dates given have to hold.
    fn date(&mut self, value: &str) -> Result<(), SearchFault> {
        let (always, never) = (Instant(i64::MIN), Instant(i64::MAX));
        let span = (self.filter.from.unwrap_or(always), self.filter.until.unwrap_or(never));
        let (from, until) = narrowed(span, value)?;
        self.filter.from = Some(from).filter(|from| *from != always);
        self.filter.until = Some(until).filter(|until| *until != never);
        Ok(())
    }

    fn agent(&mut self, value: &str) -> Result<(), SearchFault> {
        let wrong = || fault("agent", "name one agent as Practitioner/ID, Patient/ID or Organization/ID");
        if self.filter.actor.is_some() || self.filter.organisation.is_some() {
            return Err(wrong());
        }
        match local_reference(value, self.names.base_url, None).ok_or_else(wrong)? {
            ("Practitioner", id) => self.filter.actor = Some(ActorKey::Professional(id.to_owned())),
            ("Patient", _) => {
                let patient = patient_of_reference(value, self.names).ok_or_else(wrong)?;
                self.filter.actor = Some(ActorKey::Patient(patient.to_string()));
            }
            ("Organization", id) => self.filter.organisation = Some(id.to_owned()),
            _ => return Err(wrong()),
        }
        Ok(())
    }

    fn subtype(&mut self, value: &str) -> Result<(), SearchFault> {
        let tokens: Vec<_> = alternatives(value).iter().map(|value| token(value)).collect();
        let of_system = |system: &str| -> Vec<String> {
            let of = tokens.iter().filter(|token| token.system.as_deref().is_none_or(|named| named == system));
            of.filter_map(|token| token.code.clone()).collect()
        };
        let transactions: Vec<_> = of_system(TRANSACTIONS).iter().filter_map(|code| Transaction::of_code(code)).collect();
        let actions: Vec<_> = of_system(ACTIONS).iter().filter_map(|code| AuditAction::of_code(code)).collect();
        match (transactions.is_empty(), actions.is_empty()) {
            (false, false) => Err(fault("subtype", "name transactions or actions in one parameter; give the other in a second one")),
            (false, true) => {
                let before = self.filter.transactions.take();
                let both = transactions.into_iter().filter(|one| before.as_ref().is_none_or(|before| before.contains(one)));
                self.filter.transactions = Some(both.collect());
                Ok(())
            }
            (true, _) => {
                self.narrow_actions(|action| actions.contains(&action));
                Ok(())
            }
        }
    }

    fn narrow_actions(&mut self, wanted: impl Fn(AuditAction) -> bool) {
        let before = self.filter.actions.take().unwrap_or_else(|| AuditAction::ALL.to_vec());
        self.filter.actions = Some(before.into_iter().filter(|action| wanted(*action)).collect());
    }

    fn entity(&mut self, value: &str) -> Result<(), SearchFault> {
        let wrong = || fault("entity", "name one document as DocumentReference/ID");
        let ("DocumentReference", id) = local_reference(value, self.names.base_url, None).ok_or_else(wrong)? else { return Err(wrong()) };
        let id: EntryUuid = format!("urn:uuid:{id}").parse().map_err(|_| wrong())?;
        if self.filter.document.replace(id).is_some() { Err(wrong()) } else { Ok(()) }
    }
}

fn codes(value: &str) -> Vec<String> {
    alternatives(value).iter().filter_map(|value| token(value).code).collect()
}

fn identifier(value: &str) -> Option<PatientId> {
    let token = token(value);
    let authority = token.system?.strip_prefix("urn:oid:")?.parse().ok()?;
    Cx::new(&token.code?, authority).ok()
}

#[cfg(test)]
mod tests {
    use super::super::dates;
    use super::*;
    use crate::model::audit_event::AuditOutcome;
    use crate::model::ids::Oid;

    fn read(parameters: &[(&str, &str)]) -> Result<HistorySearch, SearchFault> {
        let authority: Oid = "1.2.3".parse().unwrap();
        let pairs: Vec<_> = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        HistorySearch::read(&pairs, RecordNames { base_url: "http://x/fhir", authority: &authority })
    }

    #[test]
    fn dates_narrow_each_other() {
        let search = read(&[("patient", "P1"), ("date", "ge2025-03"), ("date", "lt2025-04"), ("date", "2025-03-17")]).unwrap();
        let day = dates::period("2025-03-17").unwrap();
        assert_eq!((search.filter.from, search.filter.until), (Some(day.start), Some(day.end)));
    }

    #[test]
    fn tokens_name_transactions_actions_and_outcomes() {
        let search =
            read(&[("patient", "P1"), ("subtype", "ITI-18,urn:ihe:event-type-code|ITI-43"), ("type", "110112"), ("outcome", "4,8")])
                .unwrap();
        assert_eq!(search.filter.transactions, Some(vec![Transaction::Iti18, Transaction::Iti43]));
        assert_eq!(search.filter.actions, Some(vec![AuditAction::List]));
        assert_eq!(search.filter.outcomes, Some(vec![AuditOutcome::MinorFailure, AuditOutcome::SeriousFailure]));
        assert_eq!(read(&[("patient", "P1"), ("subtype", "nothing")]).unwrap().filter.actions, Some(Vec::new()));
    }

    #[test]
    fn what_cannot_be_answered_is_told_by_the_parameter() {
        for (parameters, wrong) in [
            (&[][..], "patient"),
            (&[("patient", "P1"), ("patient", "P2")], "patient"),
            (&[("patient", "Group/1")], "patient"),
            (&[("patient", "P1"), ("date", "ne2025")], "date"),
            (&[("patient", "P1"), ("agent", "Device/1")], "agent"),
            (&[("patient", "P1"), ("subtype", "ITI-18,read")], "subtype"),
            (&[("patient", "P1"), ("entity", "Patient/P1")], "entity"),
            (&[("patient", "P1"), ("_count", "0")], "_count"),
            (&[("patient", "P1"), ("_sort", "date")], "_sort"),
            (&[("patient", "P1"), ("_page", "1")], "_page"),
            (&[("patient", "P1"), ("policy", "1")], "policy"),
        ] {
            assert_eq!(read(parameters).unwrap_err().parameter, wrong, "{parameters:?}");
        }
    }
}
