//! `dossier import`: directories from CSV or JSON.

use std::env::vars_os;
use std::ffi::OsStr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::server_time::open_backend;
use super::{Exit, Failure, Global, print_json, print_text, start_logging};
use crate::model::directory::{Directory as Entries, DirectoryKind};
use crate::model::dsp::Professions;
use crate::model::ids::Oid;
use crate::server::{ImportCounts, read_profile};
use crate::settings::{self, Profile, Settings};
use crate::wire::directory_file::{self, Fault, FileFormat};
use crate::wire::policy_files::PolicyFiles;

/// Faults of a file that are shown; more would scroll the first ones away.
const FAULTS_SHOWN: usize = 100;

const EXAMPLES: &str = "\
Examples:
  dossier import patients patients.csv --config dossier.toml
  dossier import establishments establishments.json --dry-run --json

docs/import.md shows the columns. An entry that is known is brought up to date, one that the file does not list stays.
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
    /// Write {"read", "created", "updated", "unchanged"}, with --dry-run {"read"}
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
    /// Connected systems with their attestations of conformity.
    Systems,
    /// Legal representatives of minors.
    Representatives,
    /// Records of patients: status, grants and episodes as another deployment kept them (JSON only).
    Records,
    /// A FHIR bundle of Patient, Organization, Practitioner, PractitionerRole and RelatedPerson (JSON only).
    Bundle,
}

/// The form of a directory file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImportFormat {
    /// Comma-separated values with a header line.
    Csv,
    /// An object with a list of objects.
    Json,
}

impl Import {
    /// Runs the subcommand.
    ///
    /// # Errors
    /// Wrong settings, a file that cannot be read or has faults, a store that cannot be had.
    pub fn run(&self, global: &Global) -> Result<(), Failure> {
        let settings = settings::load(&global.sources(vars_os(), Vec::new()))?.settings;
        start_logging(&settings.log)?;
        let entries = self.entries(&settings)?;
        let counts = if self.dry_run { None } else { Some(self.write(&settings, &entries)?) };
        self.report(entries.len(), counts)
    }

    fn entries(&self, settings: &Settings) -> Result<Entries, Failure> {
        let shown = self.file.display();
        let bytes = std::fs::read(&self.file).map_err(|error| Failure::new(Exit::Failed, format!("{shown} cannot be read: {error}")))?;
        let authorities = settings.domain.assigning_authorities.iter().map(|oid| oid.as_str().parse::<Oid>());
        let authorities: Vec<_> = authorities
            .collect::<Result<_, _>>()
            .map_err(|error| Failure::new(Exit::Configuration, format!("domain.assigning_authorities is not {error}")))?;
        let professions = professions(settings)?;
        directory_file::read(self.directory.into(), self.format()?.into(), &bytes, &professions, &authorities)
            .map_err(|faults| Failure::new(Exit::Failed, heading(&shown.to_string(), faults.len())).with_details(lines(&faults)))
    }

    fn write(&self, settings: &Settings, entries: &Entries) -> Result<ImportCounts, Failure> {
        let imported = open_backend(settings)?.import(entries);
        imported.map_err(|error| {
            let message = format!("{} was not imported, nothing was changed: {error}", self.file.display());
            Failure::new(Exit::Failed, message)
        })
    }

    fn report(&self, read: usize, counts: Option<ImportCounts>) -> Result<(), Failure> {
        let words = match counts {
            None if self.json => return print_json(&json!({ "read": read })),
            Some(ImportCounts { created, updated, unchanged }) if self.json => {
                let all = json!({ "read": read, "created": created, "updated": updated, "unchanged": unchanged });
                return print_json(&all);
            }
            None => format!("{read} entries, no fault; nothing was imported (--dry-run)\n"),
            Some(ImportCounts { created, updated, unchanged }) => {
                format!("{read} entries: {created} new, {updated} changed, {unchanged} unchanged\n")
            }
        };
        print_text(&words)
    }

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

/// The professions of the profile in force, those of the operator's own files where there are any.
fn professions(settings: &Settings) -> Result<Professions, Failure> {
    match settings.deployment.profile {
        Profile::IheConnectathon => Ok(PolicyFiles::luxembourg_dsp().professions()),
        Profile::LuxembourgDsp => {
            let read = read_profile(settings.deployment.profile_directory.as_deref());
            let (rules, _) = read.map_err(|error| Failure::new(Exit::Configuration, format!("profile_directory: {error}")))?;
            Ok(rules.professions)
        }
    }
}

fn heading(file: &str, faults: usize) -> String {
    let number = if faults == 1 { "1 fault".to_owned() } else { format!("{faults} faults") };
    format!("{file} has {number}, nothing was imported:")
}

fn lines(faults: &[Fault]) -> Vec<String> {
    let more = faults.len().saturating_sub(FAULTS_SHOWN);
    let more = (more > 0).then(|| format!("and {more} more"));
    faults.iter().take(FAULTS_SHOWN).map(ToString::to_string).chain(more).collect()
}

impl From<Directory> for DirectoryKind {
    fn from(directory: Directory) -> Self {
        match directory {
            Directory::Patients => Self::Patients,
            Directory::Establishments => Self::Establishments,
            Directory::Professionals => Self::Professionals,
            Directory::Systems => Self::Systems,
            Directory::Representatives => Self::Representatives,
            Directory::Records => Self::Records,
            Directory::Bundle => Self::Bundle,
        }
    }
}

impl From<ImportFormat> for FileFormat {
    fn from(format: ImportFormat) -> Self {
        match format {
            ImportFormat::Csv => Self::Csv,
            ImportFormat::Json => Self::Json,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Imports a file of this name and text into a store inside `folder`.
    fn import(folder: &Path, name: &str, text: &str, more: Import) -> Result<(), Failure> {
        let file = folder.join(name);
        std::fs::write(&file, text).unwrap();
        let set = [
            ("data.directory", folder.join("data").display().to_string()),
            ("profile", "ihe-connectathon".to_owned()),
            ("environment", "test".to_owned()),
        ];
        let flags = set.into_iter().map(|(key, value)| settings::Flag::new("test", key, value)).collect();
        let settings = settings::load(&settings::Sources { flags, ..settings::Sources::default() }).unwrap().settings;
        let import = Import { file, ..more };
        let entries = import.entries(&settings)?;
        if !import.dry_run {
            import.write(&settings, &entries)?;
        }
        Ok(())
    }

    fn of(directory: Directory, dry_run: bool) -> Import {
        Import { directory, file: PathBuf::new(), format: None, dry_run, json: false }
    }

    const HEADER: &str = "id,assigning_authority,name,kinds,attested\n";

    #[test]
    fn a_dry_run_opens_no_store_and_an_import_makes_one() {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("{HEADER}E1,2.999.1,Hôpital,hopital,true\n");
        import(folder.path(), "e.csv", &text, of(Directory::Establishments, true)).unwrap();
        assert!(!folder.path().join("data").exists());
        import(folder.path(), "e.csv", &text, of(Directory::Establishments, false)).unwrap();
        assert!(folder.path().join("data/dossier.sqlite3").exists());
    }

    #[test]
    fn a_file_with_faults_changes_nothing_and_shows_them() {
        let folder = tempfile::tempdir().unwrap();
        let rows: String = (0..150).map(|number| format!("E{number},2.999.1,,hopital,true\n")).collect();
        let failure = import(folder.path(), "e.csv", &format!("{HEADER}{rows}"), of(Directory::Establishments, false)).unwrap_err();
        assert_eq!((failure.exit_code, failure.details.len()), (Exit::Failed, 101));
        assert!(failure.message.contains("150 faults"), "{failure}");
        assert_eq!(failure.details[0], "line 2, column name: a value is required");
        assert_eq!(failure.details[100], "and 50 more");
        assert!(!folder.path().join("data").exists());
    }

    #[test]
    fn professions_are_those_of_the_operators_own_files() {
        let folder = tempfile::tempdir().unwrap();
        let (shipped, own) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/luxembourg-dsp"), folder.path().join("own"));
        std::fs::create_dir(&own).unwrap();
        for file in std::fs::read_dir(shipped).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file()) {
            std::fs::copy(&file, own.join(file.file_name().unwrap())).unwrap();
        }
        let professions = std::fs::read_to_string(own.join("professions.csv")).unwrap() + "Rebouteux,medecin,\n";
        std::fs::write(own.join("professions.csv"), professions).unwrap();
        let file = folder.path().join("p.csv");
        std::fs::write(
            &file,
            "id,assigning_authority,family,profession,licence.valid_from,workplaces\nD1,2.999.1,Weis,Rebouteux,1998-09-01,cabinet\n",
        )
        .unwrap();
        let profile_of = |directory: Option<&Path>| {
            let set = [("profile", "luxembourg-dsp".to_owned()), ("environment", "test".to_owned())];
            let own = directory.map(|path| ("profile_directory", path.display().to_string()));
            let flags = set.into_iter().chain(own).map(|(key, value)| settings::Flag::new("test", key, value)).collect();
            let settings = settings::load(&settings::Sources { flags, ..settings::Sources::default() }).unwrap().settings;
            let entries = Import { file: file.clone(), ..of(Directory::Professionals, true) }.entries(&settings)?;
            let Entries::Professionals(read) = entries else { panic!("not what was asked for") };
            Ok::<_, Failure>(read[0].usage_profile.clone())
        };
        assert_eq!(profile_of(None).unwrap(), None);
        assert_eq!(profile_of(Some(&own)).unwrap().as_deref(), Some("medecin"));
        std::fs::remove_file(own.join("matrix.csv")).unwrap();
        assert_eq!(profile_of(Some(&own)).unwrap_err().exit_code, Exit::Configuration);
    }

    #[test]
    fn the_form_is_given_or_told_by_the_name() {
        let import = |file: &str, format| Import { file: PathBuf::from(file), format, ..of(Directory::Patients, true) };
        assert_eq!(import("a.csv", None).format(), Ok(ImportFormat::Csv));
        assert_eq!(import("a.csv", Some(ImportFormat::Json)).format(), Ok(ImportFormat::Json));
        assert_eq!(import("a.txt", None).format().unwrap_err().exit_code, Exit::Usage);
    }
}
