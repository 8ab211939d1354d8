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
    /// What of it is the time of a story, in microseconds.
    story: i64,
    passed: Passed,
}

impl Seen {
    /// By how many microseconds the wall clock jumped since, forward or back.
    fn jump_until(self, now: Self) -> i64 {
        let passed = i64::try_from(now.passed.saturating_duration_since(self.passed).as_micros()).unwrap_or(i64::MAX);
        let told = now.story.saturating_sub(self.story);
        now.wall.0.saturating_sub(self.wall.0).saturating_sub(told).saturating_sub(passed)
    }
}

/// Watches until `stop`; tells of jumps longer than `most`.
pub(super) async fn watch_clock(backend: Backend, most: Duration, stop: CancellationToken) {
    let look = || {
        let (wall, story) = backend.clock.instant_and_story();
        Seen { wall, story, passed: Passed::now() }
    };
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
    use crate::server::clock::Clock;

    #[test]
    fn a_jump_is_what_the_wall_clock_went_beyond_the_time_that_passed() {
        let passed = Passed::now();
        let before = Seen { wall: Instant(1_000_000), story: 0, passed };
        let after = |wall| Seen { wall: Instant(wall), story: 0, passed: passed + Duration::from_secs(2) };
        assert_eq!(before.jump_until(after(3_000_000)), 0);
        assert_eq!(before.jump_until(after(63_000_000)), 60_000_000);
        assert_eq!(before.jump_until(after(-57_000_000)), -60_000_000);
        let told = Seen { story: 60_000_000, ..after(63_000_000) };
        assert_eq!(before.jump_until(told), 0, "the time of a story is no jump");
        assert_eq!(told.jump_until(Seen { wall: Instant(-57_000_000), passed: told.passed, ..told }), -120_000_000, "but one from there");
    }

    #[test]
    fn only_a_clock_that_is_set_jumps() {
        let clock = Clock::default();
        let look = || {
            let (wall, story) = clock.instant_and_story();
            Seen { wall, story, passed: Passed::now() }
        };
        let (second, first) = (1_000_000, look());
        clock.tell_time(Instant(1_742_202_000_000_000));
        let told = look();
        assert!(first.jump_until(told).abs() < second);
        clock.set(Instant(told.wall.0 + 3600 * second));
        assert!((told.jump_until(look()) - 3600 * second).abs() < second);
    }
}
