//! Directories that the operator imports, without any socket.

use uuid::Uuid;

use super::Backend;
use crate::access::{Call, Discreet, Failure, ImportFailure};
use crate::model::directory::Directory;
use crate::model::hl7_types::PatientId;
use crate::model::ids::UniqueId;
use crate::model::node::NodeProof;

pub use crate::access::ImportCounts;

impl Backend {
    /// Adds the entries of a directory and brings known ones up to date, all of them or none. It is audited like any call.
    ///
    /// # Errors
    /// [`ImportFailure`] names the entry at which it stopped.
    pub fn import(&self, directory: &Directory) -> Result<ImportCounts, ImportFailure> {
        self.services.door.import(&self.operators_call("dossier import"), directory)
    }

    /// Those of the patients and documents that were never heard of here.
    ///
    /// # Errors
    /// The database failed.
    pub fn unknown(&self, patients: Vec<PatientId>, documents: Vec<UniqueId>) -> Result<(Vec<PatientId>, Vec<UniqueId>), Failure> {
        self.services.door.unknown(&self.operators_call("dossier import"), patients, documents)
    }

    /// A call of whoever may run the program on the store, not of a connected system.
    pub(super) fn operators_call(&self, command: &str) -> Call {
        Call {
            request_id: Uuid::new_v4(),
            now: self.clock.instant(),
            source_address: "localhost".to_owned(),
            caller: Some(command.to_owned()),
            reply_to: None,
            node: NodeProof::None,
            admitted: None,
            asked: None,
            person: None,
            discreet: Discreet::default(),
        }
    }
}
