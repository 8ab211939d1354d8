//! Who may change which level into which other, as data (access rules, 6, *Level transitions*).

use std::collections::BTreeSet;

use super::level::Level;

/// In what capacity a caller asks for another level; one caller may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeRole {
    /// Holder or legal representative.
    Holder,
    /// An assistant of the holder.
    Assistant,
    /// The declared referring physician.
    ReferringPhysician,
    /// A member of the trusted circle.
    TrustedCircle,
    /// Who sent the document.
    Author,
    /// Any professional who can read it.
    Professional,
}

impl ChangeRole {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Holder, Self::Assistant, Self::ReferringPhysician, Self::TrustedCircle, Self::Author, Self::Professional];

    /// The word for it in the profile's file of transitions.
    pub fn code(self) -> &'static str {
        match self {
            Self::Holder => "holder",
            Self::Assistant => "assistant",
            Self::ReferringPhysician => "referring-physician",
            Self::TrustedCircle => "trusted-circle",
            Self::Author => "author",
            Self::Professional => "professional",
        }
    }
}

/// Who may change which level into which other; what is not in it nobody may.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LevelTransitions(BTreeSet<(Level, Level, ChangeRole)>);

impl LevelTransitions {
    /// The table of these transitions.
    pub fn new(transitions: impl IntoIterator<Item = (Level, Level, ChangeRole)>) -> Self {
        Self(transitions.into_iter().collect())
    }

    /// Whether somebody in this capacity may do it.
    pub fn allow(&self, from: Level, to: Level, role: ChangeRole) -> bool {
        self.0.contains(&(from, to, role))
    }
}
