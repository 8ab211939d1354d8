//! Which usage profile follows from a profession (Charte, annex 2).

use std::collections::BTreeMap;

use super::habilitation::UsageProfile;
use crate::model::name_words::name_words;

/// The usage profile of each profession; from what is not in it follows none, and so no right.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Professions(BTreeMap<String, UsageProfile>);

impl Professions {
    /// Adds a profession; gives false if it is there already, in whatever spelling.
    pub fn add(&mut self, profession: &str, profile: UsageProfile) -> bool {
        self.0.insert(key(profession), profile).is_none()
    }

    /// The usage profile of a profession, whatever its accents, capitals and punctuation.
    pub fn usage_profile(&self, profession: &str) -> Option<&UsageProfile> {
        self.0.get(&key(profession))
    }
}

fn key(profession: &str) -> String {
    name_words(profession).join(" ")
}
