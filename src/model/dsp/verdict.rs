//! What the rules answer.

use super::reason::{Denial, Ground};

/// The answer to one question. It has to be looked at.
#[must_use = "a verdict that nobody looks at protects nothing"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Yes, and on what it rests: named in the audit trail.
    Allow(Ground),
    /// No, and by which rule: for the audit trail alone.
    Deny(Denial),
}

impl Verdict {
    /// Whether it is a yes.
    pub fn is_allowed(self) -> bool {
        matches!(self, Self::Allow(_))
    }
}

impl From<Result<Ground, Denial>> for Verdict {
    fn from(result: Result<Ground, Denial>) -> Self {
        result.map_or_else(Self::Deny, Self::Allow)
    }
}
