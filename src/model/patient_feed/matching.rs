//! How well what somebody says of a person fits a known patient (PDQm, ITI TF-2: 3.119; FHIR R4, patient-operation-match.html).

use super::{PartialDate, PatientDemographics};
use crate::model::hl7_types::Cx;
use crate::model::name_words::name_words;

/// How sure it is (value set match-grade), from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MatchGrade {
    /// Some of it fits.
    Possible,
    /// Family name and birth date fit, and most of the rest.
    Probable,
    /// An identifier is the same, and nothing that was said contradicts it.
    Certain,
}

/// A fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Match {
    /// How sure it is.
    pub grade: MatchGrade,
    /// From 0 to 100.
    pub score: u8,
}

impl MatchGrade {
    /// The code in resources.
    pub fn code(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Probable => "probable",
            Self::Possible => "possible",
        }
    }
}

/// What a score below this fits, fits nobody.
const LEAST: u32 = 55;
/// From here on it is probable, if family name and birth date were said.
const PROBABLE: u32 = 80;
/// What cannot be certain, because no identifier was the same.
const WITHOUT_IDENTIFIER: u32 = 95;

impl PatientDemographics {
    /// How well what is said fits a known patient; nothing where it does not. Names alone are never certain: two people can share
    /// all that is said of them but an identifier.
    pub fn match_with(&self, patient_id: &Cx, known: &Self) -> Option<Match> {
        let of_known = || known.identifiers.iter().chain([patient_id]);
        let is_named = self.identifiers.iter().any(|said| of_known().any(|known| known == said));
        let compared = self.compared(known);
        let (said, fits) = compared.iter().fold((0, 0), |(said, fits), (weight, part)| (said + weight, fits + weight * part / 100));
        let contradicted = compared.iter().any(|(_, part)| *part == 0);
        let score = |score: u32| u8::try_from(score).unwrap_or(100);
        if is_named {
            return Some(match contradicted {
                false => Match { grade: MatchGrade::Certain, score: 100 },
                true => Match { grade: MatchGrade::Possible, score: score(LEAST) },
            });
        }
        // Somebody else with the same name: the same authority named them otherwise.
        let is_another =
            self.identifiers.iter().any(|said| of_known().any(|known| known.assigning_authority() == said.assigning_authority()));
        let share = (WITHOUT_IDENTIFIER * fits).checked_div(said).unwrap_or(0);
        let share = if is_another { share / 2 } else { share };
        let is_whole = self.birth_date.is_some() && self.name.as_ref().is_some_and(|name| name.family.is_some());
        match share {
            ..LEAST => None,
            _ if share >= PROBABLE && is_whole => Some(Match { grade: MatchGrade::Probable, score: score(share) }),
            _ => Some(Match { grade: MatchGrade::Possible, score: score(share) }),
        }
    }

    /// For each thing that both say its weight, and how much of it fits, in hundredths.
    fn compared(&self, known: &Self) -> Vec<(u32, u32)> {
        let name = |of: &Self| of.name.clone().unwrap_or_default();
        let (said, other) = (name(self), name(known));
        let family = both(said.family.as_deref(), other.family.as_deref()).map(|(said, known)| (30, words_fit(said, known)));
        let given =
            (!said.given.is_empty() && !other.given.is_empty()).then(|| (20, words_fit(&said.given.join(" "), &other.given.join(" "))));
        let born = self.birth_date.as_ref().zip(known.birth_date.as_ref()).map(|(said, known)| (35, dates_fit(said, known)));
        let sex = self.sex.zip(known.sex).map(|(said, known)| (10, if said == known { 100 } else { 0 }));
        let codes = |of: &Self| of.addresses.iter().filter_map(|address| address.postal_code.clone()).collect::<Vec<_>>();
        let (said, known) = (codes(self), codes(known));
        // People move: another address contradicts nothing.
        let lives =
            (!said.is_empty() && !known.is_empty()).then(|| (5, if said.iter().any(|code| known.contains(code)) { 100 } else { 1 }));
        [family, given, born, sex, lives].into_iter().flatten().collect()
    }
}

fn both<'a>(one: Option<&'a str>, other: Option<&'a str>) -> Option<(&'a str, &'a str)> {
    one.zip(other)
}

/// All words are the same, or one has words that the other lacks, or some are the same.
fn words_fit(said: &str, known: &str) -> u32 {
    let (said, known) = (name_words(said), name_words(known));
    let shared = said.iter().filter(|word| known.contains(word)).count();
    match (shared, said.len().max(known.len())) {
        (0, _) => 0,
        (shared, most) if shared == most => 100,
        (shared, _) if shared == said.len() || shared == known.len() => 80,
        _ => 40,
    }
}

/// The same day, or the same as far as the less precise of both says.
fn dates_fit(said: &PartialDate, known: &PartialDate) -> u32 {
    match (said.as_str(), known.as_str()) {
        (said, known) if said == known => 100,
        (said, known) if said.starts_with(known) || known.starts_with(said) => 60,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::patient_feed::{AdministrativeSex, PersonName};

    fn person(id: Option<&str>, family: &str, given: &str, born: &str) -> PatientDemographics {
        PatientDemographics {
            identifiers: id.iter().map(|id| id.parse().unwrap()).collect(),
            name: Some(PersonName {
                family: Some(family.to_owned()).filter(|name| !name.is_empty()),
                given: [given].into_iter().filter(|name| !name.is_empty()).map(str::to_owned).collect(),
                ..PersonName::default()
            }),
            birth_date: PartialDate::try_from(born.to_owned()).ok(),
            sex: Some(AdministrativeSex::Female),
            ..PatientDemographics::default()
        }
    }

    #[test]
    fn certain_is_who_has_the_identifier_and_contradicts_nothing() {
        let known = person(Some("K1^^^&1.2.9&ISO"), "Ferreira Lopes", "Maria-Helena", "19580314");
        let id: Cx = "1^^^&1.2.3&ISO".parse().unwrap();
        let matched = |said: PatientDemographics| said.match_with(&id, &known).map(|found| (found.grade.code(), found.score));
        let only_id = |id: &str| PatientDemographics { identifiers: vec![id.parse().unwrap()], ..PatientDemographics::default() };
        for (name, said, expected) in [
            ("own identifier", only_id("1^^^&1.2.3&ISO"), Some(("certain", 100))),
            ("alias", only_id("K1^^^&1.2.9&ISO"), Some(("certain", 100))),
            ("another's", only_id("2^^^&1.2.3&ISO"), None),
            ("identifier of another birth date", person(Some("1^^^&1.2.3&ISO"), "Ferreira", "", "19600101"), Some(("possible", 55))),
            ("all but an identifier", person(None, "FERREIRA-LOPES", "maria helena", "19580314"), Some(("probable", 95))),
            ("a shorter name", person(None, "Lopes", "Maria", "19580314"), Some(("probable", 85))),
            ("only the month of birth", person(None, "Ferreira Lopes", "Maria Helena", "195803"), Some(("probable", 81))),
            ("no birth date", person(None, "Ferreira Lopes", "Maria Helena", ""), Some(("possible", 95))),
            ("another birth date", person(None, "Ferreira Lopes", "Maria Helena", "19600101"), Some(("possible", 60))),
            ("another name", person(None, "Weber", "Anne", "19580314"), None),
            ("the same name under another identifier", person(Some("2^^^&1.2.3&ISO"), "Ferreira Lopes", "Maria Helena", "19580314"), None),
            ("nothing", PatientDemographics::default(), None),
        ] {
            assert_eq!(matched(said), expected, "{name}");
        }
    }
}
