//! When to try again what failed.

use std::time::Duration;

use crate::model::timestamp::Instant;

/// The pause after so many failures: each is twice as long as the one before, up to the longest.
pub(super) fn pause(first: Duration, longest: Duration, failures: u32) -> Duration {
    let factor = 2_u32.saturating_pow(failures.saturating_sub(1));
    first.saturating_mul(factor).min(longest.max(first))
}

/// The time so much later.
pub(super) fn after(instant: Instant, duration: Duration) -> Instant {
    Instant(instant.0.saturating_add(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pause_is_twice_the_one_before_up_to_the_longest() {
        let hour = Duration::from_secs(3600);
        let seconds = |attempts| pause(Duration::from_secs(5), hour, attempts).as_secs();
        assert_eq!([1, 2, 3, 10, 11, u32::MAX].map(seconds), [5, 10, 20, 2560, 3600, 3600]);
        assert_eq!(pause(Duration::from_secs(7200), hour, 3).as_secs(), 7200);
    }
}
