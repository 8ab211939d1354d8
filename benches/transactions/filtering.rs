//! What the access rules cost: ITI-18 FindDocuments of one record, asked of a server under the open profile and of one under the
//! access rules, on the same database in the same run. The caller is the patient's referring physician, who reads every document of
//! the record, so that both answer the same; both look at the same assertion, so that what is left is the rules.

use std::path::Path;
use std::process::Command;

use dossier::model::dsp::{DocumentFacts, DocumentType, Level};
use dossier::server::clock;

use crate::engine::Engine;
use crate::entries::load_record;
use crate::http::Connection;
use crate::messages::find_documents_for;
use crate::options::Options;
use crate::saml_issuer::{AUDIENCE, Said, SamlIssuer, attribute};
use crate::served_program::ServedProgram;
use crate::ways::{Way, compare};

const AUTHORITY: &str = "1.3.182.4.4";
/// P01 of the sample population, whose declared referring physician is D01.
const PATIENT: &str = "1958031498124^^^&1.3.182.4.4&ISO";
const PHYSICIAN: &str = "D01";
/// What a referring physician reads.
const LEVELS: [Level; 3] = [Level::Standard, Level::Confidential, Level::Announcement];
const TYPES: [&str; 4] = ["rapports-medicaux", "resultats-biologie", "traitements-medicamenteux", "resume-patient"];
/// Entries of the record.
const ENTRIES: usize = 1000;
/// Requests of one kind in a row; an answer is long.
const BATCH: usize = 5;

/// Prints a line for each profile.
pub fn measure(options: &Options) {
    for engine in Engine::all(options) {
        let folder = tempfile::tempdir().unwrap();
        let database_url = engine.create_database(folder.path());
        for directory in ["patients", "establishments", "professionals", "records"] {
            import(folder.path(), &database_url, directory);
        }
        let facts = |number: usize| DocumentFacts {
            document_type: DocumentType::from(TYPES[number % TYPES.len()]),
            level: LEVELS[number % LEVELS.len()],
            ..DocumentFacts::of_no_rules()
        };
        load_record(&database_url, PATIENT, ENTRIES, facts);
        let issuer = SamlIssuer::rsa("urn:bench:issuer", 2048);
        let certificate = folder.path().join("issuer.pem");
        std::fs::write(&certificate, issuer.pem()).unwrap();
        let issuers = format!("{}={}", issuer.name, certificate.display());
        let start = |profile: &[(&str, &str)]| {
            let common = [("database.url", database_url.as_str()), ("xua.issuers", &issuers), ("xua.audiences", AUDIENCE)];
            let settings: Vec<_> = common.iter().chain(profile).copied().collect();
            ServedProgram::start_in(tempfile::tempdir().unwrap(), &settings)
        };
        let open = start(&[("xua.mode", "optional")]);
        let ruled = start(&[("profile", "luxembourg-dsp"), ("domain.assigning_authorities", AUTHORITY)]);
        let mut said = Said::of(PHYSICIAN, clock::instant().0 / 1_000_000);
        said.role = ("professionnel".to_owned(), "2.999.442.1.5".to_owned());
        said.organization_id = None;
        let identifier = format!(r#"<id xmlns="urn:hl7-org:v3" extension="{PHYSICIAN}" root="2.999.442.2.1"></id>"#);
        said.attributes = attribute("urn:ihe:iti:xua:2017:subject:provider-identifier", &identifier);
        let assertion = issuer.issue(&said);
        let way = |what, program: &ServedProgram, target| {
            let message = find_documents_for(PATIENT, &assertion);
            Way::new(what, program.process_id(), Connection::open(program.http), message, target)
        };
        let mut ways = [way("open profile", &open, "–"), way("access rules", &ruled, "< 10 % more")];
        let [of_open, of_ruled] = ways.each_mut().map(|way| way.ask().bytes);
        assert_eq!(of_open, of_ruled, "both answer the same");
        compare(&format!("ITI-18, {ENTRIES} entries, {}", engine.name()), &mut ways, options.scaled(100), BATCH);
    }
}

/// The sample population as the operator brings it.
fn import(folder: &Path, database_url: &str, directory: &str) {
    let file = format!("{}/fixtures/population/{directory}.json", env!("CARGO_MANIFEST_DIR"));
    let settings = [
        "profile=ihe-connectathon".to_owned(),
        "environment=test".to_owned(),
        format!("domain.assigning_authorities={AUTHORITY}"),
        format!("data.directory={}", folder.join("data").display()),
        format!("database.url={database_url}"),
    ];
    let mut program = Command::new(env!("CARGO_BIN_EXE_dossier"));
    program.args(["import", directory, &file]).args(settings.iter().flat_map(|setting| ["--set", setting]));
    let output = program.output().unwrap();
    assert!(output.status.success(), "{directory}: {}", String::from_utf8_lossy(&output.stderr));
}
