//! Durations with their unit: `"30s"`, `"5min"`.

use std::time::Duration;

use super::{Base, Kind, Shown, Unacceptable, quoted};

/// Units with their length in milliseconds, longest first.
const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1)];

/// Reads a duration with its unit, for flags that are no settings.
///
/// # Errors
/// What is wrong and what is expected, in words.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    Duration::parse(text, &Base::default()).map_err(|error| format!("{error}; write {}", Duration::EXPECTED))
}

impl Kind for Duration {
    const EXPECTED: &'static str = "a duration with its unit (ms, s, min, h, d), such as \"30s\" or \"5min\"";

    fn parse(text: &str, _: &Base) -> Result<Self, Unacceptable> {
        let (number, unit) = number_and_unit(text)?;
        let length = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, length)| *length);
        let length = length.ok_or_else(|| Unacceptable(format!("{} has an unknown unit", quoted(text))))?;
        let milliseconds = number.checked_mul(length);
        milliseconds.map(Self::from_millis).ok_or_else(|| Unacceptable(format!("{} is too long", quoted(text))))
    }

    fn show(&self) -> Shown {
        let milliseconds = u64::try_from(self.as_millis()).unwrap_or(u64::MAX);
        Shown::Text(in_largest_unit(milliseconds, &UNITS))
    }
}

/// Splits `30s` into 30 and `s`; blanks between them are allowed, fractions, signs and zero are not.
pub(super) fn number_and_unit(text: &str) -> Result<(u64, &str), Unacceptable> {
    let text = text.trim();
    let digits_end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(digits_end);
    let unit = unit.trim_start();
    if digits.is_empty() {
        return Err(Unacceptable(format!("{} does not begin with a whole number", quoted(text))));
    }
    if unit.is_empty() {
        return Err(Unacceptable(format!("{} has no unit", quoted(text))));
    }
    match digits.parse() {
        Ok(0) => Err(Unacceptable(format!("{} is zero", quoted(text)))),
        Ok(number) => Ok((number, unit)),
        Err(_) => Err(Unacceptable(format!("{} is too large a number", quoted(text)))),
    }
}

/// The number in the largest of the units that divides it.
pub(super) fn in_largest_unit(amount: u64, units: &[(&str, u64)]) -> String {
    let exact = units.iter().find(|(_, length)| amount.is_multiple_of(*length));
    exact.map_or_else(|| amount.to_string(), |(unit, length)| format!("{}{unit}", amount / length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Duration, String> {
        Duration::parse(text, &Base::default()).map_err(|error| error.to_string())
    }

    #[test]
    fn every_unit_is_read_and_shown_again() {
        for (text, seconds) in [("30s", 30), ("5min", 300), ("2h", 7_200), ("3d", 259_200)] {
            let duration = parse(text).unwrap();
            assert_eq!(duration, Duration::from_secs(seconds));
            assert_eq!(duration.show(), Shown::Text(text.to_owned()));
        }
        assert_eq!(parse("1500 ms"), Ok(Duration::from_millis(1_500)));
        assert_eq!(parse("120s").unwrap().show(), Shown::Text("2min".to_owned()));
    }

    #[test]
    fn every_mistake_has_its_own_message() {
        for (text, message) in [
            ("", "\"\" does not begin with a whole number"),
            ("s", "\"s\" does not begin with a whole number"),
            ("-5s", "\"-5s\" does not begin with a whole number"),
            ("30", "\"30\" has no unit"),
            ("1.5h", "\"1.5h\" has an unknown unit"),
            ("30m", "\"30m\" has an unknown unit"),
            ("30S", "\"30S\" has an unknown unit"),
            ("0s", "\"0s\" is zero"),
            ("99999999999999999999s", "\"99999999999999999999s\" is too large a number"),
            ("18446744073709551615d", "\"18446744073709551615d\" is too long"),
        ] {
            assert_eq!(parse(text), Err(message.to_owned()));
        }
    }
}
