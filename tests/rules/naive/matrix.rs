//! The matrix, read from its file anew (access rules, 4).

/// The file of the deployment whose rules the tests ask.
const FILE: &str = include_str!("../../../profiles/luxembourg-dsp/matrix.csv");

/// Lines of cells, the line of headings first. No cell of the file is quoted.
pub(crate) struct Matrix {
    lines: Vec<Vec<&'static str>>,
}

impl Matrix {
    /// The matrix of the deployment.
    pub(crate) fn load() -> Self {
        let lines: Vec<Vec<&str>> = FILE.lines().map(|line| line.split(',').collect()).collect();
        let width = lines[0].len();
        assert!(lines.iter().all(|line| line.len() == width), "a line of the matrix has a cell too many or too few");
        Self { lines }
    }

    /// Names of the rows.
    pub(crate) fn types(&self) -> Vec<&'static str> {
        self.lines[1..].iter().map(|line| line[0]).collect()
    }

    /// "Unknown profession or unknown document type: no right" (4): whether the row is there.
    pub(super) fn knows_type(&self, document_type: &str) -> bool {
        self.lines[1..].iter().any(|line| line[0] == document_type)
    }

    /// The same of a column; the first two hold the row's name and its label.
    pub(super) fn knows_profile(&self, profile: &str) -> bool {
        self.lines[0][2..].contains(&profile)
    }

    /// Whether the cell says `read` or `read+write`.
    pub(super) fn may_read(&self, profile: &str, document_type: &str) -> bool {
        matches!(self.cell(profile, document_type), Some("read" | "read+write"))
    }

    /// Whether the cell says `write` or `read+write`.
    pub(super) fn may_write(&self, profile: &str, document_type: &str) -> bool {
        matches!(self.cell(profile, document_type), Some("write" | "read+write"))
    }

    fn cell(&self, profile: &str, document_type: &str) -> Option<&str> {
        let column = (2..self.lines[0].len()).find(|column| self.lines[0][*column] == profile)?;
        self.lines[1..].iter().find(|line| line[0] == document_type).map(|line| line[column])
    }
}
