//! Where the server keeps what is its own.

use std::path::PathBuf;

use crate::settings::declaration::section;

section! {
    /// Where the server keeps what is its own.
    Data = "data" {
        /// The data folder, created at the first start. Other paths may begin with `<data>` to lie within it.
        /// A relative path starts at the folder of this file (in the environment and in flags: at the working folder).
        directory: PathBuf = "./dossier-data";
    }
}
