//! What people do over the public interfaces.

use std::time::Duration;

use serde_json::json;

use super::{Stage, StoryFailure};
use crate::client::ClientError;
use crate::client::fhir::{FhirCall, send};
use crate::client::soap::{OutgoingDocument, Timeouts, WrittenAssertion, XdsClient};
use crate::demo::{Event, SampleDocument};
use crate::model::code::Code;
use crate::model::timestamp::Instant;
use crate::server::TokenWish;

/// The longest wait for one answer of the server beside.
const PATIENCE: Duration = Duration::from_secs(60);
const LEVELS: &str = "2.999.442.1.3";
const FHIR: &str = "application/fhir+json";

/// A request to the FHIR interface; `path` is what comes after its base.
struct Act<'a> {
    method: &'a str,
    path: &'a str,
    content_type: &'a str,
    body: &'a str,
}

impl Stage {
    /// Lets one event happen.
    pub(super) fn perform(&self, event: &Event<'_>, now: Instant) -> Result<(), StoryFailure> {
        match event {
            Event::Submit(document) => self.submit(document, now),
            Event::MakePrivate(document, patient) => self.make_private(document, &patient.to_string(), now),
            Event::Close(patient) => {
                let path = format!("Patient/{patient}/$dsp-close");
                self.manage(patient, now, Act { method: "POST", path: &path, content_type: FHIR, body: "" })
            }
        }
    }

    /// ITI-41 by the author; what the rules forbid has to be refused.
    fn submit(&self, document: &SampleDocument, now: Instant) -> Result<(), StoryFailure> {
        let mut request = document.request.clone();
        if document.is_made_private() {
            let codes = request.entries.iter_mut().filter_map(|entry| entry.confidentiality_codes.first_mut());
            codes.for_each(|level| *level = Code::new("STANDARD", LEVELS, "Niveau standard"));
        }
        let client = self.client(document.author().unwrap_or_default(), document.organisation(), now)?;
        let entries = request.entries.iter();
        let contents = entries.map(|entry| OutgoingDocument::bytes(entry.entry_uuid, document.content)).collect();
        let what = document.file_name.to_owned();
        match client.provide_and_register(&request, contents) {
            Ok(_) if document.refused => Err(StoryFailure::LetThrough(what)),
            Err(ClientError::Refused { .. } | ClientError::Fault { .. }) if document.refused => Ok(()),
            Ok(_) => Ok(()),
            Err(source) => Err(StoryFailure::Act { what, source }),
        }
    }

    /// A client of somebody: with an assertion about the person, and through the connected system of the establishment.
    fn client(&self, person: &str, organisation: Option<&str>, now: Instant) -> Result<XdsClient, StoryFailure> {
        let failed = |source| StoryFailure::Person { person: person.to_owned(), source };
        let unfit = |error: &dyn std::error::Error| StoryFailure::Unfit(error.to_string());
        let assertion = self.assertions.issue(&wish(person, organisation), now).map_err(failed)?;
        let assertion = WrittenAssertion::new(&assertion).map_err(|error| unfit(&error))?;
        let tls = self.folder.tls(organisation).map_err(|error| unfit(&error))?;
        let timeouts = Timeouts { connect: PATIENCE, answer: PATIENCE };
        let client = XdsClient::new(&self.folder.url("xds/registry"), &self.folder.url("xds/repository"), timeouts);
        let client = client.secured(timeouts, &tls).map_err(|error| unfit(&error))?;
        Ok(client.for_user(Some(assertion)))
    }

    fn make_private(&self, document: &SampleDocument, patient: &str, now: Instant) -> Result<(), StoryFailure> {
        let level = json!({ "coding": [{ "system": format!("urn:oid:{LEVELS}"), "code": "PRIVE", "display": "Niveau privé" }] });
        let patch = json!([{ "op": "replace", "path": "/securityLabel/0", "value": level }]).to_string();
        let entry = document.request.entries.first().map(|entry| entry.entry_uuid.uuid().to_string()).unwrap_or_default();
        let path = format!("DocumentReference/{entry}");
        self.manage(patient, now, Act { method: "PATCH", path: &path, content_type: "application/json-patch+json", body: &patch })
    }

    /// An act of a patient over FHIR.
    fn manage(&self, patient: &str, now: Instant, act: Act<'_>) -> Result<(), StoryFailure> {
        let Act { method, path, content_type, body } = act;
        let issued = self.tokens.issue(&wish(patient, None), now);
        let token = issued.map_err(|source| StoryFailure::Person { person: patient.to_owned(), source })?.token;
        let url = format!("http://{}/fhir/{path}", self.folder.addresses().http);
        let sent = send(FhirCall { method, url: &url, token: Some(&token), content_type, body });
        sent.map(drop).map_err(|source| StoryFailure::Act { what: path.to_owned(), source })
    }
}

fn wish(person: &str, organisation: Option<&str>) -> TokenWish {
    TokenWish {
        person: person.to_owned(),
        organisation: organisation.map(str::to_owned),
        client: "dossier-demo".to_owned(),
        lifetime: Duration::from_secs(600),
        ..TokenWish::default()
    }
}
