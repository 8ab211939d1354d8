//! Times as FHIR and HTTP write them.

use time::OffsetDateTime;

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

/// A FHIR `instant` in UTC with milliseconds, such as `2025-03-17T09:00:00.999Z`.
pub fn instant(instant: Instant) -> String {
    let at = at(instant);
    let (date, month) = (at.day(), u8::from(at.month()));
    let (hour, minute, second, milli) = (at.hour(), at.minute(), at.second(), at.millisecond());
    format!("{:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z", at.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_for_http_and_for_fhir() {
        let at = Instant(1_742_202_000_999_999);
        assert_eq!(http_date(at), "Mon, 17 Mar 2025 09:00:00 GMT");
        assert_eq!(instant(at), "2025-03-17T09:00:00.999Z");
    }
}
