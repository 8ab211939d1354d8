//! One method for each transaction.

use std::io::{self, Write};

use crate::client::http::{Http, Timeouts, UnreadableSource};
use crate::client::{ClientError, ClientTls};
use crate::model::document_request::DocumentRequest;
use crate::model::submission_request::SubmissionRequest;
use crate::wire::ebrim::{
    DescribedDocument, QueryOutcome, RegistryOutcome, ResponseStatus, ReturnType, WrittenParameter, read_adhoc_query_response,
    read_registry_response, write_adhoc_query_request, write_retrieve_request, write_submit_objects,
};
use crate::wire::saml::WrittenAssertion;

use super::answer::{Answer, open};
use super::upload::{Target, Upload, inline, simple, with_parts};
use super::{OutgoingDocument, Retrieval, retrieval};

const PROVIDE_AND_REGISTER: &str = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b";
const REGISTER: &str = "urn:ihe:iti:2007:RegisterDocumentSet-b";
const REGISTER_ON_DEMAND: &str = "urn:ihe:iti:2010:RegisterOnDemandDocumentEntry";
const STORED_QUERY: &str = "urn:ihe:iti:2007:RegistryStoredQuery";
const RETRIEVE: &str = "urn:ihe:iti:2007:RetrieveDocumentSet";

/// Document source and document consumer of one registry and one repository.
///
/// Blocks; connections are kept and used again. A refusal is an error: [`ClientError::Refused`] where the server lists
/// errors and did nothing, [`ClientError::Fault`] where it does not speak XDS at all.
pub struct XdsClient {
    http: Http,
    registry_url: String,
    repository_url: String,
    assertion: Option<WrittenAssertion>,
}

impl XdsClient {
    /// A client of these services. Nothing is connected yet; an address that is never used may be empty.
    pub fn new(registry_url: &str, repository_url: &str, timeouts: Timeouts) -> Self {
        let http = Http::new(timeouts, ClientTls::of_the_system());
        Self { http, registry_url: registry_url.to_owned(), repository_url: repository_url.to_owned(), assertion: None }
    }

    /// The same client with this trust and identity.
    ///
    /// # Errors
    /// OpenSSL cannot take the certificates apart.
    pub fn secured(self, timeouts: Timeouts, tls: &ClientTls) -> Result<Self, ClientError> {
        let http = tls.for_http().map_err(ClientError::Identity)?;
        Ok(Self { http: Http::new(timeouts, http), ..self })
    }

    /// The same client, calling for the user that an assertion is about (ITI TF-2: 3.40). One that may be used once is
    /// good for one call.
    #[must_use]
    pub fn for_user(self, assertion: Option<WrittenAssertion>) -> Self {
        Self { assertion, ..self }
    }

    /// Provide and Register Document Set-b [ITI-41] with each document as an MTOM part.
    pub fn provide_and_register(
        &self,
        request: &SubmissionRequest,
        documents: Vec<OutgoingDocument<'_>>,
    ) -> Result<RegistryOutcome, ClientError> {
        let target = self.repository(PROVIDE_AND_REGISTER);
        self.submit(target, with_parts(target, request, documents))
    }

    /// Provide and Register Document Set-b [ITI-41] with the documents inline as base64, for which they have to fit memory.
    pub fn provide_and_register_inline(
        &self,
        request: &SubmissionRequest,
        documents: Vec<OutgoingDocument<'_>>,
    ) -> Result<RegistryOutcome, ClientError> {
        let target = self.repository(PROVIDE_AND_REGISTER);
        self.submit(target, inline(target, request, documents))
    }

    /// Register Document Set-b [ITI-42].
    pub fn register(&self, request: &SubmissionRequest) -> Result<RegistryOutcome, ClientError> {
        let target = self.registry(REGISTER);
        self.submit(target, simple(target, |xml| write_submit_objects(xml, request)))
    }

    /// Register On-Demand Document Entry [ITI-61].
    pub fn register_on_demand(&self, request: &SubmissionRequest) -> Result<RegistryOutcome, ClientError> {
        let target = self.registry(REGISTER_ON_DEMAND);
        self.submit(target, simple(target, |xml| write_submit_objects(xml, request)))
    }

    /// Registry Stored Query [ITI-18]; `query_id` is such as [`crate::wire::ebrim::FIND_DOCUMENTS`], the values are
    /// written with [`super::quoted`] and [`super::quoted_list`].
    pub fn stored_query(
        &self,
        query_id: &str,
        return_type: ReturnType,
        parameters: &[WrittenParameter<'_>],
    ) -> Result<QueryOutcome, ClientError> {
        let target = self.registry(STORED_QUERY);
        let upload = simple(target, |xml| write_adhoc_query_request(xml, query_id, return_type, parameters));
        let answer = finish(self.send(target, upload)?)?;
        let found = read_adhoc_query_response(&answer)?;
        Ok(QueryOutcome { outcome: accepted(found.outcome)?, ..found })
    }

    /// Retrieve Document Set [ITI-43]. Each document is written into what `open` gives for it. After an error, what was
    /// written is of no use.
    pub fn retrieve<W: Write>(
        &self,
        requests: &[DocumentRequest],
        mut open: impl FnMut(&DescribedDocument) -> io::Result<W>,
    ) -> Result<Retrieval<W>, ClientError> {
        let target = self.repository(RETRIEVE);
        let answer = self.send(target, simple(target, |xml| write_retrieve_request(xml, requests)))?;
        let Retrieval { outcome, documents } = retrieval::receive(answer, requests, &mut open)?;
        Ok(Retrieval { outcome: accepted(outcome)?, documents })
    }

    fn repository(&self, action: &'static str) -> Target<'_> {
        Target { url: &self.repository_url, action, assertion: self.assertion.as_ref() }
    }

    fn registry(&self, action: &'static str) -> Target<'_> {
        Target { url: &self.registry_url, action, assertion: self.assertion.as_ref() }
    }

    fn submit(&self, target: Target<'_>, upload: io::Result<Upload<'_>>) -> Result<RegistryOutcome, ClientError> {
        accepted(read_registry_response(&finish(self.send(target, upload)?)?)?)
    }

    fn send(&self, target: Target<'_>, upload: io::Result<Upload<'_>>) -> Result<Answer, ClientError> {
        let mut upload = upload.map_err(|error| ClientError::Source(UnreadableSource::unwrap(error).unwrap_or_else(|other| other)))?;
        open(target.url, self.http.post(target.url, &upload.content_type, upload.length, &mut upload.body)?)
    }
}

/// An answer is whole only when its last delimiter is there.
fn finish(answer: Answer) -> Result<crate::wire::xml::Element, ClientError> {
    if let Some(mut parts) = answer.parts {
        while parts.next_part()?.is_some() {}
    }
    Ok(answer.payload)
}

fn accepted(outcome: RegistryOutcome) -> Result<RegistryOutcome, ClientError> {
    match outcome.status {
        ResponseStatus::Success | ResponseStatus::PartialSuccess => Ok(outcome),
        ResponseStatus::Failure => Err(ClientError::Refused { errors: outcome.errors }),
    }
}
