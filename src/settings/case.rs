//! One set of sources for a test: a file in a folder of its own, variables and flags.

use std::ffi::OsString;
use std::path::PathBuf;

use tempfile::TempDir;

use super::{Flag, Loaded, Problems, Sources, load};

/// A master key that is easy to recognise where it must not appear.
pub(super) const KEY: &str = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";

pub(super) struct Case {
    pub(super) folder: TempDir,
    pub(super) sources: Sources,
}

impl Case {
    pub(super) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), sources: Sources::default() }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("dossier.toml")
    }

    pub(super) fn file(mut self, text: &str) -> Self {
        std::fs::write(self.path(), text).unwrap();
        self.sources.file = Some(self.path());
        self
    }

    pub(super) fn variable(mut self, name: &str, value: &str) -> Self {
        self.sources.environment.push((OsString::from(name), OsString::from(value)));
        self
    }

    pub(super) fn flag(mut self, flag: &str, key: &str, value: &str) -> Self {
        self.sources.flags.push(Flag::new(flag, key, value));
        self
    }

    pub(super) fn load(&self) -> Result<Loaded, Problems> {
        load(&self.sources)
    }

    /// The problems, with the folder of the file left out.
    pub(super) fn problems(&self) -> Vec<String> {
        let folder = format!("{}/", self.folder.path().display());
        let problems = self.load().unwrap_err();
        problems.to_string().lines().map(|line| line.replace(&folder, "")).collect()
    }

    pub(super) fn only_problem(&self) -> String {
        let problems = self.problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        problems[0].clone()
    }
}
