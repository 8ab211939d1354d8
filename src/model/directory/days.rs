//! Periods of whole days. Days are civil days of Luxembourg, written `YYYY-MM-DD`, so that texts compare as days do.

use serde::{Deserialize, Serialize};

/// From one day until another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayPeriod {
    /// The first day.
    pub from: String,
    /// The first day after it; none while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl DayPeriod {
    /// Whether a day lies in it.
    pub fn contains(&self, day: &str) -> bool {
        between(Some(&self.from), self.until.as_deref(), day)
    }
}

/// Whether a day comes neither before `from` nor at `until` or later; what is not given sets no bound.
pub(super) fn between(from: Option<&str>, until: Option<&str>, day: &str) -> bool {
    from.is_none_or(|from| from <= day) && until.is_none_or(|until| day < until)
}
