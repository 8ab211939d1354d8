//! Times of metadata.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ids::InvalidIdentifier;

/// A time in UTC with the precision its source gave: `YYYY[MM[DD[hh[mm[ss]]]]]` (ITI TF-3: Table 4.2.3.1.7-2, type DTM).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Dtm(String);

const DTM_SHAPE: InvalidIdentifier = InvalidIdentifier {
    expected: "an HL7 DTM in UTC without zone or fraction: YYYY, YYYYMM, YYYYMMDD, YYYYMMDDhh, YYYYMMDDhhmm or YYYYMMDDhhmmss",
};

impl Dtm {
    /// The time as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first second of the time, 14 digits: what columns hold and queries compare, so that `2005` sorts before `200502`.
    pub fn first_second(&self) -> String {
        const EARLIEST: &str = "00000101000000";
        let rest = EARLIEST.get(self.0.len()..).unwrap_or("");
        format!("{}{rest}", self.0)
    }

    /// The beginning of the time.
    pub fn first_instant(&self) -> Instant {
        let text = self.first_second();
        let part = |at: usize, length: usize| text.get(at..at + length).and_then(|digits| digits.parse::<i8>().ok()).unwrap_or(0);
        let year = text.get(..4).and_then(|digits| digits.parse().ok()).unwrap_or(0);
        let civil = jiff::civil::DateTime::new(year, part(4, 2), part(6, 2), part(8, 2), part(10, 2), part(12, 2), 0);
        let at = civil.and_then(|civil| civil.to_zoned(jiff::tz::TimeZone::UTC));
        // The shape has been checked, and every year of four digits is one.
        Instant(at.map_or(0, |at| at.timestamp().as_microsecond()))
    }
}

fn two_digits(text: &str, at: usize) -> Option<u8> {
    text.get(at..at + 2).and_then(|digits| digits.parse().ok())
}

fn month_length(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

impl TryFrom<String> for Dtm {
    type Error = InvalidIdentifier;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let shaped = matches!(text.len(), 4 | 6 | 8 | 10 | 12 | 14) && text.bytes().all(|b| b.is_ascii_digit());
        if !shaped {
            return Err(DTM_SHAPE);
        }
        let year: u16 = text.get(..4).and_then(|y| y.parse().ok()).unwrap_or(0);
        let month = two_digits(&text, 4);
        let within = |at: usize, least: u8, most: u8| two_digits(&text, at).is_none_or(|n| (least..=most).contains(&n));
        let last_day = month_length(year, month.unwrap_or(1));
        if within(4, 1, 12) && within(6, 1, last_day) && within(8, 0, 23) && within(10, 0, 59) && within(12, 0, 59) {
            Ok(Self(text))
        } else {
            Err(DTM_SHAPE)
        }
    }
}

impl From<Dtm> for String {
    fn from(dtm: Dtm) -> Self {
        dtm.0
    }
}

impl fmt::Display for Dtm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An instant of the server's own clock: microseconds since 1970-01-01T00:00:00Z. Handed in with each call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(pub i64);

impl Instant {
    /// The instant as a DTM of second precision.
    pub fn to_dtm(self) -> Dtm {
        let at = time::OffsetDateTime::from_unix_timestamp(self.0.div_euclid(1_000_000)).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
        Dtm(format!("{:04}{:02}{:02}{:02}{:02}{:02}", at.year(), u8::from(at.month()), at.day(), at.hour(), at.minute(), at.second()))
    }
}

impl std::str::FromStr for Instant {
    type Err = InvalidIdentifier;

    /// A time with its zone, as in `2025-03-17T09:00:00+01:00` (RFC 3339).
    fn from_str(text: &str) -> Result<Self, InvalidIdentifier> {
        const SHAPE: InvalidIdentifier =
            InvalidIdentifier { expected: "an instant: YYYY-MM-DDThh:mm:ss with Z or an offset from UTC, as in 2025-03-17T09:00:00+01:00" };
        text.parse::<jiff::Timestamp>().map(|at| Self(at.as_microsecond())).map_err(|_| SHAPE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dtm_is_a_real_time_of_any_precision() {
        for good in ["2005", "200502", "20050228", "20040229", "2005022823", "200502282359", "20050228235959"] {
            assert!(Dtm::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in [
            "",
            "05",
            "20051",
            "20051301",
            "20050229",
            "2005022824",
            "200502282360",
            "20050228235960",
            "2005-02",
            "20050228235959.1",
            "20050228+0100",
        ] {
            assert!(Dtm::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_partial_time_means_its_first_second() {
        assert_eq!(Dtm::try_from("2005".to_owned()).unwrap().first_second(), "20050101000000");
        assert_eq!(Dtm::try_from("200502281030".to_owned()).unwrap().first_second(), "20050228103000");
    }

    #[test]
    fn a_time_begins_at_an_instant() {
        let begins = |text: &str| Dtm::try_from(text.to_owned()).unwrap().first_instant().to_dtm().to_string();
        assert_eq!(begins("20050228103059"), "20050228103059");
        assert_eq!(begins("200502"), "20050201000000");
        assert_eq!(begins("1969"), "19690101000000");
        assert_eq!(begins("0000"), "00000101000000");
        assert_eq!(begins("9999"), "99990101000000");
    }

    #[test]
    fn an_instant_is_read_with_its_zone() {
        let read = |text: &str| text.parse::<Instant>().ok();
        assert_eq!(read("2025-03-17T10:00:00.5+01:00"), Some(Instant(1_742_202_000_500_000)));
        assert_eq!(read("2025-03-17T09:00:00.5Z"), Some(Instant(1_742_202_000_500_000)));
        for bad in ["2025-03-17T09:00:00", "2025-03-17", "2025-02-29T00:00:00Z", ""] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_instant_becomes_a_dtm_in_utc() {
        assert_eq!(Instant(1_742_202_000_999_999).to_dtm().as_str(), "20250317090000");
    }
}
