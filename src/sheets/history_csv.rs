//! The activity history as comma-separated values, one entry a line, with a line of headings.

use super::csv::row;
use super::{ActivityWords, HistorySheet};

/// The lines. Times are those of Luxembourg; several documents are separated by `; `. The byte order mark tells spreadsheets
/// that it is UTF-8.
pub fn history_csv(sheet: &HistorySheet<'_>) -> String {
    let language = sheet.language;
    let headings = row(&language.columns());
    let lines = sheet.entries.iter().map(|activity| {
        let words = ActivityWords::of(activity, language);
        let text = |text: Option<String>| text.unwrap_or_default();
        row(&[
            words.when,
            words.who,
            text(words.function),
            text(words.establishment),
            text(words.representative),
            words.what.to_owned(),
            words.ground.unwrap_or_default().to_owned(),
            words.failure.unwrap_or_else(|| language.success()).to_owned(),
            text(words.reason),
            words.documents.join("; "),
        ])
    });
    let note = sheet.has_more.then(|| row(&[&[language.more()], [""; 9].as_slice()].concat()));
    ["\u{feff}".to_owned(), headings].into_iter().chain(lines).chain(note).collect()
}
