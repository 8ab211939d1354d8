//! Where a profile says something, for explanations: file, line and the words that stand there.

use super::PolicyFiles;
use super::table::{Row, Table};
use crate::model::dsp::{DocumentType, Level, UsageProfile};

/// A row of a file, or one cell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRow {
    /// The name of the file.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u64,
    /// What stands there.
    pub text: String,
}

impl PolicyFiles<'_> {
    /// The cell of a usage profile and a type of document; nothing where the matrix does not know one of them.
    pub fn cell(&self, profile: &UsageProfile, document_type: &DocumentType) -> Option<PolicyRow> {
        let table = Table::read("matrix.csv", self.matrix, &[]).ok()?;
        let column = table.columns.iter().position(|name| name == profile.as_str())?;
        let row = table.rows.iter().find(|row| row.cell(0) == document_type.as_str())?;
        Some(PolicyRow { file: table.file, line: row.line, text: format!("{document_type}, {profile}: {}", row.cell(column)) })
    }

    /// The rules of a type of document that no cell holds.
    pub fn constraints_on(&self, document_type: &DocumentType) -> Vec<PolicyRow> {
        let is_of_type = |row: &&Row| row.cell(0) == document_type.as_str();
        rows("constraints.csv", self.constraints, is_of_type)
    }

    /// Who may change one level into another; nothing where nobody may.
    pub fn transition(&self, from: Level, to: Level) -> Option<PolicyRow> {
        rows("transitions.csv", self.transitions, |row| row.cell(0) == from.code() && row.cell(1) == to.code()).pop()
    }
}

fn rows(file: &'static str, text: &str, wanted: impl Fn(&&Row) -> bool) -> Vec<PolicyRow> {
    let Ok(table) = Table::read(file, text, &[]) else { return Vec::new() };
    // A column `source` says where the rule is from, for those who keep the file.
    let told = table.columns.iter().take_while(|name| *name != "source").count();
    let words = |row: &Row| {
        let cells: Vec<_> = (0..told).map(|column| row.cell(column)).filter(|cell| !cell.is_empty()).collect();
        PolicyRow { file, line: row.line, text: cells.join(", ") }
    };
    table.rows.iter().filter(wanted).map(words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_type_is_found_with_its_line() {
        let files = PolicyFiles::luxembourg_dsp();
        let laboratory = DocumentType::from("resultats-biologie");
        let cell = files.cell(&UsageProfile::from("laborantin"), &laboratory).unwrap();
        let line = files.matrix.lines().position(|line| line.starts_with("resultats-biologie,")).unwrap() + 1;
        assert_eq!((cell.file, cell.line), ("matrix.csv", line as u64));
        assert_eq!(cell.text, "resultats-biologie, laborantin: read");
        assert_eq!(files.cell(&UsageProfile::from("plombier"), &laboratory), None);
        assert_eq!(files.constraints_on(&laboratory)[0].text, "resultats-biologie, from, laboratory");
        assert_eq!(files.transition(Level::Standard, Level::Announcement), None);
        assert!(files.transition(Level::Private, Level::Standard).unwrap().text.starts_with("PRIVE, STANDARD, holder"));
    }
}
