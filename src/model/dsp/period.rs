//! From when until when something holds.

use crate::model::timestamp::Instant;
use serde::{Deserialize, Serialize};

/// Half open: `start <= t < end`; without an end it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The first instant.
    pub start: Instant,
    /// The first instant after it.
    pub end: Option<Instant>,
}

impl Period {
    /// From `start` on.
    pub fn from(start: Instant) -> Self {
        Self { start, end: None }
    }

    /// Whether `at` lies in it.
    pub fn contains(self, at: Instant) -> bool {
        self.start <= at && self.end.is_none_or(|end| at < end)
    }
}
