//! One line of text.

use super::{Base, Kind, Shown, Unacceptable, quoted};

/// Characters of a line that errors quote.
const LONGEST: usize = 200;

impl Kind for String {
    const EXPECTED: &'static str = "one line of text, 200 characters at most";

    fn parse(text: &str, _: &Base) -> Result<Self, Unacceptable> {
        if text.trim().is_empty() || text.chars().count() > LONGEST || text.chars().any(char::is_control) {
            return Err(Unacceptable(format!("{} is no such line", quoted(text))));
        }
        Ok(text.trim().to_owned())
    }

    fn show(&self) -> Shown {
        Shown::Text(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_short_and_printable() {
        assert_eq!(String::parse(" call us ", &Base::default()), Ok("call us".to_owned()));
        for text in ["", " ", "a\nb", &"x".repeat(201)] {
            assert!(String::parse(text, &Base::default()).is_err(), "{text:?}");
        }
    }
}
