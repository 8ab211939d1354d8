//! Comma-separated values (RFC 4180).

/// The media type (RFC 4180, 3).
pub const MEDIA_TYPE: &str = "text/csv; charset=utf-8; header=present";

/// One line.
pub fn row<T: AsRef<str>>(fields: &[T]) -> String {
    fields.iter().map(|text| field(text.as_ref())).collect::<Vec<_>>().join(",") + "\r\n"
}

/// In quotes where it has to be. A spreadsheet would calculate what callers wrote as a formula: an apostrophe makes it text.
fn field(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    let text = format!("{guard}{text}");
    match text.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_have_to_be_and_none_is_a_formula() {
        assert_eq!(field("plain text"), "plain text");
        assert_eq!(field("a,\"b\"\n"), "\"a,\"\"b\"\"\n\"");
        assert_eq!(field("=1+1"), "'=1+1");
    }
}
