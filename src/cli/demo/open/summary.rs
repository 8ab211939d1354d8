//! Where everything is, and what to try.

use std::net::SocketAddr;
use std::path::PathBuf;

use uuid::Uuid;

use crate::cli::demo::shell::{program, quoted};
use crate::cli::{Exit, Failure};
use crate::demo;
use crate::server::Addresses;
use crate::settings::Settings;

/// A PDF in the data folder to submit.
const SAMPLE: &str = "sample.pdf";
const SAMPLE_CONTENT: &str = "K05.pdf";

/// What is told once the population is there.
pub(super) struct Summary {
    program: PathBuf,
    folder: PathBuf,
    addresses: Addresses,
    /// Where the server was told to listen: its name as an issuer of tokens.
    listen: SocketAddr,
    patient: String,
    unique_id: String,
}

impl Summary {
    /// Writes the sample file and finds out what to tell.
    ///
    /// # Errors
    /// The data folder cannot be written.
    pub(super) fn prepare(addresses: Addresses, settings: &Settings) -> Result<Self, Failure> {
        let folder = std::path::absolute(&settings.data.directory).unwrap_or_else(|_| settings.data.directory.clone());
        let broken = |error: demo::BrokenFixture| Failure::new(Exit::Failed, error.to_string());
        let patients = demo::patients().map_err(broken)?;
        let documents = demo::documents(&patients).map_err(broken)?;
        if let Some(document) = documents.iter().find(|document| document.file_name == SAMPLE_CONTENT) {
            let path = folder.join(SAMPLE);
            std::fs::write(&path, document.content).map_err(|error| {
                let message =
                    format!("cannot write {}: {error}; choose a folder that you may write to with --data-dir DIR", path.display());
                Failure::new(Exit::CannotStart, message)
            })?;
        }
        let patient = patients.first().map(|patient| patient.patient_id.to_string()).unwrap_or_default();
        // A UUID as an OID (ITU-T X.667), new at each start, so that the commands work at each start.
        let unique_id = format!("2.25.{}", Uuid::new_v4().as_u128());
        Ok(Self { program: program(), folder, addresses, listen: settings.http.listen, patient, unique_id })
    }

    /// The whole text.
    pub(super) fn text(&self) -> String {
        let Addresses { http, operations, mllp, .. } = &self.addresses;
        let mllp = mllp.map_or_else(|| "off".to_owned(), |address| format!("{address} (MLLP)"));
        let folder = self.folder.display();
        let [submit, find, retrieve] = self.commands();
        let token = self.token_command();
        format!(
            "\
Dossier answers, with 12 patients and 29 documents of a sample population. Everything in it is invented.
No access rules: everybody sees everything (--open).

  registry         http://{http}/xds/registry     (register, query, update, remove; ?wsdl)
  repository       http://{http}/xds/repository   (provide, retrieve, remove; ?wsdl)
  identity feed    {mllp}, http://{http}/hl7v3/patient-feed (HL7 v3; ?wsdl)
  FHIR R4          http://{http}/fhir             (metadata; .well-known/smart-configuration)
  health, metrics  http://{operations}/readyz, http://{operations}/metrics
  data folder      {folder}

Try in another terminal: submit a PDF, find it, get it back byte for byte.

  {submit}
  {find}
  {retrieve}

Act as somebody: get a token about a person of the population, for Authorization: Bearer at the FHIR interface.

  {token}

Ctrl-C stops the server; the data stays for the next start. Remove the data folder to begin anew.
"
        )
    }

    /// A token about a physician, with what the command has to know of this server.
    fn token_command(&self) -> String {
        let (program, folder) = (quoted(&self.program), quoted(&self.folder));
        let listen = self.listen;
        format!(
            "{program} token --as D01 --set environment=demo --set demo_authorization.enabled=true --set data.directory={folder} --set http.listen={listen}"
        )
    }

    /// Submit, find, retrieve and compare.
    fn commands(&self) -> [String; 3] {
        let program = quoted(&self.program);
        let sample = quoted(&self.folder.join(SAMPLE));
        let copy = quoted(&self.folder.join("copy.pdf"));
        let Self { addresses: Addresses { http, .. }, patient, unique_id, .. } = self;
        [
            format!(
                "{program} client submit {sample} --patient '{patient}' --title 'My first document' --unique-id {unique_id} --url http://{http}/xds/repository"
            ),
            format!("{program} client find --patient '{patient}' --url http://{http}/xds/registry"),
            format!(
                "{program} client retrieve {unique_id} --output {copy} --url http://{http}/xds/repository && cmp {sample} {copy} && echo identical"
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_names_all_places() {
        let address = |port| ([127, 0, 0, 1], port).into();
        let summary = Summary {
            program: PathBuf::from("/bin/dossier"),
            folder: PathBuf::from("/data"),
            addresses: Addresses {
                http: address(1),
                operations: address(2),
                mllp: Some(address(3)),
                https: None,
                mllp_tls: None,
                syslog_tls: None,
                syslog_udp: None,
            },
            listen: address(1),
            patient: "P1^^^&1.2&ISO".to_owned(),
            unique_id: "2.25.7".to_owned(),
        };
        let text = summary.text();
        for part in [
            "http://127.0.0.1:1/xds/registry",
            "http://127.0.0.1:2/readyz",
            "127.0.0.1:3 (MLLP)",
            "/data/sample.pdf",
            "'P1^^^&1.2&ISO'",
            "token --as D01",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert_eq!(text.matches("/bin/dossier client ").count(), 3);
        assert_eq!(text.matches("2.25.7").count(), 2);
    }

    #[test]
    fn the_numbers_told_are_those_of_the_fixtures() {
        let patients = demo::patients().unwrap();
        assert_eq!((patients.len(), demo::documents(&patients).unwrap().len()), (12, 29));
    }
}
