//! The national identification number of Luxembourg.

use super::ids::InvalidIdentifier;

/// A matricule: `YYYYMMDD`, a sequence number of three digits and two check digits (règlement grand-ducal of 28 November
/// 2013, article 1). It names a person, so that it never goes into a log; and it says nothing reliable of their birth
/// date, whose parts may be 00.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Matricule(String);

impl Matricule {
    /// The 13 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const fn invalid(expected: &'static str) -> InvalidIdentifier {
    InvalidIdentifier { expected }
}

impl TryFrom<String> for Matricule {
    type Error = InvalidIdentifier;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let digits: Option<Vec<u8>> = text.bytes().map(|byte| byte.is_ascii_digit().then(|| byte - b'0')).collect();
        let digits = digits.ok_or(invalid("a matricule consists of digits only"))?;
        let [y1, y2, y3, y4, m1, m2, d1, d2, s1, s2, s3, luhn_key, verhoeff_key] = *digits.as_slice() else {
            return Err(invalid("a matricule has 13 digits; the older form of 11 digits lacks the two check digits"));
        };
        if m1 * 10 + m2 > 12 || d1 * 10 + d2 > 31 {
            return Err(invalid("digits 5 to 8 of a matricule are a month and a day, or 00 where they are not known"));
        }
        let numbered = [y1, y2, y3, y4, m1, m2, d1, d2, s1, s2, s3];
        if luhn(&numbered) != luhn_key {
            return Err(invalid("digit 12 of a matricule is the Luhn key of the first 11 digits; a digit is mistyped or swapped"));
        }
        if verhoeff(&numbered) != verhoeff_key {
            return Err(invalid("digit 13 of a matricule is the Verhoeff key of the first 11 digits; a digit is mistyped or swapped"));
        }
        Ok(Self(text))
    }
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

    fn fault(text: &str) -> Option<&'static str> {
        Matricule::try_from(text.to_owned()).err().map(|error| error.expected)
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
            ("1958031498134", "Luhn"),
            ("1958031498125", "Verhoeff"),
        ] {
            assert!(fault(bad).unwrap().contains(part), "{bad}");
        }
    }
}
