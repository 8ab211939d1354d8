//! Where the caller of one request stands towards the records it touches. Who calls is asked once, each record once: a
//! request costs the database a bounded number of questions, however much it finds. Nothing outlives the request.

use std::collections::HashMap;

use crate::model::dsp::{Caller, Denial, Standing};
use crate::model::hl7_types::PatientId;
use crate::store::Read;

use super::caller::caller;
use super::{Call, Failure};

/// No patient has this id: its authority is none.
const NOBODY: &str = "0^^^&0.0&ISO";

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
                None => Err(Denial::NoMandate),
                Some(stored) => Standing::of(caller, &stored.record.state(), call.now),
            },
        };
        self.known.insert(patient_id.clone(), standing.clone());
        Ok(standing)
    }

    /// Asks what is asked about a record where there is none, so that an id that nobody has takes as long as a hidden one.
    pub(super) fn towards_nobody(&mut self, tx: &mut Read, call: &Call) -> Result<(), Failure> {
        let Ok(nobody) = NOBODY.parse() else { return Ok(()) };
        self.caller(tx, call)?;
        Ok(tx.care_record(&nobody).map(drop)?)
    }

    /// Who calls, if anybody is known to.
    pub(super) fn caller(&mut self, tx: &mut Read, call: &Call) -> Result<Option<&Caller>, Failure> {
        if self.caller.is_none() {
            self.caller = Some(caller(tx, call)?);
        }
        Ok(self.caller.as_ref().and_then(Option::as_ref))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_can_be_asked_about() {
        assert!(NOBODY.parse::<PatientId>().is_ok());
    }
}
