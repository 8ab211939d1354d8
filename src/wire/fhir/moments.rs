//! Points in time of any precision (FHIR R4, datatypes.html#dateTime): what a search or the end of a period says.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::model::civil_day::start_of;
use crate::model::timestamp::Instant;

/// From the first instant of what was written to the first one after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The first instant.
    pub start: Instant,
    /// The first instant after it.
    pub end: Instant,
}

/// Reads `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, which are days of Luxembourg, or a time with its offset; nothing for anything else.
pub fn moment(text: &str) -> Option<Moment> {
    if text.contains('T') {
        return time_of_day(text);
    }
    let (first, after) = match text.len() {
        4 => (format!("{text}-01-01"), format!("{:04}-01-01", text.parse::<u16>().ok()?.checked_add(1)?)),
        7 => (format!("{text}-01"), after_month(text)?),
        10 => (text.to_owned(), crate::model::civil_day::day_of(crate::model::civil_day::days_after(start_of(text)?, 1))),
        _ => return None,
    };
    Some(Moment { start: start_of(&first)?, end: start_of(&after)? })
}

fn after_month(text: &str) -> Option<String> {
    let (year, month) = text.split_once('-')?;
    let (year, month): (u16, u8) = (year.parse().ok()?, month.parse().ok()?);
    Some(if month == 12 { format!("{:04}-01-01", year + 1) } else { format!("{year:04}-{:02}-01", month + 1) })
}

fn time_of_day(text: &str) -> Option<Moment> {
    // Minutes without seconds are allowed in searches.
    let with_seconds = || {
        let (date, rest) = text.split_once('T')?;
        let clock = rest.get(..5)?;
        Some(format!("{date}T{clock}:00{}", rest.get(5..)?))
    };
    let parsed = OffsetDateTime::parse(text, &Rfc3339).ok();
    let (at, length) = match parsed {
        Some(at) => (at, if text.contains('.') { 1_000 } else { 1_000_000 }),
        None => (OffsetDateTime::parse(&with_seconds()?, &Rfc3339).ok()?, 60_000_000),
    };
    let start = i64::try_from(at.unix_timestamp_nanos() / 1_000).ok()?;
    Some(Moment { start: Instant(start), end: Instant(start.checked_add(length)?) })
}

#[cfg(test)]
mod tests {
    use super::super::dates::instant;
    use super::*;

    #[test]
    fn every_precision_is_read() {
        for (text, start, end) in [
            ("2025", "2024-12-31T23:00:00.000Z", "2025-12-31T23:00:00.000Z"),
            ("2025-03", "2025-02-28T23:00:00.000Z", "2025-03-31T22:00:00.000Z"),
            ("2025-12", "2025-11-30T23:00:00.000Z", "2025-12-31T23:00:00.000Z"),
            ("2025-03-30", "2025-03-29T23:00:00.000Z", "2025-03-30T22:00:00.000Z"),
            ("2025-03-17T09:00:00Z", "2025-03-17T09:00:00.000Z", "2025-03-17T09:00:01.000Z"),
            ("2025-03-17T09:00:00.5+01:00", "2025-03-17T08:00:00.500Z", "2025-03-17T08:00:00.501Z"),
            ("2025-03-17T09:00Z", "2025-03-17T09:00:00.000Z", "2025-03-17T09:01:00.000Z"),
        ] {
            let read = moment(text).unwrap();
            assert_eq!((instant(read.start).as_str(), instant(read.end).as_str()), (start, end), "{text}");
        }
        for bad in ["", "2025-13", "2025-02-30", "now", "2025-03-17T09:00:00", "2025-03-17T25:00:00Z", "20250317"] {
            assert_eq!(moment(bad), None, "{bad}");
        }
    }
}
