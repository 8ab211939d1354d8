//! Times as FHIR and HTTP write them.

use std::ops::Range;

use time::{Date, Month, OffsetDateTime, Time};

use crate::model::timestamp::Instant;

fn at(instant: Instant) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(instant.0) * 1_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// An IMF-fixdate (RFC 7231, 7.1.1.1), such as `Mon, 17 Mar 2025 09:00:00 GMT`.
pub fn http_date(instant: Instant) -> String {
    let at = at(instant);
    let (weekday, month) = (at.weekday().to_string(), at.month().to_string());
    let short = |name: &str| name.get(..3).unwrap_or_default().to_owned();
    let (weekday, month) = (short(&weekday), short(&month));
    format!("{weekday}, {:02} {month} {:04} {:02}:{:02}:{:02} GMT", at.day(), at.year(), at.hour(), at.minute(), at.second())
}

/// The instant of an IMF-fixdate; nothing for any other text.
pub fn of_http(text: &str) -> Option<Instant> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut words = text.trim().split(' ').skip(1);
    let (day, month, year, clock) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let read = period(&format!("{year}-{month:02}-{day}T{clock}Z")).ok()?;
    (words.next() == Some("GMT")).then_some(read.start)
}

/// A FHIR `instant` in UTC with milliseconds, such as `2025-03-17T09:00:00.999Z`.
pub fn instant(instant: Instant) -> String {
    let at = at(instant);
    let (date, month) = (at.day(), u8::from(at.month()));
    let (hour, minute, second, milli) = (at.hour(), at.minute(), at.second(), at.millisecond());
    format!("{:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z", at.year())
}

/// A `date`, `dateTime` or `instant` is not written as the standard says (FHIR R4, datatypes.html#dateTime).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date: expected YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with Z or an offset such as +01:00")]
pub struct NotADate;

/// The time that a `date`, `dateTime` or `instant` stands for, from its first microsecond to just before the end
/// (search.html#date: 2025-01 is the whole of January). Dates without an offset are days of UTC.
///
/// # Errors
/// [`NotADate`].
pub fn period(text: &str) -> Result<Range<Instant>, NotADate> {
    let Some((date, clock)) = text.split_once('T') else { return days(text) };
    let (date, Some((clock, offset))) = (date, with_offset(clock)) else { return Err(NotADate) };
    let has_empty_fraction = clock.ends_with('.');
    let (clock, fraction) = clock.split_once('.').map_or((clock, ""), |(clock, fraction)| (clock, fraction));
    let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let time = Time::from_hms(small(hour)?, small(minute)?, small(second)?).map_err(|_| NotADate)?;
    let seconds = OffsetDateTime::new_utc(civil(year, month, day)?, time).unix_timestamp() - offset;
    if fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) || has_empty_fraction {
        return Err(NotADate);
    }
    let precision = u32::try_from(fraction.len().min(6)).unwrap_or(0);
    let width = 1_000_000 / 10_i64.pow(precision);
    let digits: i64 =
        fraction.get(..fraction.len().min(6)).filter(|digits| !digits.is_empty()).map_or(Ok(0), str::parse).map_err(|_| NotADate)?;
    let start = seconds * 1_000_000 + digits * width;
    Ok(Instant(start)..Instant(start + width))
}

/// The clock and the offset in seconds.
fn with_offset(clock: &str) -> Option<(&str, i64)> {
    if let Some(clock) = clock.strip_suffix('Z') {
        return Some((clock, 0));
    }
    let (clock, sign, offset) = match clock.split_once('+') {
        Some((clock, offset)) => (clock, 1, offset),
        None => clock.split_once('-').map(|(clock, offset)| (clock, -1, offset))?,
    };
    let [hours, minutes] = numbers(offset, ':', [2, 2]).ok()?;
    (hours <= 14 && minutes < 60).then_some((clock, sign * i64::from(hours * 3600 + minutes * 60)))
}

fn days(text: &str) -> Result<Range<Instant>, NotADate> {
    let midnight = |date: Date| Instant(OffsetDateTime::new_utc(date, Time::MIDNIGHT).unix_timestamp() * 1_000_000);
    let (start, end) = match text.len() {
        4 => {
            let [year] = numbers(text, '-', [4])?;
            (civil(year, 1, 1)?, civil(year + 1, 1, 1)?)
        }
        7 => {
            let [year, month] = numbers(text, '-', [4, 2])?;
            (civil(year, month, 1)?, if month == 12 { civil(year + 1, 1, 1)? } else { civil(year, month + 1, 1)? })
        }
        _ => {
            let [year, month, day] = numbers(text, '-', [4, 2, 2])?;
            let day = civil(year, month, day)?;
            (day, day.next_day().ok_or(NotADate)?)
        }
    };
    Ok(midnight(start)..midnight(end))
}

fn civil(year: i32, month: i32, day: i32) -> Result<Date, NotADate> {
    let month = Month::try_from(small(month)?).map_err(|_| NotADate)?;
    Date::from_calendar_date(year, month, small(day)?).map_err(|_| NotADate)
}

fn small(number: i32) -> Result<u8, NotADate> {
    u8::try_from(number).map_err(|_| NotADate)
}

/// Exactly these numbers of these lengths.
fn numbers<const N: usize>(text: &str, separator: char, lengths: [usize; N]) -> Result<[i32; N], NotADate> {
    let parts: Vec<_> = text.split(separator).collect();
    let fits = |(part, length): (&&str, usize)| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.len() != N || !parts.iter().zip(lengths).all(fits) {
        return Err(NotADate);
    }
    let read: Result<Vec<i32>, _> = parts.into_iter().map(str::parse).collect();
    read.ok().and_then(|numbers| numbers.try_into().ok()).ok_or(NotADate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_for_http_and_for_fhir() {
        let at = Instant(1_742_202_000_999_999);
        assert_eq!(http_date(at), "Mon, 17 Mar 2025 09:00:00 GMT");
        assert_eq!(of_http("Mon, 17 Mar 2025 09:00:00 GMT"), Some(Instant(1_742_202_000_000_000)));
        assert_eq!(of_http("17 Mar 2025"), None);
        assert_eq!(instant(at), "2025-03-17T09:00:00.999Z");
    }

    #[test]
    fn a_date_is_a_period() {
        let width = |text| period(text).map(|period| period.end.0 - period.start.0);
        let day = 86_400_000_000;
        assert_eq!(width("2025"), Ok(365 * day));
        assert_eq!(width("2024-02"), Ok(29 * day));
        assert_eq!(width("2025-12-31"), Ok(day));
        assert_eq!(width("2025-03-17T09:00:00Z"), Ok(1_000_000));
        assert_eq!(period("2025-03-17T10:00:00.999+01:00").unwrap().start, Instant(1_742_202_000_999_000));
        for bad in [
            "",
            "25",
            "2025-13",
            "2025-02-30",
            "2025-03-17T09:00:00",
            "2025-03-17T09:00Z",
            "2025-03-17T24:00:00Z",
            "2025-03-17T09:00:00.Z",
            "+025",
        ] {
            assert_eq!(period(bad), Err(NotADate), "{bad}");
        }
    }
}
