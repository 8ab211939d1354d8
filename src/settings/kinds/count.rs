//! How many: a whole number above zero.

use std::num::NonZeroUsize;

use super::{Base, Kind, Shape, Shown, Unacceptable, quoted};

impl Kind for NonZeroUsize {
    const SHAPE: Shape = Shape::Number;
    const EXPECTED: &'static str = "a whole number above zero, such as 64";

    fn parse(text: &str, _: &Base) -> Result<Self, Unacceptable> {
        text.trim().parse().map_err(|_| Unacceptable(format!("{} is not a number above zero", quoted(text))))
    }

    fn show(&self) -> Shown {
        Shown::Number(u64::try_from(self.get()).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Given;
    use super::*;

    #[test]
    fn only_whole_numbers_above_zero_are_read() {
        let base = Base::default();
        assert_eq!(NonZeroUsize::parse("64", &base).map(NonZeroUsize::get), Ok(64));
        for text in ["", "0", "-1", "1.5", "1_000", "99999999999999999999999"] {
            assert!(NonZeroUsize::parse(text, &base).is_err(), "{text}");
        }
    }

    #[test]
    fn a_number_in_quotes_is_refused() {
        let refused = NonZeroUsize::read(&Given::Quoted("64".to_owned()), &Base::default());
        assert_eq!(refused, Err(Unacceptable("a text in quotes was given".to_owned())));
    }
}
