//! Civil days and years of Luxembourg: mandates, activation and retention are counted in them (access rules, 2 and 3).

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _, Zoned};

use super::timestamp::Instant;

static LUXEMBOURG: TimeZone = jiff::tz::get!("Europe/Luxembourg");

/// An instant on the clocks of Luxembourg; the epoch where the instant lies beyond what calendars hold.
fn zoned(at: Instant) -> Zoned {
    Timestamp::from_microsecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(LUXEMBOURG.clone())
}

fn instant(at: &Zoned) -> Instant {
    Instant(at.timestamp().as_microsecond())
}

/// Far enough for whatever lies beyond what calendars hold.
const END_OF_TIME: Instant = Instant(i64::MAX);

fn after(at: Instant, span: Span) -> Instant {
    zoned(at).checked_add(span).map_or(END_OF_TIME, |then| instant(&then))
}

/// The first instant of the day after the one of `at`, in Luxembourg.
pub fn end_of_day(at: Instant) -> Instant {
    zoned(at).tomorrow().and_then(|day| day.start_of_day()).map_or(END_OF_TIME, |start| instant(&start))
}

/// The same time of day so many calendar days later, in Luxembourg.
pub fn days_after(at: Instant, days: u16) -> Instant {
    after(at, i64::from(days).days())
}

/// The same time of day so many calendar years later, in Luxembourg.
pub fn years_after(at: Instant, years: u16) -> Instant {
    after(at, i64::from(years).years())
}

/// The first instant of a day of Luxembourg, written `YYYY-MM-DD`; nothing for what is no day.
pub fn start_of(day: &str) -> Option<Instant> {
    let date: Date = day.parse().ok()?;
    date.to_zoned(LUXEMBOURG.clone()).ok().map(|start| instant(&start))
}

/// The day before a day, both written `YYYY-MM-DD`; nothing for what is no day.
pub fn day_before(day: &str) -> Option<String> {
    day.parse::<Date>().ok()?.yesterday().ok().map(|day| day.to_string())
}

/// The day after a day, both written `YYYY-MM-DD`; nothing for what is no day.
pub fn day_after(day: &str) -> Option<String> {
    day.parse::<Date>().ok()?.tomorrow().ok().map(|day| day.to_string())
}

/// The day of an instant in Luxembourg, as `YYYY-MM-DD`.
pub fn day_of(at: Instant) -> String {
    zoned(at).date().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant(text.parse::<Timestamp>().unwrap().as_microsecond())
    }

    #[test]
    fn a_day_ends_at_midnight_in_luxembourg_in_winter_and_in_summer() {
        for (inside, end) in [
            ("2025-03-14T10:00:00Z", "2025-03-14T23:00:00Z"),
            ("2025-03-14T23:30:00Z", "2025-03-15T23:00:00Z"),
            ("2025-07-01T22:00:00Z", "2025-07-02T22:00:00Z"),
            // The days on which the clocks change have 23 and 25 hours.
            ("2025-03-30T00:30:00Z", "2025-03-30T22:00:00Z"),
            ("2025-10-26T00:30:00Z", "2025-10-26T23:00:00Z"),
        ] {
            assert_eq!(end_of_day(at(inside)), at(end), "{inside}");
        }
    }

    #[test]
    fn days_and_years_keep_the_time_of_day() {
        assert_eq!(days_after(at("2025-03-20T09:00:00Z"), 30), at("2025-04-19T08:00:00Z"));
        assert_eq!(years_after(at("2024-02-29T12:00:00Z"), 10), at("2034-02-28T12:00:00Z"));
        assert_eq!(years_after(Instant(i64::MAX - 1), 10), years_after(Instant(0), 10), "beyond the calendar");
    }

    #[test]
    fn a_day_is_named_as_luxembourg_names_it() {
        assert_eq!(day_of(at("2025-03-14T23:30:00Z")), "2025-03-15");
        assert_eq!(start_of("2025-03-15"), Some(at("2025-03-14T23:00:00Z")));
        assert_eq!(start_of("2025-02-29"), None);
    }
}
