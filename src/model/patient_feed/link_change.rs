//! A local patient turns out to be another patient of the affinity domain.

use serde::{Deserialize, Serialize};

use crate::model::hl7_types::{Cx, PatientId};
use crate::model::ids::Oid;

/// A change of the link between a patient of one source and a patient of the affinity domain, the XAD-PID
/// (ITI TF-2: 3.64.4.1.2). Local ids are what sources write into `sourcePatientId`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkChange {
    /// PID-3, first: the XAD-PID to which the local patient belongs.
    pub new_xad_pid: PatientId,
    /// PID-3, second: the local patient.
    pub local_id: Cx,
    /// MRG-1, first: the XAD-PID to which the local patient was linked; the new one where only local ids are merged.
    pub previous_xad_pid: PatientId,
    /// MRG-1, second: the local id that was merged into `local_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subsumed_local_id: Option<Cx>,
    /// MSH-3, where it holds an OID as it should (ITI TF-2: 3.64.4.1.2.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_id: Option<Oid>,
}

impl LinkChange {
    /// The local ids whose documents under the previous XAD-PID are affected; none if the change changes nothing.
    pub fn affected_local_ids(&self) -> Vec<&Cx> {
        let moved = (self.new_xad_pid != self.previous_xad_pid).then_some(&self.local_id);
        let merged = self.subsumed_local_id.as_ref().filter(|subsumed| **subsumed != self.local_id);
        moved.into_iter().chain(merged).collect()
    }
}
