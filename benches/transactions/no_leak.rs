//! Whether the time of an answer tells what is hidden from what does not exist: pairs of requests under the access rules.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use dossier::client::soap::{OutgoingDocument, Timeouts, XdsClient};
use dossier::model::code::Code;
use dossier::server::clock;
use dossier::wire::ebrim::{FIND_DOCUMENTS, GET_DOCUMENTS};
use dossier::wire::jwt::SigningKey;
use dossier::wire::saml::WrittenAssertion;
use serde_json::json;
use uuid::Uuid;

use crate::engine::Engine;
use crate::http::{Answer, Connection};
use crate::messages::{for_user, retrieve, stored_query};
use crate::options::Options;
use crate::paired::Pairs;
use crate::saml_issuer::{AUDIENCE, Said, SamlIssuer, attribute};
use crate::served_program::ServedProgram;
use crate::submissions::{fresh_oid, submission};

/// A patient whose referring physician is D01, whom D02 does not treat.
const P01: &str = "1958031498124";
/// A patient whom nobody knows.
const NOBODY: &str = "1961010100002";
const REPOSITORY: &str = "2.999.442.9.2";
const TOKENS: (&str, &str) = ("https://as.example", "https://dossier.example/fhir");
/// Hidden documents; each is asked for again and again.
const DOCUMENTS: usize = 100;
const WARM: usize = 50;
const APPROVED: &str = "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')";

const HEAD: &str = "\
| request | who asks | hidden, p50 | nothing there, p50 | median difference | 95 % of it | p (Mann–Whitney) |
|---|---|---:|---:|---:|---|---:|";

/// A way to name a document, or a patient.
#[derive(Clone)]
struct Named {
    entry: String,
    unique_id: String,
    patient: String,
}

impl Named {
    /// Another of the same length that nothing has.
    fn invented(&self) -> Self {
        let unique_id = std::iter::repeat_with(fresh_oid).find(|oid| oid.len() == self.unique_id.len()).unwrap();
        Self { entry: Uuid::new_v4().to_string(), unique_id, patient: NOBODY.to_owned() }
    }
}

/// A professional with a connection that stays open.
struct Caller {
    what: &'static str,
    assertion: String,
    token: String,
    connection: Connection,
}

type Request = (&'static str, fn(&mut Caller, &Named) -> Answer);

/// What is asked of the same documents, hidden and invented, in turns.
const REQUESTS: [Request; 6] = [
    ("FHIR read of a document", |caller, named| caller.get(&format!("/fhir/DocumentReference/{}", named.entry))),
    ("FHIR search by identifier", |caller, named| caller.get(&format!("/fhir/DocumentReference?identifier=urn:oid:{}", named.unique_id))),
    ("FHIR retrieval", |caller, named| caller.get(&format!("/fhir/Binary/{}", named.unique_id))),
    ("ITI-18 GetDocuments by entryUUID", |caller, named| {
        caller.query(GET_DOCUMENTS, &[("$XDSDocumentEntryEntryUUID", format!("('urn:uuid:{}')", named.entry))])
    }),
    ("ITI-18 GetDocuments by uniqueId", |caller, named| {
        caller.query(GET_DOCUMENTS, &[("$XDSDocumentEntryUniqueId", format!("('{}')", named.unique_id))])
    }),
    ("ITI-43", |caller, named| caller.post(&retrieve(REPOSITORY, &named.unique_id))),
];

/// What is asked of a record: one that is closed to the caller, and none.
const OF_RECORDS: [Request; 2] = [
    ("FHIR search by patient", |caller, named| caller.get(&format!("/fhir/DocumentReference?patient=Patient/{}", named.patient))),
    ("ITI-18 FindDocuments", |caller, named| {
        let patient = format!("'{}^^^&1.3.182.4.4&ISO'", named.patient);
        caller.query(FIND_DOCUMENTS, &[("$XDSDocumentEntryPatientId", patient), ("$XDSDocumentEntryStatus", APPROVED.to_owned())])
    }),
];

/// Prints a line for each kind of request.
pub fn measure(options: &Options) {
    let scene = Scene::start(options);
    let hidden = scene.file_private_documents();
    let invented: Vec<_> = hidden.iter().map(Named::invented).collect();
    println!("{HEAD}");
    for (what, id) in [("MR, a level hides it", "D01"), ("no mandate", "D02")] {
        let mut caller = scene.caller(what, id);
        for request in REQUESTS {
            println!("{}", line(options, &mut caller, request, &hidden, &invented));
        }
    }
    let mut stranger = scene.caller("no mandate", "D02");
    for request in OF_RECORDS {
        println!("{}", line(options, &mut stranger, request, &hidden, &invented));
    }
}

/// Asks in pairs; which of a pair comes first changes from one to the next.
fn line(options: &Options, caller: &mut Caller, (what, ask): Request, hidden: &[Named], invented: &[Named]) -> String {
    let mut pairs = Pairs::default();
    for number in 0..WARM + options.scaled(1000) {
        let (one, other) = (&hidden[number % hidden.len()], &invented[number % invented.len()]);
        let mut timed = |named: &Named| {
            let began = Instant::now();
            let answer = ask(caller, named);
            (began.elapsed(), (answer.status, answer.bytes))
        };
        let ((of_one, told_one), (of_other, told_other)) = if number % 2 == 0 {
            let one = timed(one);
            (one, timed(other))
        } else {
            let other = timed(other);
            (timed(one), other)
        };
        assert_eq!(told_one, told_other, "{what}: the answers themselves differ");
        if number >= WARM {
            pairs.add(of_one, of_other);
        }
    }
    let ((one, other), (difference, least, most)) = (pairs.medians(), pairs.difference());
    format!(
        "| {what} | {} | {one:.3} ms | {other:.3} ms | {:+.1} µs | {:+.1} to {:+.1} µs | {:.2} |",
        caller.what,
        difference * 1000.0,
        least * 1000.0,
        most * 1000.0,
        pairs.probability()
    )
}

impl Caller {
    fn get(&mut self, path: &str) -> Answer {
        self.connection.get_as(path, &self.token)
    }

    fn query(&mut self, id: &str, parameters: &[(&str, String)]) -> Answer {
        let parameters: Vec<_> = parameters.iter().map(|(name, value)| (*name, vec![value.clone()])).collect();
        self.post(&stored_query(id, &parameters))
    }

    fn post(&mut self, message: &crate::messages::Message) -> Answer {
        let message = for_user(message, &self.assertion);
        self.connection.post(message.path, &message.content_type, &[&message.before])
    }
}

/// A server under the access rules with the records of the sample population.
struct Scene {
    program: ServedProgram,
    issuer: SamlIssuer,
    key: SigningKey,
    // Whoever made the database keeps it.
    _engine: Engine,
}

impl Scene {
    fn start(options: &Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::chosen(options);
        let database = engine.create_database(folder.path());
        for kind in ["patients", "establishments", "professionals", "records"] {
            import(folder.path(), &database, kind);
        }
        let issuer = SamlIssuer::rsa("urn:bench:issuer", 2048);
        let key = SigningKey::from_pem(&SigningKey::generate_pem().unwrap()).unwrap();
        let written = |name: &str, text: &[u8]| -> PathBuf {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let issuers = format!("{}={}", issuer.name, written("issuer.pem", &issuer.pem()).display());
        let keys = format!("{}={}", TOKENS.0, written("keys.json", key.key_set().to_string().as_bytes()).display());
        let settings = [
            ("profile", "luxembourg-dsp"),
            ("database.url", database.as_str()),
            ("domain.repository_unique_id", REPOSITORY),
            ("xua.issuers", &issuers),
            ("xua.audiences", AUDIENCE),
            ("iua.issuers", &keys),
            ("iua.audiences", TOKENS.1),
        ];
        let program = ServedProgram::start_in(folder, &settings);
        Self { program, issuer, key, _engine: engine }
    }

    fn assertion(&self, subject: &str, role: &str, attributes: String) -> String {
        let mut said = Said::of(subject, now());
        said.role = (role.to_owned(), "2.999.442.1.5".to_owned());
        said.organization_id = None;
        said.attributes = attributes;
        self.issuer.issue(&said)
    }

    fn caller(&self, what: &'static str, id: &str) -> Caller {
        let identifier = format!(r#"<id xmlns="urn:hl7-org:v3" extension="{id}" root="2.999.442.2.1"></id>"#);
        let assertion = self.assertion(id, "professionnel", attribute("urn:ihe:iti:xua:2017:subject:provider-identifier", &identifier));
        let said = json!({
            "iss": TOKENS.0, "sub": id, "aud": TOKENS.1, "jti": "1", "iat": now(), "exp": now() + 3600, "client_id": "bench",
            "scope": "user/*.cruds",
            "extensions": {
                "ihe_iua": { "subject_role": [{ "system": "urn:oid:2.999.442.1.5", "code": "professionnel" }] },
                "dossier": { "provider_identifier": [{ "system": "urn:oid:2.999.442.2.1", "value": id }] },
            },
        });
        Caller { what, assertion, token: self.key.sign(&said).unwrap(), connection: Connection::open(self.program.http) }
    }

    /// The holder's own words, which they keep from everybody.
    fn file_private_documents(&self) -> Vec<Named> {
        let patient = format!("{P01}^^^&1.3.182.4.4&ISO");
        let assertion = self.assertion(P01, "patient", attribute("urn:dossier:person", &patient.replace('&', "&amp;")));
        let url = |service: &str| format!("http://{}/xds/{service}", self.program.http);
        let user = WrittenAssertion::new(assertion.as_bytes()).unwrap();
        let client = XdsClient::new(&url("registry"), &url("repository"), Timeouts::default()).for_user(Some(user));
        let file = |_| {
            let mut request = submission(&patient, &[fresh_oid()]);
            let entry = &mut request.entries[0];
            entry.type_code = Code::new("expression-titulaire", "2.999.442.1.1", "Expression du titulaire");
            entry.confidentiality_codes = vec![Code::new("PRIVE", "2.999.442.1.3", "Privé")];
            entry.mime_type = "text/plain".to_owned();
            let entry = request.entries[0].clone();
            client.provide_and_register(&request, vec![OutgoingDocument::bytes(entry.entry_uuid, b"text")]).unwrap();
            Named { entry: entry.entry_uuid.uuid().to_string(), unique_id: entry.unique_id.to_string(), patient: P01.to_owned() }
        };
        (0..DOCUMENTS).map(file).collect()
    }
}

fn now() -> i64 {
    clock::instant().0 / 1_000_000
}

/// Takes a part of the sample population into the database.
fn import(folder: &Path, database: &str, kind: &str) {
    let file = format!("{}/fixtures/population/{kind}.json", env!("CARGO_MANIFEST_DIR"));
    let settings = ["profile=ihe-connectathon".to_owned(), "environment=test".to_owned(), format!("database.url={database}")];
    let mut program = Command::new(env!("CARGO_BIN_EXE_dossier"));
    program.current_dir(folder).args(["import", kind, &file]).args(settings.iter().flat_map(|setting| ["--set", setting]));
    let output = program.output().unwrap();
    assert!(output.status.success(), "{kind}: {}", String::from_utf8_lossy(&output.stderr));
}
