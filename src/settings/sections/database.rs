//! The database that holds the metadata.

use std::num::NonZeroUsize;

use crate::settings::declaration::section;
use crate::settings::kinds::DatabaseUrl;

section! {
    /// The database that holds the metadata, the patients and the audit records.
    Database = "database" {
        /// "sqlite:PATH" for one machine, or "postgres://USER:PASSWORD@HOST/DATABASE".
        /// A URL with a password belongs in the environment variable; it is printed without the password.
        url: DatabaseUrl = "sqlite:<data>/dossier.sqlite3";
        /// The most connections open to the database at one time.
        connections: NonZeroUsize = "8";
    }
}
