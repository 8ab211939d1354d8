//! Where everything is, who is who, and what to try.

use std::path::{Path, PathBuf};

use super::personas::PERSONAS;
use crate::cli::demo::DemoFolder;
use crate::cli::demo::folder::USUAL;
use crate::cli::demo::shell::{program, quoted};
use crate::cli::{Exit, Failure};
use crate::demo::{self, SampleDocument};
use crate::model::civil_day;
use crate::model::timestamp::Instant;
use crate::server::Addresses;

/// What is told once the story is.
pub(super) struct Summary {
    program: PathBuf,
    folder: PathBuf,
    addresses: Addresses,
    /// The uniqueId of a letter that everybody around P08 reads, and of one that only few read.
    ordinary: String,
    confidential: String,
    numbers: (usize, usize),
}

impl Summary {
    /// Finds out what to tell.
    ///
    /// # Errors
    /// The sample population is broken.
    pub(super) fn prepare(folder: &DemoFolder) -> Result<Self, Failure> {
        let broken = |error: demo::BrokenFixture| Failure::new(Exit::Failed, error.to_string());
        let patients = demo::patients().map_err(broken)?;
        let documents = demo::documents(&patients).map_err(broken)?;
        let unique_id = |file: &str| {
            let document = documents.iter().find(|document| document.file_name == file);
            document.and_then(SampleDocument::unique_id).map(ToString::to_string).unwrap_or_default()
        };
        Ok(Self {
            program: program(),
            folder: folder.path().to_owned(),
            addresses: *folder.addresses(),
            ordinary: unique_id("K05.pdf"),
            confidential: unique_id("K29.xml"),
            numbers: (patients.len(), documents.len()),
        })
    }

    /// The whole text, told at that time of the server's clock.
    pub(super) fn text(&self, now: Instant) -> String {
        let Addresses { http, operations, mllp_tls, https, .. } = &self.addresses;
        let mllp = mllp_tls
            .map_or_else(|| "off".to_owned(), |address| format!("localhost:{}  (MLLP over TLS, for establishments)", address.port()));
        let secure = https.map_or_else(|| "off".to_owned(), |address| format!("https://localhost:{}", address.port()));
        let folder = self.folder.display();
        let (patients, documents) = self.numbers;
        let when = civil_day::time_of(now);
        let commands = self.commands().join("\n  ");
        let personas: String = PERSONAS.iter().map(|(flags, sees)| format!("  {flags:<29}  {sees}\n")).collect();
        let token = format!("{} token{}", quoted(&self.program), self.where_it_is());
        format!(
            "\
Dossier answers, with {patients} patients and {documents} documents. Everything in them is invented.
The access rules decide who sees what. The server believes it is {when} in Luxembourg.

  over TLS         {secure}  (/fhir, /xds/registry, /xds/repository)
  without          http://{http}  (the same, for people; establishments come over TLS)
  identity feed    {mllp}
  operations       http://{operations}  (/readyz, /metrics, /fhir/$set-clock)
  data folder      {folder}  (dossier.toml: its settings; pki/: its certificates)

Try in another terminal, in this folder:

  {commands}

Be somebody: a token, or with --saml an assertion. The flags go with `dossier client` as well.

  {token} --as NAME

{personas}
Ctrl-C stops the server, and its clock until the next start. Remove the data folder to begin anew.
"
        )
    }

    /// How commands find the demonstration, unless it is where they look.
    fn where_it_is(&self) -> String {
        let usual = std::path::absolute(USUAL).ok() == std::path::absolute(&self.folder).ok();
        if usual { String::new() } else { format!(" --demo {}", quoted(Path::new(&self.folder))) }
    }

    /// What works as it stands, or is refused.
    fn commands(&self) -> Vec<String> {
        let Self { addresses: Addresses { http, .. }, ordinary, confidential, .. } = self;
        let (program, demo) = (quoted(&self.program), self.where_it_is());
        let client = |rest: &str| format!("{program} client {rest}{demo}");
        vec![
            "# what the referring physician sees, over SOAP and over FHIR".to_owned(),
            client("find --as D01 --patient P08"),
            format!("TOKEN=$({program} token --as D01{demo})"),
            format!("URL='http://{http}/fhir/DocumentReference?patient=Patient/1939062198893'"),
            "curl -H \"Authorization: Bearer $TOKEN\" \"$URL\"".to_owned(),
            "# a document, byte for byte".to_owned(),
            client(&format!("retrieve {ordinary} --as D01 --output copy.pdf --force")),
            "# refused: K29 is confidentiel, and for a ward nurse it is not there".to_owned(),
            client(&format!("retrieve {confidential} --as I01 --output -")),
            "# nothing: a dentist who lost the licence is let in nowhere".to_owned(),
            client("find --as D09 --patient P09"),
        ]
    }
}
