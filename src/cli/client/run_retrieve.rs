//! `dossier client retrieve`, done.

use std::io::{self, Write, stdout};
use std::path::Path;

use crate::cli::{Exit, Failure, print_text};
use crate::client::soap::{RetrievedDocument, Timeouts, XdsClient};
use crate::model::document_entry::DocumentEntry;
use crate::model::document_request::DocumentRequest;
use crate::model::ids::UniqueId;

use super::caller::Services;
use super::output_file::OutputFile;
use super::printable::printable;
use super::refusal::in_words;
use super::registered::registered;
use super::submission::parsed;
use super::{Retrieve, note};

impl Retrieve {
    /// Runs the subcommand.
    ///
    /// # Errors
    /// All that can keep the repository from giving the document or this machine from writing it.
    pub fn run(&self) -> Result<(), Failure> {
        let unique_id: UniqueId = parsed("UNIQUE_ID", self.unique_id.parse())?;
        let home_community_id = self.home.as_deref().map(|home| parsed("--home", home.parse())).transpose()?;
        let timeouts = Timeouts { answer: self.timeout, ..Timeouts::default() };
        let services = Services { registry: self.registry.as_deref(), repository: self.url.as_deref() };
        let (client, _) = self.caller.client(&services, timeouts)?;
        let entry = if self.registry.is_some() { registered(&client, &unique_id)? } else { None };
        if self.registry.is_some() && entry.is_none() {
            note("the registry knows no document of this uniqueId, so that the content cannot be checked");
        }
        let request = DocumentRequest { home_community_id, repository_unique_id: self.repository.clone(), unique_id };
        if self.output == "-" {
            let document = retrieve(&client, request, || Ok(stdout().lock()))?;
            return check(&document, entry.as_ref());
        }
        let path = Path::new(&self.output);
        let failed = |error: io::Error| Failure::new(Exit::Failed, format!("{} cannot be written: {error}", self.output));
        if !self.force && path.symlink_metadata().is_ok() {
            return Err(Failure::new(Exit::Usage, format!("{} is there already; say --force to replace it", self.output)));
        }
        let document = retrieve(&client, request, || OutputFile::beside(path))?;
        check(&document, entry.as_ref())?;
        let (size, hash, mime_type) = (document.size, document.hash.as_str().to_owned(), printable(&document.described.mime_type));
        document.sink.put_in_place(self.force).map_err(failed)?;
        print_text(&format!("{}: {size} bytes, {mime_type}, SHA-1 {hash}\n", self.output))
    }
}

fn retrieve<W: Write>(
    client: &XdsClient,
    request: DocumentRequest,
    open: impl Fn() -> io::Result<W>,
) -> Result<RetrievedDocument<W>, Failure> {
    let mut retrieval = client.retrieve(&[request], |_| open())?;
    retrieval.outcome.errors.iter().for_each(|error| note(&in_words(error)));
    match (retrieval.documents.pop(), retrieval.documents.is_empty()) {
        (Some(document), true) => {
            document.described.new_unique_id.iter().for_each(|id| note(&format!("made on demand, with the uniqueId {}", printable(id))));
            Ok(document)
        }
        (None, _) => Err(Failure::new(Exit::Refused, "the repository answers without the document")),
        (Some(_), false) => Err(Failure::new(Exit::Failed, "the repository gave the document more than once")),
    }
}

/// Compares the content with what the registry says of it.
fn check<W>(document: &RetrievedDocument<W>, entry: Option<&DocumentEntry>) -> Result<(), Failure> {
    let Some(entry) = entry else { return Ok(()) };
    let other_size = entry.size.filter(|size| *size != document.size).map(|size| format!("size {}, not {size}", document.size));
    let other_hash = entry.hash.as_ref().filter(|hash| **hash != document.hash);
    let other_hash = other_hash.map(|hash| format!("SHA-1 {}, not {}", document.hash.as_str(), hash.as_str()));
    let differences: Vec<String> = other_size.into_iter().chain(other_hash).collect();
    if differences.is_empty() {
        return Ok(());
    }
    let message = "the document is not the one that was registered; do not use it, and tell the operator of the repository:";
    Err(Failure::new(Exit::Failed, message).with_details(differences))
}
