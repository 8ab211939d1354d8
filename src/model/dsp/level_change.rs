//! Changing the level of a document (access rules, 6, *Level transitions*).

use super::document::DocumentFacts;
use super::level::Level;
use super::level_transitions::ChangeRole;
use super::mandate::MandateKind;
use super::reason::{Denial, Ground};
use super::rules::Rules;
use super::standing::Standing;
use super::verdict::Verdict;

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
