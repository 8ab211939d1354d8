//! Changing the level of a document (access rules, 6, *Level transitions*).

use std::collections::BTreeSet;

use super::document::DocumentFacts;
use super::level::Level;
use super::mandate::MandateKind;
use super::reason::{Denial, Ground};
use super::standing::Standing;
use super::verdict::Verdict;
use super::writing::Rules;

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

impl Standing {
    /// Whether the caller may give the document another level; it then reaches every version.
    pub fn change_level(&self, document: &DocumentFacts, to: Level, rules: &Rules) -> Verdict {
        self.try_change_level(document, to, rules).into()
    }

    fn try_change_level(&self, document: &DocumentFacts, to: Level, rules: &Rules) -> Result<Ground, Denial> {
        let ground = match self.read(document, &rules.matrix) {
            Verdict::Allow(ground) => ground,
            Verdict::Deny(reason) => return Err(reason),
        };
        // Author access alone does not suffice: without a clause there is no mandate, no active record, or a blacklist.
        if self.clauses.is_empty() {
            return Err(self.otherwise);
        }
        if ground == Ground::Mandate(MandateKind::RecordAdministrator) {
            return Err(Denial::NotEntitled);
        }
        let allowed = |role: &ChangeRole| rules.transitions.allow(document.level, to, *role);
        if self.roles(document).iter().any(allowed) { Ok(ground) } else { Err(Denial::LevelTransition) }
    }

    fn roles(&self, document: &DocumentFacts) -> Vec<ChangeRole> {
        let holds = |role: &ChangeRole| match role {
            ChangeRole::Holder => self.has(MandateKind::Holder),
            ChangeRole::Assistant => self.has(MandateKind::Assistant),
            ChangeRole::ReferringPhysician => self.has(MandateKind::ReferringPhysician),
            ChangeRole::TrustedCircle => self.has(MandateKind::TrustedCircle),
            ChangeRole::Author => self.wrote(document),
            ChangeRole::Professional => self.profile.is_some(),
        };
        ChangeRole::ALL.into_iter().filter(holds).collect()
    }
}
