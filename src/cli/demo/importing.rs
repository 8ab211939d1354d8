//! Imports what an operator hands over before anybody acts.

use crate::model::directory::DirectoryKind;
use crate::server::Backend;
use crate::wire::directory_file::{self, FileFormat};

/// A file of the sample population was not imported.
#[derive(Debug, thiserror::Error)]
#[error("the sample population cannot be imported: {0}")]
pub(super) struct ImportingFailure(String);

/// Imports a directory into an open store.
pub(super) fn import(backend: &Backend, kind: DirectoryKind, format: FileFormat, file: &[u8]) -> Result<(), ImportingFailure> {
    let directory = directory_file::read(kind, format, file, &backend.services.professions(), &backend.services.assigning_authorities)
        .map_err(|faults| ImportingFailure(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")))?;
    backend.import(&directory).map(drop).map_err(|error| ImportingFailure(error.to_string()))
}
