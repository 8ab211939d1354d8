//! A server under the access rules, records that hold something hidden, and those who ask for it.

use std::path::{Path, PathBuf};
use std::process::Command;

use dossier::client::soap::{OutgoingDocument, Timeouts, XdsClient};
use dossier::model::code::Code;
use dossier::server::clock;
use dossier::wire::jwt::SigningKey;
use dossier::wire::saml::WrittenAssertion;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::engine::Engine;
use crate::http::{Answer, Connection};
use crate::messages::{Message, for_user, stored_query};
use crate::options::Options;
use crate::saml_issuer::{AUDIENCE, Said, SamlIssuer, attribute};
use crate::served_program::ServedProgram;
use crate::submissions::{fresh_oid, submission};

/// A patient whose referring physician is D01, whom D02 does not treat.
pub const P01: &str = "1958031498124";
/// A patient whom nobody knows.
pub const NOBODY: &str = "1961010100002";
pub const REPOSITORY: &str = "2.999.442.9.2";
const TOKENS: (&str, &str) = ("https://as.example", "https://dossier.example/fhir");
/// Documents whose ids are asked for, and others that fill records.
const MANY: usize = 100;
const SOME: usize = 10;

/// Patients whose records are alike but for their documents: D01 is in the trusted circle of each.
pub const EMPTY: &str = "1947112398312";
pub const HIDDEN_ALONE: &str = "1991050998408";
pub const SHOWN_ALONE: &str = "1975011898682";
pub const SHOWN_AND_SOME_HIDDEN: &str = "1939062198893";
pub const SHOWN_AND_MANY_HIDDEN: &str = "1932040399222";
/// How many documents of each D01 sees, and how many not.
const FILLED: [(&str, usize, usize); 5] = [
    (EMPTY, 0, 0),
    (HIDDEN_ALONE, 0, MANY),
    (SHOWN_ALONE, SOME, 0),
    (SHOWN_AND_SOME_HIDDEN, SOME, SOME),
    (SHOWN_AND_MANY_HIDDEN, SOME, MANY),
];

/// The ways to name something.
#[derive(Clone, Default)]
pub struct Named {
    pub entry: String,
    pub unique_id: String,
    pub patient: String,
    pub consent: String,
    pub episode: String,
}

impl Named {
    /// Another of the same length that nothing has.
    pub fn invented(&self) -> Self {
        let unique_id = std::iter::repeat_with(fresh_oid).find(|oid| oid.len() == self.unique_id.len()).unwrap();
        let [entry, consent, episode] = std::array::from_fn(|_| Uuid::new_v4().to_string());
        Self { entry, unique_id, patient: NOBODY.to_owned(), consent, episode }
    }

    pub fn patient(id: &str) -> Self {
        Self { patient: id.to_owned(), ..Self::default() }
    }
}

/// A professional with a connection that stays open.
pub struct Caller {
    pub what: &'static str,
    assertion: String,
    token: String,
    connection: Connection,
}

impl Caller {
    pub fn get(&mut self, path: &str) -> Answer {
        self.connection.get_as(path, &self.token)
    }

    pub fn query(&mut self, id: &str, parameters: &[(&str, String)]) -> Answer {
        let parameters: Vec<_> = parameters.iter().map(|(name, value)| (*name, vec![value.clone()])).collect();
        self.post(&stored_query(id, &parameters))
    }

    pub fn post(&mut self, message: &Message) -> Answer {
        let message = for_user(message, &self.assertion);
        self.connection.post(message.path, &message.content_type, &[&message.before])
    }
}

/// A server under the access rules with the records of the sample population, some of them emptied.
pub struct Scene {
    program: ServedProgram,
    issuer: SamlIssuer,
    key: SigningKey,
    // Whoever made the database keeps it.
    _engine: Engine,
}

impl Scene {
    pub fn start(options: &Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::chosen(options);
        let database = engine.create_database(folder.path());
        let written = |name: &str, text: &[u8]| -> PathBuf {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        for kind in ["patients", "establishments", "professionals"] {
            import(folder.path(), &database, kind, &fixture(kind));
        }
        import(folder.path(), &database, "records", &written("records.json", records().to_string().as_bytes()));
        let issuer = SamlIssuer::rsa("urn:bench:issuer", 2048);
        let key = SigningKey::from_pem(&SigningKey::generate_pem().unwrap()).unwrap();
        let issuers = format!("{}={}", issuer.name, written("issuer.pem", &issuer.pem()).display());
        let keys = format!("{}={}", TOKENS.0, written("keys.json", key.key_set().to_string().as_bytes()).display());
        let mut settings = vec![
            ("profile", "luxembourg-dsp"),
            ("database.url", database.as_str()),
            ("domain.repository_unique_id", REPOSITORY),
            ("xua.issuers", &issuers),
            ("xua.audiences", AUDIENCE),
            ("iua.issuers", &keys),
            ("iua.audiences", TOKENS.1),
        ];
        settings.extend(options.tick.as_deref().map(|tick| ("limits.answer_tick", tick)));
        let program = ServedProgram::start_in(folder, &settings);
        let scene = Self { program, issuer, key, _engine: engine };
        for (patient, shown, hidden) in FILLED {
            (0..shown).for_each(|_| drop(scene.file(patient, &professional("D01"), "rapports-medicaux", "STANDARD")));
            (0..hidden).for_each(|_| drop(scene.file_private(patient)));
        }
        scene
    }

    /// Documents of P01 that nobody else sees, each with a visit and a grant beside it that D02 does not see.
    pub fn hidden(&self) -> Vec<Named> {
        let mut holder = self.caller_as("holder", "patient", &person(P01), json!({ "person": cx(P01) }));
        let consent = first_id(&holder.get(&format!("/fhir/Consent?patient=Patient/{P01}&_count=1")));
        let episode = first_id(&holder.get(&format!("/fhir/Encounter?patient=Patient/{P01}&_count=1")));
        (0..MANY).map(|_| Named { consent: consent.clone(), episode: episode.clone(), ..self.file_private(P01) }).collect()
    }

    fn assertion(&self, subject: &str, role: &str, attributes: String) -> String {
        let mut said = Said::of(subject, now());
        said.role = (role.to_owned(), "2.999.442.1.5".to_owned());
        said.organization_id = None;
        said.attributes = attributes;
        self.issuer.issue(&said)
    }

    /// A professional who asks.
    pub fn caller(&self, what: &'static str, id: &str) -> Caller {
        let known = json!({ "provider_identifier": [{ "system": "urn:oid:2.999.442.2.1", "value": id }] });
        self.caller_as(what, "professionnel", &professional(id), known)
    }

    fn caller_as(&self, what: &'static str, role: &str, (subject, attributes): &Person, known: Value) -> Caller {
        let said = json!({
            "iss": TOKENS.0, "sub": subject, "aud": TOKENS.1, "jti": "1", "iat": now(), "exp": now() + 3600, "client_id": "bench",
            "scope": "user/*.cruds",
            "extensions": {
                "ihe_iua": { "subject_role": [{ "system": "urn:oid:2.999.442.1.5", "code": role }] },
                "dossier": known,
            },
        });
        let assertion = self.assertion(subject, role, attributes.clone());
        Caller { what, assertion, token: self.key.sign(&said).unwrap(), connection: Connection::open(self.program.http) }
    }

    /// The holder's own words, which they keep from everybody.
    fn file_private(&self, patient: &str) -> Named {
        self.file(patient, &person(patient), "expression-titulaire", "PRIVE")
    }

    fn file(&self, patient: &str, (subject, attributes): &Person, document_type: &str, level: &str) -> Named {
        let role = if subject == patient { "patient" } else { "professionnel" };
        let assertion = self.assertion(subject, role, attributes.clone());
        let url = |service: &str| format!("http://{}/xds/{service}", self.program.http);
        let user = WrittenAssertion::new(assertion.as_bytes()).unwrap();
        let client = XdsClient::new(&url("registry"), &url("repository"), Timeouts::default()).for_user(Some(user));
        let mut request = submission(&cx(patient), &[fresh_oid()]);
        let entry = &mut request.entries[0];
        entry.type_code = Code::new(document_type, "2.999.442.1.1", document_type);
        entry.confidentiality_codes = vec![Code::new(level, "2.999.442.1.3", level)];
        entry.mime_type = "text/plain".to_owned();
        let entry = request.entries[0].clone();
        client.provide_and_register(&request, vec![OutgoingDocument::bytes(entry.entry_uuid, b"text")]).unwrap();
        let unique_id = entry.unique_id.to_string();
        Named { entry: entry.entry_uuid.uuid().to_string(), unique_id, patient: patient.to_owned(), ..Named::default() }
    }
}

/// A subject, and the attributes that say who that is.
type Person = (String, String);

fn professional(id: &str) -> Person {
    let identifier = format!(r#"<id xmlns="urn:hl7-org:v3" extension="{id}" root="2.999.442.2.1"></id>"#);
    (id.to_owned(), attribute("urn:ihe:iti:xua:2017:subject:provider-identifier", &identifier))
}

fn person(patient: &str) -> Person {
    (patient.to_owned(), attribute("urn:dossier:person", &cx(patient).replace('&', "&amp;")))
}

/// A patient id as the registry has it.
pub fn cx(patient: &str) -> String {
    format!("{patient}^^^&1.3.182.4.4&ISO")
}

fn now() -> i64 {
    clock::instant().0 / 1_000_000
}

/// The id of the first resource of a searchset, which stands in its beginning.
fn first_id(answer: &Answer) -> String {
    let text = String::from_utf8_lossy(&answer.beginning);
    let resource = text.split("\"resource\":").nth(1).unwrap_or_else(|| panic!("nothing is found: {text}"));
    resource.split("\"id\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

fn fixture(kind: &str) -> PathBuf {
    format!("{}/fixtures/population/{kind}.json", env!("CARGO_MANIFEST_DIR")).into()
}

/// The records of the sample population; those that are filled here have nothing but the trust of their holder in D01.
fn records() -> Value {
    let mut records: Value = serde_json::from_slice(&std::fs::read(fixture("records")).unwrap()).unwrap();
    for record in records["records"].as_array_mut().unwrap() {
        if FILLED.iter().any(|(patient, ..)| record["patient"] == *patient) {
            *record = json!({
                "patient": record["patient"], "status": "active", "created_at": "2021-01-01T00:00:00+01:00", "emergency_access": "standard",
                "trusted_circle": [{ "professional": "D01", "start": "2022-01-01T00:00:00+01:00" }],
            });
        }
    }
    records
}

/// Takes a part of the population into the database.
fn import(folder: &Path, database: &str, kind: &str, file: &Path) {
    let settings = ["profile=ihe-connectathon".to_owned(), "environment=test".to_owned(), format!("database.url={database}")];
    let mut program = Command::new(env!("CARGO_BIN_EXE_dossier"));
    program.current_dir(folder).args(["import", kind]).arg(file).args(settings.iter().flat_map(|setting| ["--set", setting]));
    let output = program.output().unwrap();
    assert!(output.status.success(), "{kind}: {}", String::from_utf8_lossy(&output.stderr));
}
