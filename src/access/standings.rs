//! Where the caller of one request stands towards the records it touches. Who calls is asked once, each record once: a
//! request costs the database a bounded number of questions, however much it finds. Nothing outlives the request.

use std::collections::HashMap;

use crate::model::care_record::CareRecord;
use crate::model::dsp::{Caller, Denial, Quality, Standing};
use crate::model::hl7_types::PatientId;
use crate::model::timestamp::Instant;
use crate::store::Read;

use super::caller::caller;
use super::{Call, Failure};

/// No patient has this id: its authority is none.
const NOBODY: &str = "0^^^&0.0&ISO";

/// The closed record of nobody, as large as that of a patient who goes to the doctor.
const NOBODYS_RECORD: &str = include_str!("nobodys_record.json");

/// An id that no patient has.
pub(super) fn nobody() -> Option<PatientId> {
    NOBODY.parse().ok()
}

/// What was found out so far.
#[derive(Default)]
pub(super) struct Standings {
    caller: Option<Option<Caller>>,
    known: HashMap<PatientId, Result<Standing, Denial>>,
}

impl Standings {
    /// Where the caller stands towards a record; who has no record, or is unknown, is like one without a mandate.
    pub(super) fn towards(&mut self, tx: &mut Read, call: &Call, patient_id: &PatientId) -> Result<Result<Standing, Denial>, Failure> {
        if let Some(known) = self.known.get(patient_id) {
            return Ok(known.clone());
        }
        let standing = match self.caller(tx, call)? {
            None => Err(Denial::CallerInvalid),
            Some(caller) => match tx.care_record(patient_id)? {
                None => of_nobodys_record(caller, call.now),
                Some(stored) => Standing::of(caller, &stored.record.state(), call.now),
            },
        };
        self.known.insert(patient_id.clone(), standing.clone());
        Ok(standing)
    }

    /// The quality of the session, if anybody is known to call.
    pub(super) fn quality(&mut self, tx: &mut Read, call: &Call) -> Result<Option<&Quality>, Failure> {
        Ok(self.caller(tx, call)?.map(|caller| &caller.quality))
    }

    /// Who calls, if anybody is known to.
    pub(super) fn caller(&mut self, tx: &mut Read, call: &Call) -> Result<Option<&Caller>, Failure> {
        if self.caller.is_none() {
            self.caller = Some(caller(tx, call)?);
        }
        Ok(self.caller.as_ref().and_then(Option::as_ref))
    }
}

/// Where a caller stands towards a record that is not there: as towards one in which nothing of theirs is, and at the same cost, so
/// that the time of an answer does not tell them apart. Authorship alone opens it (access rules, 5.2); there is nothing in it.
fn of_nobodys_record(caller: &Caller, now: Instant) -> Result<Standing, Denial> {
    let Ok(record) = serde_json::from_str::<CareRecord>(NOBODYS_RECORD) else { return Err(Denial::NoMandate) };
    let mut standing = Standing::of(caller, &record.state(), now).map_err(|denial| match denial {
        Denial::CallerInvalid | Denial::ReasonMissing => denial,
        _ => Denial::NoMandate,
    })?;
    standing.otherwise = Denial::NoMandate;
    if standing.clauses.is_empty() { Ok(standing) } else { Err(Denial::NoMandate) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_can_be_asked_about_and_has_a_closed_record() {
        let record: CareRecord = serde_json::from_str(NOBODYS_RECORD).unwrap();
        assert_eq!(record.holder, nobody().unwrap());
        assert_eq!(record.state().status, crate::model::dsp::DspStatus::Closed);
    }
}
