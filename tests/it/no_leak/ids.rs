//! The ids of what lies in a record, and of what does not.

use std::collections::BTreeMap;

use crate::support::submissions::fresh_oid;

/// Ids by the names that requests give them, such as `{entry}`.
#[derive(Clone, Default)]
pub struct Ids(BTreeMap<&'static str, String>);

impl Ids {
    /// The same with one more.
    #[must_use]
    pub fn with(mut self, name: &'static str, id: impl ToString) -> Self {
        self.0.insert(name, id.to_string().replace("urn:uuid:", ""));
        self
    }

    /// The same with all of others.
    #[must_use]
    pub fn and(mut self, others: &Self) -> Self {
        self.0.extend(others.0.clone());
        self
    }

    /// The id of that name.
    pub fn of(&self, name: &str) -> &str {
        &self.0[name]
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(String::as_str)
    }

    /// Others of the same form that nothing has.
    pub fn invented(&self) -> Self {
        Self(self.0.iter().map(|(name, id)| (*name, invented(id))).collect())
    }

    /// A text in which each name stands for its id.
    pub fn fill(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), id))
    }

    /// A text in which each id is its name again.
    pub fn blank(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, id)| text.replace(id.as_str(), &format!("{{{name}}}")))
    }
}

fn invented(like: &str) -> String {
    if uuid::Uuid::parse_str(like).is_ok() {
        return uuid::Uuid::new_v4().to_string();
    }
    std::iter::repeat_with(fresh_oid).find(|oid| oid.len() == like.len()).unwrap()
}
