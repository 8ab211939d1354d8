//! Civil days and years of Luxembourg: mandates, activation and retention are counted in them (access rules, 2 and 3).

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
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

/// The same time of day so many calendar months earlier, in Luxembourg.
pub fn months_before(at: Instant, months: u16) -> Instant {
    zoned(at).checked_sub(i64::from(months).months()).map_or(Instant(i64::MIN), |then| instant(&then))
}

/// The first instant of a day of Luxembourg, written `YYYY-MM-DD`; nothing for what is no day.
pub fn start_of(day: &str) -> Option<Instant> {
    let date: Date = day.parse().ok()?;
    date.to_zoned(LUXEMBOURG.clone()).ok().map(|start| instant(&start))
}

/// An HL7 point in time, as precise as the day or more: `YYYYMMDD[HH[MM[SS[.S…]]]][+/-ZZZZ]`, without a zone in that of
/// Luxembourg (HL7 version 2.5, 2.A.77 TS, 2.A.22 DTM).
pub fn point_in_time(text: &str) -> Option<Instant> {
    let (time, zone) = text.split_at(text.find(['+', '-']).unwrap_or(text.len()));
    let digits = time.split('.').next()?;
    let whole = matches!(digits.len(), 8 | 10 | 12 | 14) && text.bytes().all(|byte| byte.is_ascii_digit() || b".+-".contains(&byte));
    let number = |from: usize, to: usize| digits.get(from..to).map_or(Some(0), |part| part.parse::<i8>().ok());
    let year = digits.get(..4)?.parse().ok().filter(|_| whole)?;
    let at = DateTime::new(year, number(4, 6)?, number(6, 8)?, number(8, 10)?, number(10, 12)?, number(12, 14)?, 0).ok()?;
    let zone = if zone.is_empty() { LUXEMBOURG.clone() } else { TimeZone::fixed(offset(zone)?) };
    at.to_zoned(zone).ok().map(|at| instant(&at))
}

/// `+HHMM`.
fn offset(zone: &str) -> Option<Offset> {
    let (hours, minutes) = (zone.get(1..3)?.parse::<i32>().ok()?, zone.get(3..)?.parse::<i32>().ok().filter(|_| zone.len() == 5)?);
    let seconds = (hours * 60 + minutes) * 60;
    Offset::from_seconds(if zone.starts_with('-') { -seconds } else { seconds }).ok()
}

/// The day before a day, both written `YYYY-MM-DD`; nothing for what is no day.
pub fn day_before(day: &str) -> Option<String> {
    day.parse::<Date>().ok()?.yesterday().ok().map(|day| day.to_string())
}

/// The day after a day, both written `YYYY-MM-DD`; nothing for what is no day.
pub fn day_after(day: &str) -> Option<String> {
    day.parse::<Date>().ok()?.tomorrow().ok().map(|day| day.to_string())
}

/// The first instant after a day of Luxembourg, written `YYYY-MM-DD`; nothing for what is no day.
pub fn end_of(day: &str) -> Option<Instant> {
    day_after(day).as_deref().and_then(start_of)
}

/// The time of an instant on the clocks of Luxembourg, as `YYYY-MM-DD HH:MM`.
pub fn time_of(at: Instant) -> String {
    let at = zoned(at);
    format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
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
        assert_eq!(months_before(at("2025-03-31T12:00:00Z"), 13), at("2024-02-29T13:00:00Z"));
        assert_eq!(years_after(Instant(i64::MAX - 1), 10), years_after(Instant(0), 10), "beyond the calendar");
    }

    #[test]
    fn a_point_in_time_without_a_zone_is_one_of_luxembourg() {
        for (text, expected) in [
            ("20250317", "2025-03-16T23:00:00Z"),
            ("202507011030", "2025-07-01T08:30:00Z"),
            ("20250317103000.1234", "2025-03-17T09:30:00Z"),
            ("2025031710+0000", "2025-03-17T10:00:00Z"),
            ("20250317103000-0130", "2025-03-17T12:00:00Z"),
        ] {
            assert_eq!(point_in_time(text), Some(at(expected)), "{text}");
        }
        for bad in ["", "2025", "202503", "20250230", "2025031725", "20250317+1", "20250317+0100x", "20250317T10", "2025031é"] {
            assert_eq!(point_in_time(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_day_is_named_as_luxembourg_names_it() {
        assert_eq!(day_of(at("2025-03-14T23:30:00Z")), "2025-03-15");
        assert_eq!(start_of("2025-03-15"), Some(at("2025-03-14T23:00:00Z")));
        assert_eq!(start_of("2025-02-29"), None);
    }
}
