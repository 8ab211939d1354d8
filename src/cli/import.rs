//! `dossier import`: directories from CSV or JSON.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Exit, Failure};

const EXAMPLES: &str = "\
Examples:
  dossier import patients patients.csv --config dossier.toml
  dossier import establishments establishments.json --dry-run --json

Exit codes: 0 imported, 1 a row is wrong (then nothing is imported), 3 wrong settings, 4 database not to be had.";

/// Import a directory of patients, establishments or professionals.
#[derive(Args, Clone)]
#[command(after_help = EXAMPLES)]
pub struct Import {
    /// What the file lists
    pub directory: Directory,
    /// The file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The form of the file [default: by its name, .csv or .json]
    #[arg(long)]
    pub format: Option<ImportFormat>,
    /// Only check the file
    #[arg(long)]
    pub dry_run: bool,
    /// Write {"read", "created", "updated", "unchanged"}
    #[arg(long)]
    pub json: bool,
}

/// What can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Directory {
    /// Patients with their identifiers.
    Patients,
    /// Hospitals, laboratories, pharmacies, practices.
    Establishments,
    /// Health professionals and where they work.
    Professionals,
}

/// The form of a directory file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImportFormat {
    /// Comma-separated values with a header line.
    Csv,
    /// A list of JSON objects.
    Json,
}

impl Import {
    /// The form given, or the one the file's name tells.
    ///
    /// # Errors
    /// Neither `--format` nor a name that ends in `.csv` or `.json`.
    pub fn format(&self) -> Result<ImportFormat, Failure> {
        let by_name = match self.file.extension().and_then(OsStr::to_str) {
            Some("csv") => Some(ImportFormat::Csv),
            Some("json") => Some(ImportFormat::Json),
            Some(_) | None => None,
        };
        let message = "the file's name ends neither in .csv nor in .json: say --format csv or --format json";
        self.format.or(by_name).ok_or_else(|| Failure::new(Exit::Usage, message))
    }
}
