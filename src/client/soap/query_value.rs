//! Values of stored query parameters as they are written (ITI TF-2: 3.18.4.1.2.3.5).

/// A text: in single quotes, with those inside doubled.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Alternatives, one value each, so that no value outgrows what a registry takes.
pub fn quoted_list<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Vec<String> {
    texts.into_iter().map(|text| format!("({})", quoted(text.as_ref()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_cannot_end_the_text() {
        assert_eq!(quoted("D'Arc"), "'D''Arc'");
        assert_eq!(quoted_list(["a", "b'"]), ["('a')", "('b''')"]);
    }
}
