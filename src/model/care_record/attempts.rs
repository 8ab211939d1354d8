//! How often a wrong presence code was entered (access rules, 3, *Presence code*).

use serde::{Deserialize, Serialize};

use crate::model::dsp::AttemptLimit;
use crate::model::timestamp::Instant;

const MICROSECONDS_PER_MINUTE: i64 = 60_000_000;

/// The failures that still count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    /// When they were, the oldest first; no more than the limit.
    failures: Vec<Instant>,
    /// Until when no further one is let through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    locked_until: Option<Instant>,
}

impl Attempts {
    /// The instant from which on a code may be tried again, where it may not be now.
    pub fn locked_until(&self, now: Instant) -> Option<Instant> {
        self.locked_until.filter(|until| now < *until)
    }

    /// One more failure. The one that makes the limit full locks; the window slides, so that after the lock the first
    /// further failure within it locks again.
    pub fn fail(&mut self, limit: AttemptLimit, now: Instant) {
        self.failures.retain(|failure| now < minutes_after(*failure, limit.window_minutes));
        self.failures.push(now);
        let most = usize::try_from(limit.attempts).unwrap_or(usize::MAX).max(1);
        if self.failures.len() >= most {
            self.locked_until = Some(minutes_after(now, limit.lock_minutes));
            self.failures.drain(..self.failures.len() - most);
        }
    }

    /// When nothing of it counts any more.
    pub fn forget_at(&self, limit: AttemptLimit) -> Instant {
        let last = self.failures.last().map(|last| minutes_after(*last, limit.window_minutes));
        [last, self.locked_until].into_iter().flatten().max().unwrap_or(Instant(i64::MIN))
    }
}

fn minutes_after(at: Instant, minutes: u32) -> Instant {
    Instant(at.0.saturating_add(i64::from(minutes).saturating_mul(MICROSECONDS_PER_MINUTE)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(n: i64) -> Instant {
        Instant(n * MICROSECONDS_PER_MINUTE)
    }

    #[test]
    fn the_fifth_failure_within_an_hour_locks_for_a_quarter() {
        let mut attempts = Attempts::default();
        for n in 0..4 {
            attempts.fail(AttemptLimit::default(), minute(n));
            assert_eq!(attempts.locked_until(minute(n)), None);
        }
        attempts.fail(AttemptLimit::default(), minute(4));
        assert_eq!(attempts.locked_until(minute(18)), Some(minute(19)));
        assert_eq!(attempts.locked_until(minute(19)), None);
        assert_eq!(attempts.forget_at(AttemptLimit::default()), minute(64));
    }

    #[test]
    fn after_the_lock_one_failure_locks_again_until_the_old_ones_have_left_the_window() {
        let mut attempts = Attempts::default();
        (0..5).for_each(|n| attempts.fail(AttemptLimit::default(), minute(n)));
        attempts.fail(AttemptLimit::default(), minute(20));
        assert_eq!(attempts.locked_until(minute(20)), Some(minute(35)));
        attempts.fail(AttemptLimit::default(), minute(100));
        assert_eq!(attempts.locked_until(minute(100)), None);
    }

    #[test]
    fn it_does_not_grow() {
        let mut attempts = Attempts::default();
        (0..50).for_each(|_| attempts.fail(AttemptLimit::default(), minute(1)));
        assert_eq!(attempts.failures.len(), 5);
    }
}
