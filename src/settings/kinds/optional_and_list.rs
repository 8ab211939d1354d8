//! Settings that may be absent, and settings with several values.

use super::{Base, Given, Kind, Shape, Shown, Unacceptable};

/// An empty text means "not set", so that a later source can take back what an earlier one gave.
impl<T: Kind> Kind for Option<T> {
    const SHAPE: Shape = T::SHAPE;
    const SECRET: bool = T::SECRET;
    const EXPECTED: &'static str = T::EXPECTED;

    fn parse(text: &str, base: &Base) -> Result<Self, Unacceptable> {
        if text.is_empty() { Ok(None) } else { T::parse(text, base).map(Some) }
    }

    fn show(&self) -> Shown {
        self.as_ref().map_or(Shown::Unset, Kind::show)
    }
}

/// TOML lists; text separated by commas elsewhere.
impl<T: Kind> Kind for Vec<T> {
    const SHAPE: Shape = Shape::List;
    const SECRET: bool = T::SECRET;
    const EXPECTED: &'static str = "a list of texts, such as [\"one\", \"two\"] (in the environment: one,two)";

    fn parse(text: &str, base: &Base) -> Result<Self, Unacceptable> {
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        items.map(|item| T::parse(item, base)).collect()
    }

    fn show(&self) -> Shown {
        let text = |item: &T| match item.show() {
            Shown::Text(text) => text,
            Shown::Number(number) => number.to_string(),
            Shown::Boolean(value) => value.to_string(),
            Shown::Unset | Shown::List(_) | Shown::Secret => "(set)".to_owned(),
        };
        Shown::List(self.iter().map(text).collect())
    }

    fn read(given: &Given, base: &Base) -> Result<Self, Unacceptable> {
        match given {
            Given::Plain(text) => Self::parse(text, base),
            Given::List(items) => items.iter().map(|item| T::parse(item, base)).collect(),
            Given::Quoted(_) => Err(Unacceptable("one text was given".to_owned())),
            Given::Number(_) => Err(Unacceptable("a bare number was given".to_owned())),
            Given::Boolean(_) => Err(Unacceptable("a boolean was given".to_owned())),
            Given::Other(name) => Err(Unacceptable(format!("a {name} was given"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn an_empty_text_is_not_set() {
        assert_eq!(Option::<PathBuf>::parse("", &Base::default()), Ok(None));
        assert_eq!(Option::<PathBuf>::parse("a", &Base::default()), Ok(Some(PathBuf::from("a"))));
    }

    #[test]
    fn lists_come_from_commas_or_from_toml() {
        let base = Base::default();
        let expected = vec![PathBuf::from("a"), PathBuf::from("b")];
        assert_eq!(Vec::<PathBuf>::parse("a, b,", &base), Ok(expected));
        let with_comma = Given::List(vec!["a,b".to_owned()]);
        assert_eq!(Vec::<PathBuf>::read(&with_comma, &base), Ok(vec![PathBuf::from("a,b")]));
        assert!(Vec::<PathBuf>::read(&Given::Quoted("a".to_owned()), &base).is_err());
    }
}
