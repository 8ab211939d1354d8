//! Instants of the sample population, written as Luxembourg time in winter (UTC+1).

use dossier::model::dsp::Period;
use dossier::model::timestamp::Instant;
use time::macros::format_description;
use time::{Date, Duration, PrimitiveDateTime, Time, UtcOffset};

/// `2025-03-17` is the midnight at which the day begins, `2025-03-17 09:00` that time of it.
pub(crate) fn at(text: &str) -> Instant {
    let (day, clock) = text.split_once(' ').unwrap_or((text, "00:00"));
    let day = Date::parse(day, format_description!("[year]-[month]-[day]")).unwrap();
    let clock = Time::parse(clock, format_description!("[hour]:[minute]")).unwrap();
    let local = PrimitiveDateTime::new(day, clock).assume_offset(UtcOffset::from_hms(1, 0, 0).unwrap());
    Instant(local.unix_timestamp() * 1_000_000)
}

/// The midnight `days` after the one at which `day` begins.
pub(crate) fn after(day: &str, days: i64) -> Instant {
    Instant(at(day).0 + i64::try_from(Duration::days(days).whole_microseconds()).unwrap())
}

/// From one time to another.
pub(crate) fn between(start: &str, end: Instant) -> Period {
    Period { start: at(start), end: Some(end) }
}

/// From a time on.
pub(crate) fn since(start: &str) -> Period {
    Period::from(at(start))
}

/// The clock of the sample population.
pub(crate) fn clock() -> Instant {
    at("2025-03-17 09:00")
}
