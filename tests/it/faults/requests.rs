//! One request of each protocol, for one patient.

use std::net::SocketAddr;

use crate::mllp::message::{adt, pid_3};
use crate::support::{REPOSITORY, Response, request, send_hl7};
use crate::xds::envelope::{QUERY, RETRIEVE, SOAP, envelope};
use crate::xds::metadata::{Document, Submission, patient_id};
use crate::xds::query::{APPROVED, FIND_DOCUMENTS, adhoc_query};
use crate::xds::retrieve::retrieve_request;

/// Words that stand nowhere but in the record of the patient.
pub const TITLE: &str = "Bruch des Wadenbeins";
pub const TEXT: &str = "Gips bis zum Knie";
const SUCCESS: &str = "ResponseStatusType:Success";

/// A server and the patient.
pub struct Requests {
    pub http: SocketAddr,
    pub mllp: SocketAddr,
    pub patient: &'static str,
}

/// What became of a request.
#[derive(Debug)]
pub struct Outcome {
    pub name: &'static str,
    pub succeeded: bool,
    pub status: u16,
    pub text: String,
}

impl Requests {
    /// One of each kind; the submission brings this uniqueId.
    pub fn all(&self, unique_id: &str, known: &str) -> Vec<Outcome> {
        vec![self.feed(), self.submit(unique_id), self.query(), self.retrieve(known), self.search(), self.binary_search(known)]
    }

    pub fn feed(&self) -> Outcome {
        let text = send_hl7(self.mllp, &adt("A01", "ADT_A01", &[&format!("PID|||{}||Exemple^Un", pid_3(self.patient)), "PV1||I"]));
        Outcome { name: "ITI-8", succeeded: text.contains("MSA|AA|"), status: 0, text }
    }

    pub fn submit(&self, unique_id: &str) -> Outcome {
        let document = Document { title: TITLE.into(), unique_id: unique_id.into(), ..Document::new(1, self.patient, TEXT.as_bytes()) };
        let submission = Submission { unique_id: format!("{unique_id}.9"), ..Submission::new(1, self.patient, vec![document]) };
        let package = submission.mtom();
        let headers = [format!("Content-Type: {}", package.content_type)];
        soap("ITI-41", &request(self.http, "POST", "/xds/repository", &[&headers[0]], &package.body))
    }

    pub fn query(&self) -> Outcome {
        let patient = format!("'{}'", patient_id(self.patient));
        let parameters = [("$XDSDocumentEntryPatientId", patient.as_str()), ("$XDSDocumentEntryStatus", APPROVED)];
        self.soap("ITI-18", "registry", &envelope(QUERY, &adhoc_query(FIND_DOCUMENTS, "LeafClass", &parameters)))
    }

    pub fn retrieve(&self, unique_id: &str) -> Outcome {
        self.soap("ITI-43", "repository", &envelope(RETRIEVE, &retrieve_request(&[(REPOSITORY, unique_id)])))
    }

    fn search(&self) -> Outcome {
        let (id, authority) = (self.patient, crate::support::AUTHORITY);
        self.fhir("ITI-67", &format!("DocumentReference?patient.identifier=urn:oid:{authority}%7C{id}&status=current"))
    }

    fn binary_search(&self, unique_id: &str) -> Outcome {
        self.fhir("ITI-67 by identifier", &format!("DocumentReference?identifier=urn:ietf:rfc:3986%7Curn:oid:{unique_id}&status=current"))
    }

    fn soap(&self, name: &'static str, service: &str, body: &str) -> Outcome {
        soap(name, &request(self.http, "POST", &format!("/xds/{service}"), &[&format!("Content-Type: {SOAP}")], body.as_bytes()))
    }

    fn fhir(&self, name: &'static str, query: &str) -> Outcome {
        let response = request(self.http, "GET", &format!("/fhir/{query}"), &[], b"");
        Outcome { name, succeeded: response.status == 200, status: response.status, text: response.text() }
    }
}

fn soap(name: &'static str, response: &Response) -> Outcome {
    let text = response.text();
    Outcome { name, succeeded: text.contains(SUCCESS), status: response.status, text }
}

impl Outcome {
    /// That it was refused as something that is the server's affair, and shows nothing of the record.
    pub fn assert_refused(&self) {
        let Self { name, succeeded, status, text } = self;
        assert!(!succeeded, "{name} was carried out: {text}");
        assert!([TITLE, TEXT].iter().all(|words| !text.contains(words)), "{name} shows what it refuses: {text}");
        match *name {
            "ITI-8" => assert!(text.contains("MSA|AE|") || text.contains("MSA|AR|"), "{text}"),
            name if name.starts_with("ITI-67") => assert!(*status == 503 && text.contains("OperationOutcome"), "{status} {text}"),
            _ => assert!(text.contains("ResponseStatusType:Failure") || text.contains(":Receiver<"), "{name} {status} {text}"),
        }
    }
}
