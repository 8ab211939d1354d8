//! What people read on paper, in a spreadsheet or at a terminal: the activity history in words (access rules, 8).

mod activity_words;
pub mod csv;
mod face;
mod history_csv;
mod history_pdf;
mod language;
mod page;
#[cfg(test)]
mod tests;

pub use activity_words::ActivityWords;
pub use history_csv::history_csv;
pub use history_pdf::{PDF, SheetError, history_pdf};
pub use language::Language;

use crate::model::activity::Activity;
use crate::model::timestamp::Instant;

/// What a sheet shows.
#[derive(Debug, Clone, Copy)]
pub struct HistorySheet<'a> {
    /// Whose record: the identifier alone.
    pub patient: &'a str,
    /// In which language.
    pub language: Language,
    /// When it is made.
    pub made_at: Instant,
    /// The entries, the newest first.
    pub entries: &'a [Activity],
    /// Whether older entries are left out.
    pub has_more: bool,
}
