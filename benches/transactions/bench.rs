//! The server under test and what lies in its database.

use std::path::PathBuf;

use dossier::pki::{TestPki, make};
use dossier::server::clock;

use crate::engine::Engine;
use crate::entries::load;
use crate::options::Options;
use crate::saml_issuer::{AUDIENCE, SamlIssuer};
use crate::served_program::ServedProgram;

/// The defaults of the settings.
const AUTHORITY: &str = "1.3.182.4.4";
pub const REPOSITORY: &str = "2.999.442.9.2";
/// Whose documents are submitted and retrieved.
pub const PATIENT: &str = "W1^^^&1.3.182.4.4&ISO";

/// A running server whose database is filled.
pub struct Bench {
    pub options: Options,
    /// Where the database comes from.
    pub engine: Engine,
    pub program: ServedProgram,
    pub database_url: String,
    /// Patients with the number of their entries.
    pub patients: Vec<(String, usize)>,
    /// Entries in the database.
    pub entries: usize,
    /// Whose assertions the server trusts.
    pub issuer: SamlIssuer,
    /// Certificates of the server and of those who connect.
    pub pki: PathBuf,
}

impl Bench {
    /// Fills a database and starts the server on it.
    pub fn start(options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::chosen(&options);
        let database_url = engine.create_database(folder.path());
        let patients: Vec<_> = [10, 100, 1000].map(|count| (format!("Q{count}^^^&{AUTHORITY}&ISO"), count)).into();
        let (entries, mut wanted) =
            if options.fhir || options.wants("ITI-18") { (options.scaled(100_000), patients.clone()) } else { (0, Vec::new()) };
        wanted.push((PATIENT.to_owned(), 0));
        load(&database_url, &wanted, entries, AUTHORITY);
        let issuer = SamlIssuer::rsa("urn:bench:issuer", 2048);
        let certificate = folder.path().join("issuer.pem");
        std::fs::write(&certificate, issuer.pem()).unwrap();
        let issuers = format!("{}={}", issuer.name, certificate.display());
        let pki = folder.path().join("pki");
        make(&pki, &TestPki { hosts: &[], days: 2, now: clock::now().unix_timestamp() }).unwrap();
        let path = |name: &str| pki.join(name).display().to_string();
        let (certificate, key, ca) = (path("server/server.pem"), path("server/server.key"), path("ca/chain.pem"));
        let lists = format!("{},{}", path("crl/root.pem"), path("crl/issuing.pem"));
        let settings = [
            ("database.url", database_url.as_str()),
            ("xua.mode", "optional"),
            ("xua.issuers", &issuers),
            ("xua.audiences", AUDIENCE),
            ("https.listen", "127.0.0.1:0"),
            ("tls.certificate", &certificate),
            ("tls.key", &key),
            ("tls.client_ca", &ca),
            ("tls.crl", &lists),
            // For bundles of a thousand documents, each with a link.
            ("limits.submission_objects", "3000"),
        ];
        let program = ServedProgram::start_in(folder, &settings);
        Self { options, engine, program, database_url, patients, entries, issuer, pki }
    }
}
