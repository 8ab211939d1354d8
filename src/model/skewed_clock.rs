//! Times that others wrote, compared with a clock from which theirs may differ.

use std::time::Duration;

use super::timestamp::Instant;

/// A time, and how much clocks may differ from it.
#[derive(Debug, Clone, Copy)]
pub struct SkewedClock {
    at: Instant,
    skew: i64,
}

impl SkewedClock {
    /// A clock that shows `at`.
    pub fn new(at: Instant, skew: Duration) -> Self {
        Self { at, skew: micros(skew) }
    }

    /// Whether that time lies in the future, whatever the clocks.
    pub fn is_ahead(self, time: Instant) -> bool {
        time.0.saturating_sub(self.skew) > self.at.0
    }

    /// Whether what ends then, its end excluded, is over, whatever the clocks.
    pub fn is_over(self, end: Instant) -> bool {
        end.0.saturating_add(self.skew) <= self.at.0
    }
}

/// A duration in microseconds, as [`Instant`] counts.
pub fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
