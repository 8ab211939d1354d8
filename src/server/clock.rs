//! The one place that reads the time.
#![allow(clippy::disallowed_methods, reason = "everything else is handed the time that is read here")]

use std::time::SystemTime;

use time::OffsetDateTime;

use crate::model::timestamp::Instant;

/// The time now.
pub fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// The time now, as calls and rows carry it.
pub fn instant() -> Instant {
    let microseconds = now().unix_timestamp_nanos() / 1_000;
    Instant(i64::try_from(microseconds).unwrap_or(i64::MAX))
}

/// The time now, as file systems tell it.
pub fn system_time() -> SystemTime {
    SystemTime::now()
}
