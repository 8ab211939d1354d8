//! Directories that the operator imports, without any socket.

use uuid::Uuid;

use super::{Backend, clock};
use crate::access::{Call, ImportFailure};
use crate::model::directory::Directory;

pub use crate::access::ImportCounts;

impl Backend {
    /// Adds the entries of a directory and brings known ones up to date, all of them or none. It is audited like any call.
    ///
    /// # Errors
    /// [`ImportFailure`] names the entry at which it stopped.
    pub fn import(&self, directory: &Directory) -> Result<ImportCounts, ImportFailure> {
        let call = Call {
            request_id: Uuid::new_v4(),
            now: clock::instant(),
            source_address: "localhost".to_owned(),
            caller: Some("dossier import".to_owned()),
        };
        self.services.door.import(&call, directory)
    }
}
