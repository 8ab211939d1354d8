//! A CSV file as rows of named cells.

use super::PolicyFault;

/// A file: its columns and the rows below them.
pub(super) struct Table {
    pub(super) file: &'static str,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Row>,
}

/// One row.
pub(super) struct Row {
    pub(super) line: u64,
    cells: Vec<String>,
}

impl Row {
    /// The cell below the column with this index; every row has one.
    pub(super) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| cell.trim())
    }
}

impl Table {
    /// Reads a file whose first columns are those of `leading`.
    pub(super) fn read(file: &'static str, text: &str, leading: &[&str]) -> Result<Self, Vec<PolicyFault>> {
        let fault = |line: u64, text: String| vec![PolicyFault { file, line, text }];
        let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
        let header = reader.headers().map_err(|error| fault(1, format!("the line cannot be read: {error}")))?;
        let columns: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
        if columns.get(..leading.len()).is_none_or(|found| found != leading) {
            return Err(fault(1, format!("the first columns must be {}, in this order", leading.join(", "))));
        }
        let (mut rows, mut faults) = (Vec::new(), Vec::new());
        for record in reader.records() {
            match record {
                Ok(record) => rows.push(Row {
                    line: record.position().map_or(0, csv::Position::line),
                    cells: record.iter().map(str::to_owned).collect(),
                }),
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    faults.push(PolicyFault { file, line, text: format!("the line cannot be read: {error}") });
                }
            }
        }
        if faults.is_empty() { Ok(Self { file, columns, rows }) } else { Err(faults) }
    }

    /// A fault of this file.
    pub(super) fn fault(&self, line: u64, text: impl Into<String>) -> PolicyFault {
        PolicyFault { file: self.file, line, text: text.into() }
    }
}
