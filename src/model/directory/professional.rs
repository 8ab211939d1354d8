//! Professionals.

use serde::{Deserialize, Deserializer, Serialize};

use super::days::{DayPeriod, between};
use crate::model::civil_day::day_of;
use crate::model::dsp::ProfessionalState;
use crate::model::ids::Oid;
use crate::model::timestamp::Instant;

/// Somebody who cares for patients, or a system that acts for such people. Days are civil days of Luxembourg, written
/// `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Professional {
    /// Key within the assigning authority.
    pub id: String,
    /// Who issued the key.
    pub assigning_authority: Oid,
    /// Family name, or the name of the system.
    pub family: String,
    /// Given name; a system has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// Profession, as text.
    pub profession: String,
    /// Column of the habilitation matrix that follows from the profession (Charte, annex 2); none, and no right, where none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage_profile: Option<String>,
    /// When they had, have or will have the right to practise; none where the work needs none.
    #[serde(default, alias = "licence", deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub licences: Vec<Licence>,
    /// Whether they work on their own account; where nothing is said, their workplaces tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub self_employed: Option<bool>,
    /// Where they work; at least one.
    pub workplaces: Vec<Workplace>,
    /// Whether the account is in use.
    #[serde(default, skip_serializing_if = "Account::is_plain")]
    pub account: Account,
    /// RFC 5646 tags, the preferred one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A right to practise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Licence {
    /// The first day with the right.
    pub valid_from: String,
    /// The first day without it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
}

/// A place where a professional works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workplace {
    /// Local code of the facility type.
    pub kind: String,
    /// Key of the establishment; none for a practice of one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub establishment: Option<String>,
    /// The first day there, where one is stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The first day no longer there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// The account of a professional over time: in use but for what is said here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// When it was, is or will be suspended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspensions: Vec<DayPeriod>,
    /// The first day on which it is closed for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<String>,
}

/// What entries of earlier releases hold as one licence.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(Licence),
    Many(Vec<Licence>),
}

fn one_or_many<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Vec<Licence>, D::Error> {
    Ok(match Option::deserialize(deserializer)? {
        None => Vec::new(),
        Some(OneOrMany::One(licence)) => vec![licence],
        Some(OneOrMany::Many(licences)) => licences,
    })
}

impl Professional {
    /// Whether they may act now. Care needs a licence: only with `needs_licence` false may somebody go without one, and a lapsed
    /// one shuts them out also then.
    pub fn state(&self, now: Instant, needs_licence: bool) -> ProfessionalState {
        let day = &day_of(now);
        let licensed = self.licences.iter().any(|licence| licence.is_valid_on(day)) || (self.licences.is_empty() && !needs_licence);
        match (self.account.is_active_on(day), licensed) {
            (false, _) => ProfessionalState::Suspended,
            (true, false) => ProfessionalState::Unlicensed,
            (true, true) => ProfessionalState::Valid,
        }
    }

    /// Whether they work in this establishment now.
    pub fn works_at(&self, establishment: &str, now: Instant) -> bool {
        let day = &day_of(now);
        self.workplaces.iter().any(|place| place.establishment.as_deref() == Some(establishment) && place.is_current_on(day))
    }

    /// Whether they work on their own account now. Where the entry does not say so, they do with a practice (`cabinet`) that is no
    /// establishment of the directory, and in a pharmacy, which works with the presence code (access rules, 3).
    pub fn is_self_employed(&self, now: Instant) -> bool {
        let day = &day_of(now);
        let of_their_own = |place: &Workplace| (place.kind == "cabinet" && place.establishment.is_none()) || place.kind == "pharmacie";
        let tells = || self.workplaces.iter().any(|place| of_their_own(place) && place.is_current_on(day));
        self.self_employed.unwrap_or_else(tells)
    }
}

impl Licence {
    /// Whether the right exists on that day.
    pub fn is_valid_on(&self, day: &str) -> bool {
        between(Some(&self.valid_from), self.valid_until.as_deref(), day)
    }
}

impl Workplace {
    /// Whether they work there on that day.
    pub fn is_current_on(&self, day: &str) -> bool {
        between(self.from.as_deref(), self.until.as_deref(), day)
    }
}

impl Account {
    /// Whether it is in use on that day.
    pub fn is_active_on(&self, day: &str) -> bool {
        let suspended = self.suspensions.iter().any(|period| period.contains(day));
        !suspended && self.closed.as_deref().is_none_or(|closed| day < closed)
    }

    fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::civil_day::start_of;

    fn professional(more: &str) -> Professional {
        let json = format!(
            r#"{{"id": "D1", "assigning_authority": "2.999.1", "family": "W", "profession": "Médecin", "usage_profile": "medecin", {more}}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    fn states(entry: &Professional, days: &[&str]) -> Vec<ProfessionalState> {
        days.iter().map(|day| entry.state(start_of(day).unwrap(), true)).collect()
    }

    const AT_HOME: &str = r#""workplaces": [{"kind": "cabinet", "establishment": null}]"#;

    #[test]
    fn an_entry_of_an_earlier_release_is_read_and_written_as_one_of_this() {
        let old = professional(&format!(r#""licence": {{"valid_from": "2020-01-01", "valid_until": null}}, {AT_HOME}"#));
        let new = professional(&format!(r#""licences": [{{"valid_from": "2020-01-01"}}], {AT_HOME}"#));
        assert_eq!(old, new);
        assert_eq!(professional(&format!(r#""licence": null, {AT_HOME}"#)).licences, []);
        let again: Professional = serde_json::from_str(&serde_json::to_string(&old).unwrap()).unwrap();
        assert_eq!(again, old);
    }

    #[test]
    fn licences_and_suspensions_hold_from_day_to_day() {
        use ProfessionalState::{Suspended, Unlicensed, Valid};
        let entry = professional(&format!(
            r#""licences": [{{"valid_from": "2020-01-01", "valid_until": "2021-01-01"}}, {{"valid_from": "2022-01-01"}}],
               "account": {{"suspensions": [{{"from": "2023-01-01", "until": "2023-02-01"}}, {{"from": "2024-01-01", "until": "2024-01-02"}}],
               "closed": "2025-01-01"}}, {AT_HOME}"#
        ));
        let days = ["2019-12-31", "2020-12-31", "2021-06-01", "2022-01-01", "2023-01-31", "2023-02-01", "2024-01-01", "2025-01-01"];
        assert_eq!(states(&entry, &days), [Unlicensed, Valid, Unlicensed, Valid, Suspended, Valid, Suspended, Suspended]);
        let last_instant = Instant(start_of("2025-01-01").unwrap().0 - 1);
        assert_eq!(entry.state(last_instant, true), Valid, "until midnight in Luxembourg");
    }

    #[test]
    fn only_work_that_needs_no_licence_goes_without() {
        let entry = professional(AT_HOME);
        let now = start_of("2025-03-17").unwrap();
        assert_eq!((entry.state(now, true), entry.state(now, false)), (ProfessionalState::Unlicensed, ProfessionalState::Valid));
    }

    #[test]
    fn workplaces_tell_who_is_self_employed_unless_the_entry_does() {
        let now = start_of("2025-03-17").unwrap();
        for (places, expected) in [
            (r#"{"kind": "cabinet"}"#, true),
            (r#"{"kind": "cabinet", "until": "2025-03-17"}"#, false),
            (r#"{"kind": "cabinet", "from": "2025-03-18"}"#, false),
            (r#"{"kind": "cabinet", "establishment": "E1"}"#, false),
            (r#"{"kind": "pharmacie", "establishment": "E6"}"#, true),
            (r#"{"kind": "medecine-scolaire"}"#, false),
            (r#"{"kind": "hopital", "establishment": "E1"}"#, false),
        ] {
            let said = |flag: &str| professional(&format!(r#""workplaces": [{places}]{flag}"#)).is_self_employed(now);
            assert_eq!(said(""), expected, "{places}");
            assert!(said(r#", "self_employed": true"#) && !said(r#", "self_employed": false"#));
        }
    }

    #[test]
    fn a_workplace_counts_while_it_lasts() {
        let entry =
            professional(r#""workplaces": [{"kind": "hopital", "establishment": "E1", "from": "2025-01-01", "until": "2025-02-01"}]"#);
        let at = |establishment: &str, day: &str| entry.works_at(establishment, start_of(day).unwrap());
        assert_eq!(["2024-12-31", "2025-01-01", "2025-01-31", "2025-02-01"].map(|day| at("E1", day)), [false, true, true, false]);
        assert!(!at("E2", "2025-01-15"));
    }
}
