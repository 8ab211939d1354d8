//! `dossier client submit`: Provide and Register Document Set-b (ITI-41).

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::{Caller, Metadata, patient};
use crate::cli::{Exit, Failure};
use crate::settings::parse_duration;

const EXAMPLES: &str = "\
Examples:
  dossier client submit report.pdf --patient '1958031498124^^^&1.3.182.4.4&ISO'
  dossier client submit report.pdf --patient '1958031498124^^^&1.3.182.4.4&ISO' --metadata report.toml --title 'Second opinion'
  dossier client submit report.pdf --patient '1958031498124^^^&1.3.182.4.4&ISO' --json | jq -r .uniqueId

A metadata file (.toml or .json) has the names of the flags with underscores: type_code = \"11488-4^2.16.840.1.113883.6.1\".
Flags override the file. The answer tells the document's uniqueId and entryUUID, and with --registry also where it is.";

/// Submit a document (ITI-41).
#[derive(Args, Clone)]
#[command(after_help = EXAMPLES)]
pub struct Submit {
    /// The document
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The patient, as CX: ID^^^&OID&ISO; or P01 to P12 of the demo
    #[arg(long, value_name = "CX", value_parser = patient)]
    pub patient: String,
    /// The repository [default: http://127.0.0.1:8080/xds/repository, or with --as that of the demo]
    #[arg(long)]
    pub url: Option<String>,
    /// The registry, asked afterwards where the document went (repositoryUniqueId)
    #[arg(long, value_name = "URL")]
    pub registry: Option<String>,
    /// A file with metadata, TOML or JSON by its name
    #[arg(long = "metadata", value_name = "FILE")]
    pub metadata_file: Option<PathBuf>,
    /// What is said about the document.
    #[command(flatten)]
    pub metadata: Metadata,
    /// The uniqueId of the document, an OID [default: a new one]
    #[arg(long, value_name = "OID")]
    pub unique_id: Option<String>,
    /// The sourceId of the submission set, an OID
    #[arg(long, value_name = "OID", default_value = "2.999.442.9.3")]
    pub source_id: String,
    /// The entryUUID of the document this one replaces (RPLC)
    #[arg(long, value_name = "ENTRY_UUID")]
    pub replaces: Option<String>,
    /// Send the document inline as base64 rather than as an MTOM part
    #[arg(long)]
    pub inline: bool,
    /// Who calls.
    #[command(flatten)]
    pub caller: Caller,
    /// The longest wait for the answer
    #[arg(long, value_name = "DURATION", default_value = "5min", value_parser = parse_duration)]
    pub timeout: Duration,
    /// Write {"uniqueId", "entryUUID", "status", "repositoryUniqueId"}, the last null without --registry
    #[arg(long)]
    pub json: bool,
}

impl Submit {
    /// The metadata: flags before the metadata file before the defaults.
    ///
    /// # Errors
    /// A metadata file that cannot be read, is neither TOML nor JSON, or names something unknown.
    pub fn metadata(&self) -> Result<Metadata, Failure> {
        let from_file = self.metadata_file.as_deref().map(read).transpose()?.unwrap_or_default();
        Ok(self.metadata.clone().or(from_file).or(Metadata::defaults()))
    }
}

fn read(path: &Path) -> Result<Metadata, Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| Failure::new(Exit::Failed, format!("{shown} cannot be read: {error}")))?;
    let parsed = match path.extension().and_then(|extension| extension.to_str()) {
        Some("toml") => toml::from_str(&text).map_err(|error: toml::de::Error| error.message().to_owned()),
        Some("json") => serde_json::from_str(&text).map_err(|error| error.to_string()),
        Some(_) | None => {
            return Err(Failure::new(Exit::Usage, format!("{shown} ends neither in .toml nor in .json")));
        }
    };
    parsed.map_err(|error| Failure::new(Exit::Failed, format!("{shown} is no metadata file:")).with_details([error]))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        submit: Submit,
    }

    fn submit(more: &[&str]) -> Submit {
        let line = ["submit", "a.pdf", "--patient", "P1^^^&1.3.182.4.4&ISO"];
        Line::try_parse_from(line.iter().chain(more)).map(|line| line.submit).unwrap()
    }

    #[test]
    fn file_and_patient_are_enough() {
        let metadata = submit(&[]).metadata().unwrap();
        assert_eq!(metadata, Metadata::defaults());
    }

    #[test]
    fn flags_go_before_the_file_and_the_file_before_defaults() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("m.toml", "title = \"from file\"\ntype_code = \"t^s\"\nconfidentiality_code = [\"R^x\"]\n"),
            ("m.json", r#"{"title": "from file", "type_code": "t^s", "confidentiality_code": ["R^x"]}"#),
        ] {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            let metadata = submit(&["--metadata", path.to_str().unwrap(), "--title", "typed"]).metadata().unwrap();
            assert_eq!(metadata.title.as_deref(), Some("typed"));
            assert_eq!(metadata.type_code, "t^s".parse().ok());
            assert_eq!(metadata.confidentiality_codes, vec!["R^x".parse().unwrap()]);
            assert_eq!(metadata.language, Metadata::defaults().language);
        }
    }

    #[test]
    fn an_unknown_name_in_the_file_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.toml");
        std::fs::write(&path, "titel = \"x\"\n").unwrap();
        let failure = submit(&["--metadata", path.to_str().unwrap()]).metadata().unwrap_err();
        assert!(failure.to_string().contains("titel"), "{failure}");
    }
}
