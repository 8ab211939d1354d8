//! The one place that reads the time.
//!
//! Whatever is decided, written down or waited for goes by the [`Clock`] of the running server, which a test may set. What
//! belongs to the machine goes by [`now`]: certificates and revocation lists of TLS, the age of files, the start of the process.
#![allow(clippy::disallowed_methods, reason = "everything else is handed the time that is read here")]

use std::sync::Arc;
use std::time::SystemTime;

use time::OffsetDateTime;
use tokio::sync::watch;

use crate::model::timestamp::Instant;

/// The time by which a server decides. Clones are the same clock.
#[derive(Debug, Clone)]
pub struct Clock {
    ahead: Arc<watch::Sender<Ahead>>,
}

/// How far it is ahead of the machine's clock, in microseconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ahead {
    all: i64,
    /// What of it is the time of a story, told in its order: no jump.
    of_story: i64,
}

impl Default for Clock {
    /// The machine's.
    fn default() -> Self {
        Self { ahead: Arc::new(watch::Sender::new(Ahead::default())) }
    }
}

impl Clock {
    /// The time now, as calls and rows carry it.
    pub fn instant(&self) -> Instant {
        Instant(instant().0.saturating_add(self.ahead.borrow().all))
    }

    /// The time now.
    pub fn now(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.instant().0) * 1_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Sets it; from there it runs on. Whoever waits for a time looks again at once.
    pub fn set(&self, to: Instant) {
        let all = to.0.saturating_sub(instant().0);
        self.ahead.send_modify(|ahead| ahead.all = all);
    }

    /// The same for a story that is told in its own time: whoever watches the clock does not take it for a jump.
    pub fn tell_time(&self, to: Instant) {
        let all = to.0.saturating_sub(instant().0);
        self.ahead.send_modify(|ahead| {
            ahead.of_story = ahead.of_story.saturating_add(all.saturating_sub(ahead.all));
            ahead.all = all;
        });
    }

    /// The time now, and how many microseconds of it are those of a story.
    pub fn instant_and_story(&self) -> (Instant, i64) {
        let ahead = *self.ahead.borrow();
        (Instant(instant().0.saturating_add(ahead.all)), ahead.of_story)
    }

    /// To be told when it is set.
    pub fn settings(&self) -> watch::Receiver<Ahead> {
        self.ahead.subscribe()
    }
}

/// The time now on the machine's clock.
pub fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// The same, as calls and rows carry it.
pub fn instant() -> Instant {
    let microseconds = now().unix_timestamp_nanos() / 1_000;
    Instant(i64::try_from(microseconds).unwrap_or(i64::MAX))
}

/// The same, as file systems tell it.
pub fn system_time() -> SystemTime {
    SystemTime::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_runs_on_and_its_clones_with_it() {
        let clock = Clock::default();
        let (other, mut told) = (clock.clone(), clock.settings());
        let to = Instant(1_742_202_000_000_000);
        clock.set(to);
        assert!(told.has_changed().unwrap());
        told.mark_unchanged();
        let (first, second) = (clock.instant(), other.instant());
        assert!(to <= first && first <= second && second.0 - to.0 < 60_000_000);
        assert_eq!(clock.now().unix_timestamp() / 60, to.0 / 60_000_000);
    }
}
