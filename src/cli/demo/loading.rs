//! Brings the sample population to a running server through its public interfaces.

use std::io::Write;
use std::time::Duration;

use time::OffsetDateTime;

use super::progress::Progress;
use crate::cli::{Exit, Failure};
use crate::client::ClientError;
use crate::client::mllp::{MllpClientError, MllpConnection};
use crate::client::soap::{OutgoingDocument, Timeouts, XdsClient};
use crate::demo::{self, BrokenFixture, SampleDocument, SamplePatient};
use crate::model::directory::DirectoryKind;
use crate::model::ids::Oid;
use crate::model::submission_request::SubmissionRequest;
use crate::server::{Addresses, Backend, clock};
use crate::wire::directory_file::{self, FileFormat};
use crate::wire::hl7v2::ack::acknowledgement_code;
use crate::wire::hl7v2::feed_message;
use crate::wire::hl7v2::header::{TriggerEvent, Version};

/// The longest wait for one answer of the server beside.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a server lacks of the sample population.
#[derive(Default)]
pub(super) struct Population {
    patients: Vec<SamplePatient>,
    documents: Vec<SampleDocument>,
    on_demand: Option<SubmissionRequest>,
}

/// Why loading ended early. Sample data may be named.
#[derive(Debug, thiserror::Error)]
pub(super) enum LoadFailure {
    #[error("{name} could not be announced: {source}")]
    Feed { name: String, source: MllpClientError },
    #[error("{name} was refused by the patient identity feed")]
    FeedRefused { name: String },
    #[error("{name} could not be submitted: {source}")]
    Submission { name: &'static str, source: ClientError },
    #[error("no connection can be made: {0}")]
    System(#[from] std::io::Error),
}

impl Population {
    /// Imports the directories and finds out which patients and documents are missing. Where no patient identity feed
    /// listens, the patients are imported too.
    pub(super) fn lacking(backend: &Backend, feed_listens: bool) -> Result<Self, Failure> {
        let broken = |error: BrokenFixture| Failure::new(Exit::Failed, error.to_string());
        import(backend, DirectoryKind::Establishments, demo::ESTABLISHMENTS)?;
        import(backend, DirectoryKind::Professionals, demo::PROFESSIONALS)?;
        let mut patients = demo::patients().map_err(broken)?;
        let mut documents = demo::documents(&patients).map_err(broken)?;
        let promised = demo::current_documents(&documents, &backend.services.door.repository_unique_id).map_err(broken)?;
        let promised_ids = promised.entries.iter().map(|entry| entry.unique_id.clone());
        let unknown = backend.unknown(
            patients.iter().map(|patient| patient.patient_id.clone()).collect(),
            documents.iter().filter_map(|document| document.unique_id().cloned()).chain(promised_ids).collect(),
        );
        let (unknown_patients, unknown_documents) = unknown.map_err(|error| Failure::new(Exit::CannotStart, error.to_string()))?;
        patients.retain(|patient| unknown_patients.contains(&patient.patient_id));
        documents.retain(|document| document.unique_id().is_some_and(|id| unknown_documents.contains(id)));
        if !feed_listens && !patients.is_empty() {
            import(backend, DirectoryKind::Patients, demo::PATIENTS)?;
            patients.clear();
        }
        let on_demand = promised.entries.iter().any(|entry| unknown_documents.contains(&entry.unique_id)).then_some(promised);
        Ok(Self { patients, documents, on_demand })
    }

    fn len(&self) -> usize {
        self.patients.len() + self.documents.len() + usize::from(self.on_demand.is_some())
    }
}

fn import(backend: &Backend, kind: DirectoryKind, file: &[u8]) -> Result<(), Failure> {
    let authorities: Vec<Oid> = backend.services.assigning_authorities.clone();
    let broken = |text: String| Failure::new(Exit::Failed, format!("the sample population cannot be imported: {text}"));
    let directory = directory_file::read(kind, FileFormat::Json, file, &backend.services.professions(), &authorities)
        .map_err(|faults| broken(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")))?;
    backend.import(&directory).map(drop).map_err(|error| broken(error.to_string()))
}

/// Sends patients, then documents, each once the one before was accepted.
pub(super) fn load<W: Write>(population: &Population, addresses: &Addresses, progress: &mut Progress<W>) -> Result<(), LoadFailure> {
    let mut done = 0;
    let mut step = |name: &str| {
        done += 1;
        progress.show(done, population.len(), name);
    };
    if let Some(mllp) = addresses.mllp.filter(|_| !population.patients.is_empty()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(announce(&population.patients, &mllp.to_string(), &mut step))?;
    }
    let service = |name: &str| format!("http://{}/xds/{name}", addresses.http);
    let client = XdsClient::new(&service("registry"), &service("repository"), Timeouts { connect: PATIENCE, answer: PATIENCE });
    for document in &population.documents {
        submit(&client, document)?;
        step(document.file_name);
    }
    if let Some(promised) = &population.on_demand {
        let name = "the list of current documents";
        client.register_on_demand(promised).map_err(|source| LoadFailure::Submission { name, source })?;
        step(name);
    }
    progress.end();
    Ok(())
}

/// ITI-8, A28, over one connection.
async fn announce(patients: &[SamplePatient], address: &str, step: &mut impl FnMut(&str)) -> Result<(), LoadFailure> {
    let failed = |name: &str| {
        let name = name.to_owned();
        move |source| LoadFailure::Feed { name, source }
    };
    let mut connection = MllpConnection::connect(address, PATIENCE).await.map_err(failed("the first patient"))?;
    for patient in patients {
        let refused = || LoadFailure::FeedRefused { name: patient.name.clone() };
        let feed = demo::announcement(patient, message_time());
        let message = feed_message::write(&feed, TriggerEvent::A28, Version::V2_5).map_err(|_| refused())?;
        let answer = connection.exchange(&message).await.map_err(failed(&patient.name))?;
        if acknowledgement_code(&answer) != Some("AA") {
            return Err(refused());
        }
        step(&patient.name);
    }
    Ok(())
}

/// ITI-41 with the document as an MTOM part.
fn submit(client: &XdsClient, document: &SampleDocument) -> Result<(), LoadFailure> {
    let entries = document.request.entries.iter();
    let contents = entries.map(|entry| OutgoingDocument::bytes(entry.entry_uuid, document.content)).collect();
    let submitted = client.provide_and_register(&document.request, contents);
    submitted.map(drop).map_err(|source| LoadFailure::Submission { name: document.file_name, source })
}

/// Now, as MSH-7 has it.
fn message_time() -> String {
    let now: OffsetDateTime = clock::now();
    let format = time::macros::format_description!("[year][month][day][hour][minute][second][offset_hour sign:mandatory][offset_minute]");
    now.format(format).unwrap_or_default()
}

#[cfg(test)]
#[path = "loading_tests.rs"]
mod tests;
