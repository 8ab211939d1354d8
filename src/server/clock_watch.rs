//! Sees when the wall clock jumps: it is compared with the time that passed, and the trail is told (ATNA: who reads the trail has
//! to know that its times do not follow from each other).

use std::time::Duration;

use tokio::time::Instant as Passed;
use tokio_util::sync::CancellationToken;

use super::Backend;
use crate::model::system_event::{SystemEvent, SystemEventKind};
use crate::model::timestamp::Instant;
use crate::wire::fhir::dates;

/// How often the clock is looked at.
const INTERVAL: Duration = Duration::from_secs(5);

/// What both clocks said when they were looked at last.
#[derive(Debug, Clone, Copy)]
struct Seen {
    wall: Instant,
    passed: Passed,
}

impl Seen {
    /// By how many microseconds the wall clock jumped since, forward or back.
    fn jump_until(self, now: Self) -> i64 {
        let passed = i64::try_from(now.passed.saturating_duration_since(self.passed).as_micros()).unwrap_or(i64::MAX);
        now.wall.0.saturating_sub(self.wall.0).saturating_sub(passed)
    }
}

/// Watches until `stop`; tells of jumps longer than `most`.
pub(super) async fn watch_clock(backend: Backend, most: Duration, stop: CancellationToken) {
    let look = || Seen { wall: backend.clock.instant(), passed: Passed::now() };
    let (mut set, mut seen) = (backend.clock.settings(), look());
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(INTERVAL) => {}
            // The sender lives as long as the clock, which this function holds.
            _ = set.changed() => {}
        }
        let (before, now) = (seen, look());
        seen = now;
        let jump = before.jump_until(now);
        if jump.unsigned_abs() > u64::try_from(most.as_micros()).unwrap_or(u64::MAX) {
            let backend = backend.clone();
            // A panic inside was logged where it happened.
            let _ = tokio::task::spawn_blocking(move || tell(&backend, now.wall, jump)).await;
        }
    }
}

fn tell(backend: &Backend, now: Instant, jump: i64) {
    let seconds = jump / 1_000_000;
    tracing::warn!(seconds, "the clock jumped");
    let event = SystemEvent::new(SystemEventKind::ClockChanged)
        .with("seconds", seconds)
        .with("from", dates::instant(Instant(now.0.saturating_sub(jump))))
        .with("to", dates::instant(now));
    if let Err(error) = backend.tell("dossier serve", event) {
        tracing::error!(%error, seconds, "that the clock jumped could not be audited");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_is_what_the_wall_clock_went_beyond_the_time_that_passed() {
        let passed = Passed::now();
        let before = Seen { wall: Instant(1_000_000), passed };
        let after = |wall| Seen { wall: Instant(wall), passed: passed + Duration::from_secs(2) };
        assert_eq!(before.jump_until(after(3_000_000)), 0);
        assert_eq!(before.jump_until(after(63_000_000)), 60_000_000);
        assert_eq!(before.jump_until(after(-57_000_000)), -60_000_000);
    }
}
