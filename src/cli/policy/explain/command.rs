//! The subcommand.

use std::env::vars_os;

use clap::Args;

use super::act::{Act, CutMandate, Details, SentFormat};
use super::facts::sentences;
use super::told::{Told, rows};
use crate::cli::server_time::open_backend;
use crate::cli::{Exit, Failure, Global, patient_argument, print_json, print_text, start_logging};
use crate::model::civil_day::start_of;
use crate::model::dsp::{Author, Level};
use crate::model::explanation::{AccessQuestion, AskedDocument};
use crate::model::timestamp::Instant;
use crate::server::{ExplainError, ImaginedCaller, with_profile};
use crate::settings::{self, Settings};

const EXAMPLES: &str = "\
Examples:
  dossier policy explain --as D02 --patient 1958031498124 --document 2.999.442.5.1.4 --config dossier.toml
  dossier policy explain --as D07 --organisation E1 --patient 1958031498124 --type imagerie --level CONFIDENTIEL
  dossier policy explain --as D03 --patient 1958031498124 --type resume-patient --action submit --at 2025-03-17T09:00+01:00
  dossier policy explain --as 1986070298269 --patient 1958031498124 --action close --json

Directories, record and document are taken as they are now, and looked at as of the time of --at: mandates, licences and
attestations with their days, the level and the author as they are. Times are those of Luxembourg. That the question was asked is
written into the activity history of the record.
Exit codes: 0 explained, whether allowed or denied; 1 it cannot be answered, 2 wrong usage, 3 wrong settings, 4 database not to be had.";

/// Say whether somebody may do something with a record, by which rule, and what that rests on.
#[derive(Args, Clone)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli::policy) struct Explain {
    /// Who: the id of a professional, or a patient; without it, the system of --connection alone
    #[arg(long = "as", value_name = "PERSON", required_unless_present = "connection")]
    person: Option<String>,
    /// patient, representant-legal, administrateur-dossier, cns, etablissement or admin [default: as the person's id says]
    #[arg(long, value_name = "QUALITY")]
    quality: Option<String>,
    /// The legal representative who acts in the account of the person, a child
    #[arg(long, value_name = "PATIENT")]
    representative: Option<String>,
    /// Why a record administrator opens the record
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The establishment that the request names, by its id
    #[arg(long, value_name = "ID")]
    organisation: Option<String>,
    /// The establishment through whose own connection the request comes, or `none` [default: that of --organisation]
    #[arg(long, value_name = "ID")]
    connection: Option<String>,
    /// Whose record: the identifier of the domain's own authority, or ID^^^&AUTHORITY&ISO
    #[arg(long, value_name = "PATIENT")]
    patient: String,
    /// The document: its entryUUID or uniqueId
    #[arg(long, value_name = "ID", conflicts_with_all = ["document_type", "level", "author"])]
    document: Option<String>,
    /// In place of --document: one of this type
    #[arg(long = "type", value_name = "TYPE")]
    document_type: Option<String>,
    /// At this level
    #[arg(long, value_name = "LEVEL", value_parser = level, default_value = "STANDARD", requires = "document_type")]
    level: Level,
    /// Sent by this professional, or patient
    #[arg(long, value_name = "PERSON", requires = "document_type")]
    author: Option<String>,
    /// What they would do [default: read where a document is named, else list]
    #[arg(long, value_name = "ACTION")]
    action: Option<Act>,
    /// The new level, for change-level
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    to: Option<Level>,
    /// The format of a document that is sent
    #[arg(long, value_name = "FORMAT", default_value = "other")]
    format: SentFormat,
    /// Whom to shut out, for blacklist
    #[arg(long, value_name = "ID")]
    professional: Option<String>,
    /// Which mandate, for shorten-mandate
    #[arg(long, value_name = "MANDATE")]
    mandate: Option<CutMandate>,
    /// Whose episode is declared, for episode and emergency-episode [default: that of --connection]
    #[arg(long, value_name = "ID")]
    establishment: Option<String>,
    /// When: a time with its zone, or a day [default: now]
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<Instant>,
    /// Write {"decision", "reason", "rule", "mandate", "profile", "at", "facts"}
    #[arg(long)]
    json: bool,
}

impl Explain {
    /// Runs the subcommand.
    ///
    /// # Errors
    /// Wrong settings, a store that cannot be had, somebody or something that is not named as it has to be.
    pub(in crate::cli::policy) fn run(&self, global: &Global) -> Result<(), Failure> {
        let settings = settings::load(&global.sources(vars_os(), Vec::new()))?.settings;
        start_logging(&settings.log)?;
        let question = self.question(&settings)?;
        let backend = open_backend(&settings)?;
        let at = self.at.unwrap_or_else(|| backend.clock.instant());
        let explanation = backend.explain(&self.caller(), &question, Some(at)).map_err(failure)?;
        let profile = with_profile(settings.deployment.profile_directory.as_deref(), |files| rows(&question.act, &explanation, files))?;
        let told = Told {
            act: self.act().in_words(),
            who: self.person.as_deref().or(question.connection.as_deref()).unwrap_or_default(),
            patient: &self.patient,
            at,
            explanation: &explanation,
            facts: sentences(&explanation, question.connection.as_deref()),
            rows: profile,
        };
        if self.json { print_json(&told.as_json()) } else { print_text(&told.in_words()) }
    }

    fn act(&self) -> Act {
        let about_document = self.document.is_some() || self.document_type.is_some();
        self.action.unwrap_or(if about_document { Act::Read } else { Act::List })
    }

    fn caller(&self) -> ImaginedCaller {
        ImaginedCaller {
            person: self.person.clone(),
            organisation: self.organisation.clone(),
            quality: self.quality.clone(),
            representative: self.representative.clone(),
            access_reason: self.reason.clone(),
        }
    }

    fn question(&self, settings: &Settings) -> Result<AccessQuestion, Failure> {
        let connection = self.connection.as_ref().or(self.organisation.as_ref()).filter(|id| *id != "none");
        let details = Details {
            to: self.to,
            format: self.format,
            professional: self.professional.as_deref(),
            mandate: self.mandate,
            establishment: self.establishment.as_ref().or(connection).map(String::as_str),
        };
        Ok(AccessQuestion {
            patient_id: patient_argument(&self.patient, "--patient", settings)?,
            act: self.act().asked(&details)?,
            document: self.document(settings)?,
            connection: connection.cloned(),
        })
    }

    fn document(&self, settings: &Settings) -> Result<Option<AskedDocument>, Failure> {
        if let Some(id) = &self.document {
            let wrong = || Failure::new(Exit::Usage, "--document is neither an entryUUID nor a uniqueId");
            let entry = id.parse().or_else(|_| format!("urn:uuid:{id}").parse());
            return Ok(Some(match entry {
                Ok(entry) => AskedDocument::Entry(entry),
                Err(_) => AskedDocument::Document(id.parse().map_err(|_| wrong())?),
            }));
        }
        let author = self.author.as_ref().map(|author| self.author(author, settings)).transpose()?;
        Ok(self.document_type.as_ref().map(|kind| AskedDocument::described(kind, self.level, author)))
    }

    /// A patient has a number, or says who gave it.
    fn author(&self, author: &str, settings: &Settings) -> Result<Author, Failure> {
        let is_patient = author.contains('^') || author.bytes().all(|byte| byte.is_ascii_digit());
        if !is_patient {
            return Ok(Author::Professional(author.into()));
        }
        let person = patient_argument(author, "--author", settings)?;
        Ok(Author::Person(person.to_string().as_str().into()))
    }
}

fn failure(error: ExplainError) -> Failure {
    Failure::new(Exit::Failed, format!("it cannot be explained: {error}"))
}

fn level(text: &str) -> Result<Level, String> {
    let known = Level::ALL.map(Level::code).join(", ");
    Level::of_code(&text.to_ascii_uppercase()).ok_or_else(|| format!("known are {known}"))
}

fn time(text: &str) -> Result<Instant, String> {
    let parsed = text.parse().ok().or_else(|| start_of(text));
    parsed.ok_or_else(|| "write a time with its zone, as in 2025-03-17T09:00:00+01:00, or a day, YYYY-MM-DD".to_owned())
}
