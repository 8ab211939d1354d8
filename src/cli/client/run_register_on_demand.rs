//! `dossier client register-on-demand`, done.

use serde_json::json;

use crate::cli::{Exit, Failure, print_json, print_text};
use crate::client::soap::Timeouts;

use super::caller::Services;
use super::refusal::in_words;
use super::submission::{Content, Order, parsed, submission};
use super::{CodeText, Metadata, RegisterOnDemand, note};

impl RegisterOnDemand {
    /// Runs the subcommand.
    ///
    /// # Errors
    /// Wrong values, and all that can keep the registry from accepting.
    pub fn run(&self) -> Result<(), Failure> {
        let repository = parsed("--repository", self.repository.parse())?;
        let timeouts = Timeouts { answer: self.timeout, ..Timeouts::default() };
        let (client, now) = self.caller.client(&Services { registry: self.url.as_deref(), repository: None }, timeouts)?;
        let request = submission(&self.order(), self.metadata(), Content::OnDemand(repository), now.to_dtm())?;
        let Some(entry) = request.entries.first() else { return Err(Failure::new(Exit::Failed, "the submission has no entry")) };
        let outcome = client.register_on_demand(&request)?;
        outcome.errors.iter().for_each(|error| note(&in_words(error)));
        let status = outcome.status.urn().rsplit(':').next().unwrap_or_default();
        let (unique_id, entry_uuid) = (entry.unique_id.as_str(), entry.entry_uuid.to_string());
        if self.json {
            return print_json(&json!({"uniqueId": unique_id, "entryUUID": entry_uuid, "status": status}));
        }
        print_text(&format!("uniqueId            {unique_id}\nentryUUID           {entry_uuid}\nstatus              {status}\n"))
    }

    fn order(&self) -> Order<'_> {
        Order {
            patient: &self.patient,
            unique_id: self.unique_id.as_deref(),
            source_id: &self.source_id,
            replaces: self.replaces.as_deref(),
        }
    }

    fn metadata(&self) -> Metadata {
        let own = Metadata {
            title: Some(self.title.clone()),
            language: Some(self.language.clone()),
            mime_type: Some("text/xml".to_owned()),
            type_code: Some(CodeText::new("11503-0", "Medical records", "2.16.840.1.113883.6.1")),
            ..Metadata::default()
        };
        own.or(Metadata::defaults())
    }
}
