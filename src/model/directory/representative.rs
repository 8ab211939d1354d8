//! Legal representatives of minors (Charte, B.II.b and A.III.b).

use serde::{Deserialize, Serialize};

use crate::model::civil_day::start_of;
use crate::model::hl7_types::PatientId;
use crate::model::patient_feed::PartialDate;
use crate::model::timestamp::Instant;

/// Who represents a child, and from when until when. Days are civil days of Luxembourg, written `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalRepresentative {
    /// The record of the child.
    pub child: PatientId,
    /// The record of the representative.
    pub representative: PatientId,
    /// The first day.
    pub from: String,
    /// The first day on which they no longer represent; at the latest the coming of age ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The day of a decision that took it away: from its beginning on, or at once when it is entered later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<String>,
}

impl LegalRepresentative {
    /// The first instant at which they no longer represent the child born on this date. Nothing if it has not begun `now`, or if
    /// nothing is known that would ever end it: who cannot be shown to be a minor is not represented.
    pub fn ends(&self, birth_date: Option<&PartialDate>, now: Instant) -> Option<Instant> {
        let begun = start_of(&self.from).is_some_and(|start| start <= now);
        let stated = [&self.until, &self.revoked].into_iter().flatten().map(|day| start_of(day));
        // A day that cannot be read ends it at once rather than never.
        let stated = stated.map(|day| day.unwrap_or(Instant(i64::MIN)));
        stated.chain(birth_date.and_then(comes_of_age)).min().filter(|_| begun)
    }
}

/// The years of a minor (Code civil, article 388).
const FULL_AGE: i64 = 18;

/// The first instant of the 18th birthday in Luxembourg; of the first day after the month, or the year, in which it lies, where
/// no more is known. Who was born on a 29 February is of age on 1 March.
pub(crate) fn comes_of_age(birth_date: &PartialDate) -> Option<Instant> {
    let digits = birth_date.as_str();
    let part = |from: usize, to: usize| digits.get(from..to).and_then(|digits| digits.parse::<i64>().ok());
    let year = part(0, 4)? + FULL_AGE;
    let start = |year: i64, month: i64, day: i64| start_of(&format!("{year:04}-{month:02}-{day:02}"));
    let next_month = |month: i64| if month == 12 { start(year + 1, 1, 1) } else { start(year, month + 1, 1) };
    match (part(4, 6), part(6, 8)) {
        (Some(month), Some(day)) => start(year, month, day).or_else(|| next_month(month)),
        (Some(month), None) => next_month(month),
        (None, _) => start(year + 1, 1, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::civil_day::day_of;

    fn born(date: &str) -> PartialDate {
        PartialDate::try_from(date.to_owned()).unwrap()
    }

    fn link(from: &str, until: Option<&str>, revoked: Option<&str>) -> LegalRepresentative {
        LegalRepresentative {
            child: "C^^^&1.2.3&ISO".parse().unwrap(),
            representative: "R^^^&1.2.3&ISO".parse().unwrap(),
            from: from.to_owned(),
            until: until.map(str::to_owned),
            revoked: revoked.map(str::to_owned),
        }
    }

    #[test]
    fn a_child_comes_of_age_on_a_civil_day_and_late_where_its_birthday_is_not_known() {
        for (date, of_age) in [
            ("20070816", "2025-08-16"),
            ("20080229", "2026-03-01"),
            ("200708", "2025-09-01"),
            ("200712", "2026-01-01"),
            ("2007", "2026-01-01"),
        ] {
            let at = comes_of_age(&born(date)).unwrap();
            assert_eq!(day_of(at), of_age, "{date}");
            assert_ne!(day_of(Instant(at.0 - 1)), of_age, "{date}: its first instant");
        }
    }

    #[test]
    fn whatever_comes_first_ends_the_representation() {
        let now = start_of("2025-03-17").unwrap();
        let ends = |link: LegalRepresentative, date: Option<&str>| link.ends(date.map(born).as_ref(), now).map(day_of);
        let day = |text: &str| Some(text.to_owned());
        assert_eq!(ends(link("2019-09-30", None, None), Some("20190930")), day("2037-09-30"));
        assert_eq!(ends(link("2019-09-30", Some("2030-01-01"), None), Some("20190930")), day("2030-01-01"));
        assert_eq!(ends(link("2019-09-30", Some("2030-01-01"), Some("2025-03-17")), Some("20190930")), day("2025-03-17"));
        assert_eq!(ends(link("2019-09-30", Some("2050-01-01"), None), Some("20190930")), day("2037-09-30"), "not beyond full age");
        assert_eq!(ends(link("2025-03-18", None, None), Some("20190930")), None, "not begun");
        assert_eq!(ends(link("2019-09-30", None, None), None), None, "nobody knows that it is a child");
        assert_eq!(ends(link("2019-09-30", Some("2030-01-01"), None), None), day("2030-01-01"));
    }
}
