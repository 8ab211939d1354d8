//! Yes or no.

use super::{Base, Kind, Shape, Shown, Unacceptable, quoted};

impl Kind for bool {
    const SHAPE: Shape = Shape::Boolean;
    const EXPECTED: &'static str = "true or false";

    fn parse(text: &str, _: &Base) -> Result<Self, Unacceptable> {
        text.trim().parse().map_err(|_| Unacceptable(format!("{} is neither true nor false", quoted(text))))
    }

    fn show(&self) -> Shown {
        Shown::Boolean(*self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Given;
    use super::*;

    #[test]
    fn only_the_two_words_are_read() {
        let base = Base::default();
        assert_eq!((bool::parse("true", &base), bool::parse(" false ", &base)), (Ok(true), Ok(false)));
        for text in ["", "yes", "True", "1"] {
            assert!(bool::parse(text, &base).is_err(), "{text}");
        }
    }

    #[test]
    fn toml_gives_a_boolean_without_quotes() {
        assert_eq!(bool::read(&Given::Boolean(true), &Base::default()), Ok(true));
        let quoted = bool::read(&Given::Quoted("true".to_owned()), &Base::default());
        assert_eq!(quoted, Err(Unacceptable("a text in quotes was given".to_owned())));
    }
}
