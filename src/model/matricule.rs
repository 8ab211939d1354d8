//! The national identification number of Luxembourg.

use super::hl7_types::Cx;
use super::patient_feed::PartialDate;

/// The assigning authority whose identifiers of persons are matricules.
pub const MATRICULE_AUTHORITY: &str = "1.3.182.4.4";

/// A matricule: `YYYYMMDD`, a sequence number of three digits and two check digits (règlement grand-ducal of 28 November
/// 2013, article 1). It names a person, so that it never goes into a log; and it says nothing reliable of their birth
/// date, whose parts may be 00.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Matricule(String);

/// A matricule in its older form, the first 11 digits without the check digits. Nothing in it shows a mistyped digit, so that it is
/// a further name of a patient and never the one under which a record is opened.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct LegacyMatricule(String);

/// Why a text is no matricule. Says which digits, their rule and the remedy, and never the whole number: it names a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMatricule {
    /// Something else than digits.
    #[error("character {0} is no digit, and a matricule consists of digits only; leave out blanks and punctuation")]
    NotDigits(usize),
    /// Digits are missing, or there are too many.
    #[error(
        "it has {0} digits, and a matricule has 13 digits; write it as on the social security card \
         (the older form of 11 digits lacks the two check digits and is a further identifier only)"
    )]
    Length(usize),
    /// Its first eight digits cannot be those of a birth date.
    #[error(
        "digits 1 to 8 are no year, month and day that exist in the calendar, the month or the day 00 where it is not known; \
         compare them with the document they were copied from"
    )]
    Date,
    /// Check digit 12.
    #[error(
        "digit 12 is {found}, but the Luhn key of the first 11 digits is {expected}; a digit is mistyped or swapped, compare it with the \
         document it was copied from"
    )]
    Luhn {
        /// The digit that is there.
        found: u8,
        /// The digit that belongs there.
        expected: u8,
    },
    /// Check digit 13.
    #[error(
        "digit 13 is {found}, but the Verhoeff key of the first 11 digits is {expected}; a digit is mistyped or swapped, compare it with \
         the document it was copied from"
    )]
    Verhoeff {
        /// The digit that is there.
        found: u8,
        /// The digit that belongs there.
        expected: u8,
    },
}

impl Matricule {
    /// The 13 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its older form.
    pub fn legacy(&self) -> LegacyMatricule {
        LegacyMatricule(self.0.chars().take(11).collect())
    }
}

impl LegacyMatricule {
    /// Whether an identifier is one.
    pub fn is(identifier: &Cx) -> bool {
        identifier.assigning_authority().as_str() == MATRICULE_AUTHORITY && Self::try_from(identifier.id().to_owned()).is_ok()
    }

    /// The 11 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether an identifier, if it is of the authority of matricules, is one: with both check digits where it names a record, otherwise
/// in the one form or the other.
///
/// # Errors
/// [`InvalidMatricule`].
pub fn check_identifier(identifier: &Cx, names_record: bool) -> Result<(), InvalidMatricule> {
    match identifier.assigning_authority().as_str() == MATRICULE_AUTHORITY {
        true if names_record => Matricule::try_from(identifier.id().to_owned()).map(drop),
        true => check_either_form(identifier.id()),
        false => Ok(()),
    }
}

/// Whether a text is a matricule in the one form or the other.
fn check_either_form(text: &str) -> Result<(), InvalidMatricule> {
    match LegacyMatricule::try_from(text.to_owned()) {
        Err(InvalidMatricule::Length(_)) => Matricule::try_from(text.to_owned()).map(|_| ()),
        other => other.map(|_| ()),
    }
}

impl TryFrom<String> for Matricule {
    type Error = InvalidMatricule;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let digits = digits(&text)?;
        let (Some((numbered, [luhn_key, verhoeff_key])), 13) = (digits.split_last_chunk::<2>(), digits.len()) else {
            return Err(InvalidMatricule::Length(digits.len()));
        };
        check_date(&text)?;
        if luhn(numbered) != *luhn_key {
            return Err(InvalidMatricule::Luhn { found: *luhn_key, expected: luhn(numbered) });
        }
        if verhoeff(numbered) != *verhoeff_key {
            return Err(InvalidMatricule::Verhoeff { found: *verhoeff_key, expected: verhoeff(numbered) });
        }
        Ok(Self(text))
    }
}

impl TryFrom<String> for LegacyMatricule {
    type Error = InvalidMatricule;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match digits(&text)?.len() {
            11 => check_date(&text).map(|()| Self(text)),
            other => Err(InvalidMatricule::Length(other)),
        }
    }
}

fn digits(text: &str) -> Result<Vec<u8>, InvalidMatricule> {
    let digit = |(at, character): (usize, char)| match character {
        '0'..='9' => Ok(character as u8 - b'0'),
        _ => Err(InvalidMatricule::NotDigits(at + 1)),
    };
    text.chars().enumerate().map(digit).collect()
}

/// That the first eight digits are a day of the calendar, or as much of one as is known: month and day 00 stand for what is not known,
/// and the year is then perhaps that of the entry into the register.
fn check_date(text: &str) -> Result<(), InvalidMatricule> {
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let (year, month, day) = (part(0, 4), part(4, 6), part(6, 8));
    // A day of a month that is not known is one of the longest month.
    let known = match (month, day) {
        ("00", "00") => year.to_owned(),
        (_, "00") => format!("{year}{month}"),
        ("00", _) => format!("{year}01{day}"),
        _ => format!("{year}{month}{day}"),
    };
    PartialDate::try_from(known).map(|_| ()).map_err(|_| InvalidMatricule::Date)
}

/// The key that makes the weighted sum, every second digit doubled from the right, a multiple of ten.
fn luhn(digits: &[u8]) -> u8 {
    let doubled = |digit: u8| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let weigh = |(place, digit): (usize, &u8)| if place.is_multiple_of(2) { doubled(*digit) } else { *digit };
    let sum = digits.iter().rev().enumerate().map(weigh).map(u32::from).sum::<u32>();
    u8::try_from((10 - sum % 10) % 10).unwrap_or(0)
}

/// The key of J. Verhoeff's scheme: products in the dihedral group of order ten, each digit permuted by its place.
fn verhoeff(digits: &[u8]) -> u8 {
    let check = (1..).zip(digits.iter().rev()).fold(0, |check, (place, digit)| product(check, permuted(*digit, place)));
    // Rotations have an opposite rotation, reflections undo themselves.
    if check < 5 { (5 - check) % 5 } else { check }
}

/// 0 to 4 are rotations of a pentagon, 5 to 9 the same after a reflection.
fn product(a: u8, b: u8) -> u8 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b - 5) % 5,
        (false, true) => 5 + (a - b) % 5,
        (false, false) => (5 + a - b) % 5,
    }
}

/// The digit under the `place`-th power of the permutation (0 1 5 8 9 4 2 7)(3 6).
fn permuted(digit: u8, place: usize) -> u8 {
    const LONG: [u8; 8] = [0, 1, 5, 8, 9, 4, 2, 7];
    const SHORT: [u8; 2] = [3, 6];
    let turned = |cycle: &[u8]| {
        let at = cycle.iter().position(|member| *member == digit)?;
        cycle.get((at + place) % cycle.len()).copied()
    };
    turned(&LONG).or_else(|| turned(&SHORT)).unwrap_or(digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Option<String> {
        Matricule::try_from(text.to_owned()).err().map(|error| error.to_string())
    }

    #[test]
    fn numbers_with_both_keys_are_taken() {
        for good in ["1893120105732", "1958031498124", "1995000098999", "2007081699131", "1932040399222", "1998041799924"] {
            assert_eq!(fault(good), None, "{good}");
        }
    }

    #[test]
    fn the_second_key_does_not_cover_the_first() {
        assert!(fault("1958031498123").unwrap().contains("Verhoeff"), "computed over 12 digits, as some programs do");
    }

    #[test]
    fn each_single_wrong_digit_and_each_swap_of_neighbours_is_found() {
        let good = "1958031498124";
        for place in 0..13 {
            for digit in '0'..='9' {
                let mut wrong: Vec<char> = good.chars().collect();
                wrong[place] = digit;
                let wrong: String = wrong.into_iter().collect();
                assert_eq!(fault(&wrong).is_none(), wrong == good, "{wrong}");
            }
        }
        for place in 0..10 {
            let mut swapped: Vec<char> = good.chars().collect();
            swapped.swap(place, place + 1);
            let swapped: String = swapped.into_iter().collect();
            assert_eq!(fault(&swapped).is_none(), swapped == good, "{swapped}");
        }
    }

    #[test]
    fn each_fault_is_told_apart() {
        for (bad, part) in [
            ("195803149812", "13 digits"),
            ("19580314981", "13 digits"),
            ("", "13 digits"),
            ("1958031498l24", "digits only"),
            ("１958031498124", "digits only"),
            ("1958131498124", "month"),
            ("1958034498124", "month"),
            ("1957022998124", "month"),
            ("0000031498124", "year"),
            ("1958031498134", "digit 12 is 3, but the Luhn key of the first 11 digits is 2"),
            ("1958031498125", "digit 13 is 5, but the Verhoeff key of the first 11 digits is 4"),
        ] {
            let told = fault(bad).unwrap();
            assert!(told.contains(part), "{bad}: {told}");
            assert!(bad.is_empty() || !told.contains(bad), "{told}");
        }
    }

    #[test]
    fn the_older_form_has_no_check_digits_but_a_date() {
        let legacy = |text: &str| LegacyMatricule::try_from(text.to_owned()).map(|known| known.as_str().to_owned());
        for good in ["19580314981", "19950000989", "19950300989", "19950031989", "20240229981"] {
            assert_eq!(legacy(good).as_deref(), Ok(good));
        }
        for (bad, fault) in [
            ("1958031498", InvalidMatricule::Length(10)),
            ("1958031498124", InvalidMatricule::Length(13)),
            ("19581314981", InvalidMatricule::Date),
            ("20230229981", InvalidMatricule::Date),
            ("19950032989", InvalidMatricule::Date),
            ("1958 314981", InvalidMatricule::NotDigits(5)),
        ] {
            assert_eq!(legacy(bad), Err(fault), "{bad}");
        }
        let whole = Matricule::try_from("1958031498124".to_owned()).ok().map(|whole| whole.legacy());
        assert_eq!(whole.as_ref().map(LegacyMatricule::as_str), Some("19580314981"));
    }

    #[test]
    fn further_identifiers_have_the_one_form_or_the_other() {
        assert_eq!(check_either_form("19580314981"), Ok(()));
        assert_eq!(check_either_form("1958031498124"), Ok(()));
        assert_eq!(check_either_form("195803149812"), Err(InvalidMatricule::Length(12)));
        assert!(matches!(check_either_form("1958031498125"), Err(InvalidMatricule::Verhoeff { .. })));
        assert_eq!(check_either_form("19581314981"), Err(InvalidMatricule::Date));
    }
}
