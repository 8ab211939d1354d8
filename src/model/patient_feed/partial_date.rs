//! Dates of a person's life.

use serde::{Deserialize, Serialize};

use crate::model::ids::InvalidIdentifier;
use crate::model::timestamp::Dtm;

/// A date as precise as it is known: `YYYY`, `YYYYMM` or `YYYYMMDD`, a day that exists in the calendar.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartialDate(String);

impl PartialDate {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The day of a point in time, as far as it is given (HL7 version 2.5 and version 3, type TS:
    /// `YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]`).
    pub fn of_point_in_time(time: &str) -> Option<Self> {
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let (time, zone) = time.split_once(['+', '-']).unwrap_or((time, "0000"));
        let (whole, fraction) = time.split_once('.').unwrap_or((time, ""));
        let well_formed = whole.len() <= 14 && digits(whole) && fraction.len() <= 4 && digits(fraction) && zone.len() == 4 && digits(zone);
        let day = whole.get(..8).unwrap_or(whole);
        Self::try_from(day.to_owned()).ok().filter(|_| well_formed)
    }
}

impl TryFrom<String> for PartialDate {
    type Error = InvalidIdentifier;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const SHAPE: InvalidIdentifier =
            InvalidIdentifier { expected: "a date of the form YYYY, YYYYMM or YYYYMMDD that exists in the calendar" };
        let exists = text.len() <= 8 && !text.starts_with("0000") && Dtm::try_from(text.clone()).is_ok();
        if exists { Ok(Self(text)) } else { Err(SHAPE) }
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> Self {
        date.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_may_be_partial_but_must_exist() {
        let date = |text: &str| PartialDate::try_from(text.to_owned()).ok();
        for good in ["1971", "197102", "20240229"] {
            assert!(date(good).is_some(), "{good}");
        }
        for bad in ["", "71", "19711", "197113", "20230229", "1971-01-01", "0000", "1971010112", "١٩٧١"] {
            assert!(date(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_point_in_time_has_a_day() {
        for (time, day) in
            [("1971", "1971"), ("20240229", "20240229"), ("202402291030+0100", "20240229"), ("20240229103000.1234", "20240229")]
        {
            assert!(PartialDate::of_point_in_time(time).is_some_and(|date| date.as_str() == day), "{time}");
        }
        for bad in ["", "tomorrow", "20230229", "20240229+1", "20240229103000.12345", "2024022910300000"] {
            assert!(PartialDate::of_point_in_time(bad).is_none(), "{bad}");
        }
    }
}
