//! What a test PKI holds.

use std::path::Path;

use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;

use super::PkiError;
use super::authority::{Credential, Purpose, Subject, Validity, p256, rsa};
use super::folder::NewFolder;

const DAY: i64 = 86_400;
const README: &str = include_str!("README.md");

/// What to make.
#[derive(Debug, Clone)]
pub struct TestPki<'a> {
    /// Host names and IP addresses of the server, beside `localhost`, `127.0.0.1` and `::1`.
    pub hosts: &'a [String],
    /// How many days certificates and revocation lists are valid.
    pub days: u32,
    /// Now, in seconds since 1970.
    pub now: i64,
}

/// Connected systems with a good certificate: file name, and the establishment of the sample population they work for.
const CONNECTORS: [(&str, &str); 8] = [
    ("hospital-e1", "E1"),
    ("laboratory-e2", "E2"),
    ("laboratory-e3", "E3"),
    ("imaging-e4", "E4"),
    ("home-care-e5", "E5"),
    ("pharmacy-e6", "E6"),
    // Its certificate is good, its establishment or its attestation is not.
    ("clinic-e7", "E7"),
    ("suspended-e6", "E6"),
];

/// Kinds of establishments, for testers who fill the directories themselves: two good certificates for each, of which no directory
/// tells yet.
const KINDS: [&str; 9] = [
    "hopital",
    "service-urgences",
    "laboratoire",
    "plateau-imagerie",
    "reseau-aide-soins",
    "association-medico-sociale",
    "pharmacie",
    "cabinet",
    "cns",
];

/// From when until when signers of assertions are valid, in seconds since 1970: 2000 to 2099, as the test systems are attested.
const SIGNERS: Validity = Validity { from: 946_684_800, until: 4_102_444_799 };

/// The connected system of a test PKI that works for an establishment of the sample population.
pub fn connector_of(establishment: &str) -> Option<&'static str> {
    CONNECTORS.into_iter().find(|(_, works_for)| *works_for == establishment).map(|(name, _)| name)
}

/// From when until when test systems are attested: tests with a clock of their own travel far.
const ATTESTED: (&str, &str) = ("2000-01-01", "2100-01-01");

/// Makes all keys, certificates and lists in a folder that is new or empty, and a README that says what is what.
///
/// # Errors
/// [`PkiError`]; what was written before stays.
pub fn make(folder: &Path, wanted: &TestPki<'_>) -> Result<(), PkiError> {
    let folder = NewFolder::create(folder)?;
    folder.write("README.md", README.as_bytes())?;
    let validity = Validity { from: wanted.now - DAY, until: wanted.now + i64::from(wanted.days) * DAY };
    let new = |name, purpose| Subject { name, purpose, validity, alternative_names: &[] };
    let root = Credential::root(&new("Test root", Purpose::Root), rsa(3072)?)?;
    let issuing = root.issue(&new("Test issuing CA", Purpose::IssuingAuthority), rsa(3072)?)?;
    put(&folder, "ca/root", &root, &[])?;
    put(&folder, "ca/issuing", &issuing, &[])?;
    folder.write("ca/chain.pem", &pem(&[&issuing.certificate, &root.certificate])?)?;

    let local = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let hosts: Vec<_> = local.into_iter().chain(wanted.hosts.iter().cloned()).collect();
    let server = issuing.issue(&Subject { alternative_names: &hosts, ..new("Dossier test server", Purpose::Server) }, rsa(2048)?)?;
    put(&folder, "server/server", &server, &[&issuing.certificate])?;

    connectors(&folder, &issuing, validity)?;
    stranger(&folder, validity)?;
    let revoked = refused_connectors(&folder, &issuing, validity, wanted.now)?;
    let past = Validity { from: wanted.now - 14 * DAY, until: wanted.now - 7 * DAY };
    folder.write("crl/root.pem", &root.revocation_list(validity, 1, &[])?.to_pem()?)?;
    folder.write("crl/issuing.pem", &issuing.revocation_list(validity, 2, &[&revoked])?.to_pem()?)?;
    folder.write("crl/issuing-expired.pem", &issuing.revocation_list(past, 1, &[])?.to_pem()?)?;

    put(&folder, "ocsp/responder", &issuing.issue(&new("Test OCSP responder", Purpose::Responder), rsa(2048)?)?, &[])?;
    for (name, key) in [("saml/issuer-rsa", rsa(2048)?), ("saml/issuer-ec", p256()?)] {
        let signer = Subject { validity: SIGNERS, ..new(name, Purpose::Signer) };
        put(&folder, name, &issuing.issue(&signer, key)?, &[&issuing.certificate])?;
    }
    Ok(())
}

/// Systems with good certificates, and the directory that attests most of them.
fn connectors(folder: &NewFolder, issuing: &Credential, validity: Validity) -> Result<(), PkiError> {
    let mut systems = String::from(
        "id,name,establishment,practice_software,certificates,attestation.issued,attestation.expires,suspended_from,contact\n",
    );
    let software = ("practice-software", "");
    for (name, establishment) in CONNECTORS.into_iter().chain([software]) {
        let system = connector(name, validity, issuing)?;
        let fingerprint = hex::encode(system.certificate.digest(openssl::hash::MessageDigest::sha256())?);
        put(folder, &format!("connectors/{name}"), &system, &[&issuing.certificate])?;
        let product = if establishment.is_empty() { "Test practice software 1.0" } else { "" };
        let suspended = if name.starts_with("suspended") { ATTESTED.0 } else { "" };
        let (issued, expires) = ATTESTED;
        systems.push_str(&format!(
            "{name},Test system {name},{establishment},{product},sha256:{fingerprint},{issued},{expires},{suspended},attestation@dossier.test\n"
        ));
    }
    // Good certificates of which no directory tells.
    let kinds = KINDS.iter().flat_map(|kind| [1, 2].map(|number| format!("{kind}-{number}")));
    for name in std::iter::once("unknown".to_owned()).chain(kinds) {
        put(folder, &format!("connectors/{name}"), &connector(&name, validity, issuing)?, &[&issuing.certificate])?;
    }
    folder.write("systems.csv", systems.as_bytes())
}

/// Certificates that no server may take. Gives the one to be revoked.
fn refused_connectors(folder: &NewFolder, issuing: &Credential, validity: Validity, now: i64) -> Result<X509, PkiError> {
    let put = |name: &str, system: &Credential| put(folder, &format!("connectors/{name}"), system, &[&issuing.certificate]);
    let revoked = connector("revoked", validity, issuing)?;
    put("revoked", &revoked)?;
    put("expired", &connector("expired", Validity { from: now - 30 * DAY, until: now - DAY }, issuing)?)?;
    let wrong_usage = Subject { name: "wrong-usage", purpose: Purpose::Server, validity, alternative_names: &[] };
    put("wrong-usage", &issuing.issue(&wrong_usage, p256()?)?)?;
    Ok(revoked.certificate)
}

/// A system of an authority that nobody here trusts.
fn stranger(folder: &NewFolder, validity: Validity) -> Result<(), PkiError> {
    let root = Subject { name: "Another test root", purpose: Purpose::Root, validity, alternative_names: &[] };
    let root = Credential::root(&root, rsa(2048)?)?;
    put(folder, "stranger/root", &root, &[])?;
    put(folder, "connectors/stranger", &connector("stranger", validity, &root)?, &[])
}

fn connector(name: &str, validity: Validity, issuer: &Credential) -> Result<Credential, ErrorStack> {
    let names = [format!("{name}.connector.test"), format!("urn:dossier:test:system:{name}")];
    let key: PKey<Private> = p256()?;
    issuer.issue(&Subject { name, purpose: Purpose::Client, validity, alternative_names: &names }, key)
}

/// Writes `name.pem`, with the certificates that lead to the root, and `name.key`.
fn put(folder: &NewFolder, name: &str, credential: &Credential, chain: &[&X509]) -> Result<(), PkiError> {
    let certificates: Vec<_> = std::iter::once(&credential.certificate).chain(chain.iter().copied()).collect();
    folder.write(&format!("{name}.pem"), &pem(&certificates)?)?;
    folder.write(&format!("{name}.key"), &credential.key_pem()?)
}

fn pem(certificates: &[&X509]) -> Result<Vec<u8>, ErrorStack> {
    let each = certificates.iter().map(|certificate| certificate.to_pem()).collect::<Result<Vec<_>, _>>()?;
    Ok(each.concat())
}
