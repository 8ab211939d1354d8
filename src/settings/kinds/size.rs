//! Amounts of bytes with their unit: `"16MiB"`.

use super::duration::{in_largest_unit, number_and_unit};
use super::{Base, Kind, Shown, Unacceptable, quoted};

/// Units with their length in bytes, longest first.
const UNITS: [(&str, u64); 5] = [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

/// An amount of bytes, more than zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(u64);

impl Size {
    /// The amount in bytes.
    pub fn bytes(self) -> u64 {
        self.0
    }
}

impl Kind for Size {
    const EXPECTED: &'static str = "a size with its unit (B, KiB, MiB, GiB, TiB), such as \"16MiB\" or \"1GiB\"";

    fn parse(text: &str, _: &Base) -> Result<Self, Unacceptable> {
        let (number, unit) = number_and_unit(text)?;
        let length = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, length)| *length);
        let length = length.ok_or_else(|| Unacceptable(format!("{} has an unknown unit", quoted(text))))?;
        let bytes = number.checked_mul(length);
        bytes.map(Self).ok_or_else(|| Unacceptable(format!("{} is too large a size", quoted(text))))
    }

    fn show(&self) -> Shown {
        Shown::Text(in_largest_unit(self.0, &UNITS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Size, String> {
        Size::parse(text, &Base::default()).map_err(|error| error.to_string())
    }

    #[test]
    fn every_unit_is_read_and_shown_again() {
        for (text, bytes) in [("7B", 7), ("8KiB", 8_192), ("16MiB", 16_777_216), ("4GiB", 4 << 30), ("2TiB", 2 << 40)] {
            assert_eq!(parse(text), Ok(Size(bytes)));
            assert_eq!(Size(bytes).show(), Shown::Text(text.to_owned()));
        }
        assert_eq!(parse("1 GiB").map(Size::bytes), Ok(1 << 30));
    }

    #[test]
    fn every_mistake_has_its_own_message() {
        for (text, message) in [
            ("", "\"\" does not begin with a whole number"),
            ("MiB", "\"MiB\" does not begin with a whole number"),
            ("-1MiB", "\"-1MiB\" does not begin with a whole number"),
            ("1048576", "\"1048576\" has no unit"),
            ("16MB", "\"16MB\" has an unknown unit"),
            ("16mib", "\"16mib\" has an unknown unit"),
            ("1.5GiB", "\"1.5GiB\" has an unknown unit"),
            ("0B", "\"0B\" is zero"),
            ("99999999999999999999B", "\"99999999999999999999B\" is too large a number"),
            ("99999999999TiB", "\"99999999999TiB\" is too large a size"),
        ] {
            assert_eq!(parse(text), Err(message.to_owned()));
        }
    }
}
