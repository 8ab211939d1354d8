//! The activity history of a record for whoever runs the program on the store, without any socket.

use super::Backend;
use crate::access::Failure;
use crate::model::activity::{Activities, ActivityFilter, ActivityPage};
use crate::model::audit_event::Transaction;
use crate::model::hl7_types::PatientId;

impl Backend {
    /// The newest entries of the history as the patient reads them, at most `limit`. That they were read is an entry itself.
    ///
    /// # Errors
    /// The database failed.
    pub fn history(&self, patient_id: &PatientId, filter: &ActivityFilter, limit: usize) -> Result<Activities, Failure> {
        let page = ActivityPage { after: None, limit };
        let call = self.operators_call("dossier history");
        self.services.door.read(&call, Transaction::Iti81, |reading| reading.history_as_patient(patient_id, filter, &page))
    }
}
