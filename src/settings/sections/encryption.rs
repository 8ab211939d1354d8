//! The master key under which documents are encrypted at rest.

use std::path::{Path, PathBuf};

use crate::settings::declaration::section;
use crate::settings::kinds::KeyBytes;

section! {
    /// The master key under which documents are encrypted at rest. It has exactly one source: the file or the text.
    /// Whoever loses the key has lost the documents: keep a copy apart from the data.
    Encryption = "encryption" {
        /// The file that holds the current master key: 64 hexadecimal digits. Not read when master_key is set.
        master_key_file: Option<PathBuf> = "<data>/master.key";
        /// The current master key itself, 64 hexadecimal digits, instead of the file.
        /// Meant for the environment variable, where an orchestrator places secrets.
        master_key: Option<KeyBytes> = "";
        /// Files with earlier master keys, newest first, which still open what was encrypted under them.
        previous_key_files: Vec<PathBuf> = "";
    }
}

/// Where the current master key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MasterKey<'a> {
    /// It was given as text.
    Given(&'a KeyBytes),
    /// It lies in this file.
    File(&'a Path),
}

impl Encryption {
    /// The source of the current key; a key given as text goes before the file of the default.
    /// `None` cannot come out of [`crate::settings::load`], which refuses settings without a key.
    pub fn current_key(&self) -> Option<MasterKey<'_>> {
        let given = self.master_key.as_ref().map(MasterKey::Given);
        given.or_else(|| self.master_key_file.as_deref().map(MasterKey::File))
    }
}
