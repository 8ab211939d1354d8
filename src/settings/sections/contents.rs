//! Where document bytes lie.

use std::path::PathBuf;
use std::time::Duration;

use crate::settings::declaration::section;

section! {
    /// Where the bytes of documents lie, encrypted.
    Contents = "contents" {
        /// The folder of the encrypted documents. It must outlive every restart and belongs in every backup.
        directory: PathBuf = "<data>/contents";
    }
}

section! {
    /// Document bytes that were received while their submission was not, or not yet, registered.
    Staged = "staged" {
        /// The age after which content that no entry refers to may be swept; longer than any request can take.
        keep: Duration = "1d";
    }
}
