//! Texts that are taken as they are: names and URIs.

use super::{Base, Kind, Shown, Unacceptable, quoted};

impl Kind for String {
    const EXPECTED: &'static str = "a text without white space at its ends, such as \"https://dossier.example\"";

    fn parse(text: &str, _: &Base) -> Result<Self, Unacceptable> {
        if text.is_empty() || text.trim() != text || text.chars().any(char::is_control) {
            return Err(Unacceptable(format!("{} is empty, or has white space at its ends or control characters", quoted(text))));
        }
        Ok(text.to_owned())
    }

    fn show(&self) -> Shown {
        Shown::Text(self.clone())
    }
}
