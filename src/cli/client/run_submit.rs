//! `dossier client submit`, done.

use std::fs::File;
use std::io::Seek;
use std::path::Path;
use std::time::UNIX_EPOCH;

use serde_json::json;

use crate::cli::{Exit, Failure, print_json, print_text};
use crate::client::soap::{OutgoingDocument, RegistryOutcome, Timeouts, digest};
use crate::model::document_entry::DocumentEntry;
use crate::model::timestamp::Instant;

use super::caller::Services;
use super::mime_type::mime_type;
use super::refusal::in_words;
use super::registered::registered;
use super::submission::{Content, FileFacts, Order, submission};
use super::{Submit, note};

impl Submit {
    /// Runs the subcommand.
    ///
    /// # Errors
    /// A file that cannot be read, wrong metadata, and all that can keep the repository from accepting.
    pub fn run(&self) -> Result<(), Failure> {
        let metadata = self.metadata()?;
        let timeouts = Timeouts { answer: self.timeout, ..Timeouts::default() };
        let services = Services { registry: self.registry.as_deref(), repository: self.url.as_deref() };
        let (client, now) = self.caller.client(&services, timeouts)?;
        let (file, facts) = look_at(&self.file, now)?;
        let request = submission(&self.order(), metadata, Content::File(facts), now.to_dtm())?;
        let Some(entry) = request.entries.first() else { return Err(Failure::new(Exit::Failed, "the submission has no entry")) };
        let document = OutgoingDocument::file(entry.entry_uuid, file).map_err(|error| unreadable(&self.file, &error))?;
        let outcome = if self.inline {
            client.provide_and_register_inline(&request, vec![document])
        } else {
            client.provide_and_register(&request, vec![document])
        }?;
        let registered = if self.registry.is_some() { registered(&client, &entry.unique_id)? } else { None };
        self.report(entry, &outcome, registered.as_ref())
    }

    pub(super) fn order(&self) -> Order<'_> {
        Order {
            patient: &self.patient,
            unique_id: self.unique_id.as_deref(),
            source_id: &self.source_id,
            replaces: self.replaces.as_deref(),
        }
    }

    /// The answer to ITI-41 names no repository: only the registry tells where the document went.
    fn report(&self, entry: &DocumentEntry, outcome: &RegistryOutcome, registered: Option<&DocumentEntry>) -> Result<(), Failure> {
        outcome.errors.iter().for_each(|error| note(&in_words(error)));
        let repository = registered.and_then(|entry| entry.repository_unique_id.as_ref()).map(ToString::to_string);
        let status = outcome.status.urn().rsplit(':').next().unwrap_or_default();
        let (unique_id, entry_uuid) = (entry.unique_id.as_str(), entry.entry_uuid.to_string());
        if self.json {
            return print_json(
                &json!({"uniqueId": unique_id, "entryUUID": entry_uuid, "status": status, "repositoryUniqueId": repository}),
            );
        }
        let place = repository.map_or_else(String::new, |id| format!("repositoryUniqueId  {id}\n"));
        print_text(&format!("uniqueId            {unique_id}\nentryUUID           {entry_uuid}\nstatus              {status}\n{place}"))
    }
}

/// Reads the file once for its hash; it is then at its beginning again. For a server for which it is not that late yet, it
/// was last changed just now.
fn look_at(path: &Path, now: Instant) -> Result<(File, FileFacts), Failure> {
    let failed = |error: std::io::Error| unreadable(path, &error);
    let mut file = File::open(path).map_err(failed)?;
    let about = file.metadata().map_err(failed)?;
    if !about.is_file() {
        return Err(Failure::new(Exit::Usage, format!("{} is not a file", path.display())));
    }
    let (size, hash) = digest(&mut file).map_err(failed)?;
    file.rewind().map_err(failed)?;
    let since_1970 = about.modified().ok().and_then(|changed| changed.duration_since(UNIX_EPOCH).ok());
    let changed = since_1970.and_then(|age| i64::try_from(age.as_micros()).ok()).map_or(now, |age| Instant(age).min(now));
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok((file, FileFacts { name, mime_type: mime_type(path), hash, size, changed: changed.to_dtm() }))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Exit::Failed, format!("{} cannot be read: {error}", path.display()))
}
