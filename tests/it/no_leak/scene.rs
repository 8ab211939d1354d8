//! A server with documents that are hidden from some, and callers over SOAP and FHIR.

use std::collections::BTreeSet;

use dossier::model::association::{Association, AssociationType, SubmissionSetStatus};
use dossier::model::document_entry::DocumentEntryType;
use dossier::model::ids::EntryUuid;
use dossier::model::submission_request::SubmissionRequest;
use dossier::model::text::InternationalString;
use serde_json::Value;

use super::ids::Ids;
use super::row::{ITI61, REGISTRY, submit_objects};
use crate::access::scene::letter;
use crate::story::people::{Who, connector, number};
use crate::story::server::Story;
use crate::support::submissions::fresh_oid;
use crate::support::{Connection, Database, REPOSITORY, Response};
use crate::tls::client::connect;
use crate::tls::pki;
use crate::xds_scene::folder;

/// A patient whom the directory knows and who has no record, and one whom nobody knows.
pub const WITHOUT_RECORD: &str = "1961010100036";
pub const NOBODY: &str = "1961010100110";
/// The title of every document, which no stranger reads.
pub const TITLE: &str = "Confidence";

/// Somebody who asks.
#[derive(Clone, Default)]
pub struct Caller {
    /// The person, if one is named.
    pub who: Option<Who>,
    /// The certificate of the connection, if one is shown.
    pub certificate: Option<&'static str>,
    /// How many seconds ago the proof of the person was made.
    pub ago: i64,
}

impl Caller {
    pub fn is(who: &Who) -> Self {
        Self { certificate: who.at.map(connector), who: Some(who.clone()), ago: 0 }
    }
}

/// A server, and what it stores.
pub struct Scene {
    pub story: Story,
    /// Every id that is stored.
    pub stored: BTreeSet<String>,
}

impl Scene {
    /// A server with its directories and records, without documents.
    pub fn start(database: Database) -> Self {
        let story = Story::start(database);
        assert_eq!(story.announced("E1", &format!("{WITHOUT_RECORD}^^^&1.3.182.4.4&ISO")), "AA");
        Self { story, stored: BTreeSet::new() }
    }

    /// One request over FHIR.
    pub fn fhir(&self, caller: &Caller, method: &str, path: &str, headers: &[&str], body: &str) -> Response {
        let authorization = caller.who.as_ref().map(|who| format!("Authorization: Bearer {}", self.story.token(who, caller.ago)));
        // The answer to a HEAD has no body, so the connection has to end.
        let headers: Vec<_> = headers.iter().copied().chain(["Connection: close"]).chain(authorization.as_deref()).collect();
        self.send(caller, method, path, &headers, body)
    }

    /// One request over SOAP.
    pub fn soap(&self, caller: &Caller, path: &str, action: &str, body: &str) -> Response {
        let security = caller.who.as_ref().map_or_else(String::new, |who| {
            let namespace = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
            format!(r#"<w:Security xmlns:w="{namespace}">{}</w:Security>"#, self.story.assertion(who, caller.ago))
        });
        let envelope = format!(
            r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header><a:Action s:mustUnderstand="1">{action}</a:Action><a:MessageID>urn:uuid:{}</a:MessageID>{security}</s:Header><s:Body>{body}</s:Body></s:Envelope>"#,
            uuid::Uuid::new_v4()
        );
        let content_type = format!("Content-Type: application/soap+xml; charset=UTF-8; action=\"{action}\"");
        self.send(caller, "POST", path, &[&content_type], &envelope)
    }

    fn send(&self, caller: &Caller, method: &str, path: &str, headers: &[&str], body: &str) -> Response {
        match caller.certificate {
            None => Connection::open(self.story.server.http).request(method, path, headers, body.as_bytes()),
            Some(name) => {
                let stream = connect(self.story.server.https.unwrap(), pki::pki(), Some(name), |_| {}).unwrap();
                Connection::over(stream).request(method, path, headers, body.as_bytes())
            }
        }
    }

    /// Files a document in a folder, an addendum to it, and an on-demand entry; gives their ids.
    pub fn file(&mut self, who: &Who, patient: &str, document_type: &str, level: &str) -> Ids {
        let letter = || titled(letter(number(patient), document_type, Some(level)));
        let (mut request, mut later, mut promise) = (letter(), letter(), letter());
        let first = request.entries[0].entry_uuid;
        request.entries[0].reference_ids.push(format!("{}^^^&2.999.5&ISO^urn:ihe:iti:xds:2013:order", uuid::Uuid::new_v4()));
        let folder = folder(&request.submission_set.patient_id.to_string(), &fresh_oid(), "kind");
        let in_folder = Association::new(EntryUuid::random(), AssociationType::HasMember, folder.entry_uuid, first);
        let appends = Association::new(EntryUuid::random(), AssociationType::Appends, later.entries[0].entry_uuid, first);
        make_on_demand(&mut promise);
        let ids = Ids::default()
            .with("entry", first)
            .with("unique_id", request.entries[0].unique_id.as_str())
            .with("reference", request.entries[0].reference_ids[0].split('^').next().unwrap())
            .with("addendum", later.entries[0].entry_uuid)
            .with("set", request.submission_set.entry_uuid)
            .with("set_unique_id", request.submission_set.unique_id.as_str())
            .with("folder", folder.entry_uuid)
            .with("folder_unique_id", folder.unique_id.as_str())
            .with("in_folder", in_folder.entry_uuid)
            .with("appends", appends.entry_uuid)
            .with("on_demand", promise.entries[0].entry_uuid)
            .with("on_demand_unique_id", promise.entries[0].unique_id.as_str());
        request.associations.extend([folder.entry_uuid, in_folder.entry_uuid].map(|member| member_of(&request, member)));
        request.associations.push(in_folder);
        request.folders.push(folder);
        later.associations.push(appends);
        self.story.provide(who, &request, b"text").unwrap();
        self.story.provide(who, &later, b"more").unwrap();
        let registered = self.soap(&Caller::is(who), REGISTRY, ITI61, &submit_objects(&promise, "")).text();
        assert!(registered.contains("ResponseStatusType:Success"), "{registered}");
        self.stored.extend(ids.all().map(str::to_owned));
        ids
    }

    /// Files a document in a folder that is there.
    pub fn join(&mut self, who: &Who, patient: &str, (document_type, level): (&str, &str), folder: &str) {
        let mut request = titled(letter(number(patient), document_type, Some(level)));
        let folder: EntryUuid = format!("urn:uuid:{folder}").parse().unwrap();
        let joins = Association::new(EntryUuid::random(), AssociationType::HasMember, folder, request.entries[0].entry_uuid);
        request.associations.extend([member_of(&request, joins.entry_uuid), joins]);
        self.story.provide(who, &request, b"text").unwrap();
        self.stored.insert(request.entries[0].entry_uuid.to_string().replace("urn:uuid:", ""));
    }

    /// How many answers have waited for a tick so far.
    pub fn answers_on_tick(&self) -> usize {
        let metrics = self.story.server.metrics();
        let figures = metrics.lines().filter(|line| line.starts_with("dossier_answers_on_tick_total{"));
        figures.map(|line| line.rsplit(' ').next().unwrap().parse::<usize>().unwrap()).sum()
    }

    /// The logical id of the first resource that somebody finds.
    pub fn first_id(&self, who: &Who, path: &str, fits: impl Fn(&Value) -> bool) -> String {
        let response = self.fhir(&Caller::is(who), "GET", path, &[], "");
        let bundle: Value = serde_json::from_slice(&response.body).unwrap();
        let entries = bundle["entry"].as_array().unwrap_or_else(|| panic!("{path}: {bundle}"));
        let found = entries.iter().map(|entry| &entry["resource"]).find(|resource| fits(resource));
        found.unwrap_or_else(|| panic!("{path}: {bundle}"))["id"].as_str().unwrap().to_owned()
    }
}

/// The same with a title in every document.
pub fn titled(mut request: SubmissionRequest) -> SubmissionRequest {
    request.entries[0].title = InternationalString::plain(TITLE);
    request
}

/// Makes the one document of a submission an on-demand entry of this repository.
pub fn make_on_demand(request: &mut SubmissionRequest) {
    let entry = &mut request.entries[0];
    entry.object_type = DocumentEntryType::OnDemand;
    entry.creation_time = None;
    entry.repository_unique_id = Some(REPOSITORY.parse().unwrap());
}

/// That the set of a submission brings an object.
pub fn member_of(request: &SubmissionRequest, member: EntryUuid) -> Association {
    Association {
        submission_set_status: Some(SubmissionSetStatus::Original),
        ..Association::new(EntryUuid::random(), AssociationType::HasMember, request.submission_set.entry_uuid, member)
    }
}
