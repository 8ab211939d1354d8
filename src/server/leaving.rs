//! When an answer leaves, so that its time does not tell what its caller may not see (access rules, 5, *no leak*).

use std::time::Duration;

use async_io::Timer;
use tokio::time::Instant;

use crate::access::Discretion;

/// When answers leave, and who is told of those that had to wait.
pub(super) struct Leaving {
    /// The first tick after a request was there; none where nothing is hidden from anybody.
    pub(super) tick: Option<Duration>,
    /// Told of each answer that leaves on a tick.
    pub(super) held: Box<dyn Fn(Discretion) + Send + Sync>,
}

impl Leaving {
    /// Waits until an answer may leave. `there` is when the last of its request came, from which its caller can count too.
    pub(super) async fn wait(&self, discretion: Discretion, there: Instant) {
        let Some(tick) = self.tick.filter(|_| discretion != Discretion::None) else { return };
        (self.held)(discretion);
        let leaves = there + leaves_after(discretion, tick, there.elapsed()) + by_chance(tick);
        // Tokio's timers end at whole milliseconds counted from when a thread begins to wait, and so would tell a part of the work.
        Timer::at(leaves.into_std()).await;
    }
}

/// Up to a quarter of a tick more, so that the microseconds by which the machine itself is later after more work drown.
fn by_chance(tick: Duration) -> Duration {
    let mut bytes = [u8::MAX; 4];
    // Without chance all wait the longest.
    let _ = openssl::rand::rand_bytes(&mut bytes);
    (tick / 4).mul_f64(f64::from(u32::from_be_bytes(bytes)) / f64::from(u32::MAX))
}

/// How long after its request an answer leaves that took so long to make. One that shows nothing leaves on the first of the ticks
/// 1, 2, 4, 8… that it reaches: the fewer there are, the less an answer can tell by missing one. One that shows something waits
/// for the first alone: what takes longer takes it for what it shows.
pub(super) fn leaves_after(discretion: Discretion, tick: Duration, taken: Duration) -> Duration {
    match discretion {
        Discretion::None => taken,
        Discretion::Picked => taken.max(tick),
        Discretion::Nothing => {
            let ticks = taken.as_nanos().div_ceil(tick.as_nanos().max(1)).max(1).next_power_of_two();
            u32::try_from(ticks).ok().and_then(|ticks| tick.checked_mul(ticks)).unwrap_or(taken)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICK: Duration = Duration::from_millis(10);

    fn after(discretion: Discretion, micros: u64) -> u128 {
        leaves_after(discretion, TICK, Duration::from_micros(micros)).as_micros()
    }

    #[test]
    fn what_shows_nothing_leaves_on_a_tick_that_doubles() {
        let cases = [(0, 10_000), (1, 10_000), (9_999, 10_000), (10_000, 10_000), (10_001, 20_000), (20_001, 40_000), (75_000, 80_000)];
        for (taken, leaves) in cases {
            assert_eq!(after(Discretion::Nothing, taken), leaves, "{taken}");
        }
    }

    #[test]
    fn what_shows_something_waits_for_the_first_tick_alone() {
        for (taken, leaves) in [(0, 10_000), (9_999, 10_000), (10_001, 10_001), (75_000, 75_000)] {
            assert_eq!(after(Discretion::Picked, taken), leaves, "{taken}");
        }
    }

    #[test]
    fn what_was_there_to_be_found_leaves_at_once() {
        for taken in [0, 1, 10_001] {
            assert_eq!(after(Discretion::None, taken), u128::from(taken));
        }
    }

    #[test]
    fn chance_adds_a_quarter_of_a_tick_at_most_and_not_always_the_same() {
        let added: Vec<_> = (0..100).map(|_| by_chance(TICK)).collect();
        assert!(added.iter().all(|added| *added <= TICK / 4) && added.iter().any(|other| *other != added[0]), "{added:?}");
        assert_eq!(by_chance(Duration::ZERO), Duration::ZERO);
    }

    #[test]
    fn no_time_is_too_long_to_be_told() {
        let nanosecond = Duration::from_nanos(1);
        assert_eq!(leaves_after(Discretion::Nothing, nanosecond, Duration::MAX), Duration::MAX);
        assert_eq!(leaves_after(Discretion::Nothing, Duration::ZERO, TICK), TICK.saturating_sub(TICK));
    }
}
