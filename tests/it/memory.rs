//! Documents and answers far larger than the memory that the server takes for them.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use dossier::client::soap::{OutgoingDocument, Timeouts, XdsClient};
use dossier::model::document_entry::DocumentEntry;
use dossier::model::document_request::DocumentRequest;
use dossier::model::dsp::DocumentFacts;
use dossier::model::hl7_types::PatientId;
use dossier::model::patient_feed::PatientDemographics;
use dossier::model::submission_request::SubmissionRequest;
use dossier::model::timestamp::Instant;
use dossier::store::{Store, StoreError};
use dossier::wire::ebrim::{FIND_DOCUMENTS, ReturnType, write_adhoc_query_request};
use dossier::wire::soap;
use openssl::sha::Sha256;

use crate::support::served_program::ServedProgram;
use crate::support::submissions::{announcement, fresh_oid, submission};
use crate::support::{Connection, send_hl7};

const MIB: u64 = 1024 * 1024;
/// How much the server may grow.
const ALLOWED: u64 = 32 * MIB;
/// The default of the settings.
const PATIENT: &str = "1958031498124^^^&1.3.182.4.4&ISO";
const REPOSITORY: &str = "2.999.442.9.2";

/// So many MiB, or as many as `DOSSIER_TEST_LARGE_DOCUMENT_MIB` says.
fn size(usual: u64) -> u64 {
    std::env::var("DOSSIER_TEST_LARGE_DOCUMENT_MIB").ok().and_then(|size| size.parse().ok()).unwrap_or(usual) * MIB
}

#[test]
fn a_document_of_a_gibibyte_passes_through_with_less_than_32_mebibytes() {
    if !cfg!(target_os = "linux") {
        return eprintln!("skipped: the memory of a process is read from /proc");
    }
    let program = ServedProgram::start_in(tempfile::tempdir().unwrap(), &[]);
    assert!(send_hl7(program.mllp, &announcement(PATIENT)).contains("MSA|AA|"));
    let (registry, repository) = (format!("http://{}/xds/registry", program.http), format!("http://{}/xds/repository", program.http));
    let client = XdsClient::new(&registry, &repository, Timeouts::default());
    // What a first request makes once and for all does not count.
    pass(&client, MIB);
    let before = memory(&program, "VmRSS:");
    let began = std::time::Instant::now();
    let size = size(1024);
    pass(&client, size);
    let peak = memory(&program, "VmHWM:");
    let (grown, seconds) = (peak.saturating_sub(before), began.elapsed().as_secs_f32());
    let _ = writeln!(
        io::stderr(),
        "memory: {} MiB in and out in {seconds:.1} s; the server grew by {:.1} MiB to {:.1} MiB",
        size / MIB,
        in_mib(grown),
        in_mib(peak)
    );
    assert!(grown < ALLOWED, "the server grew by {:.1} MiB from {:.1} MiB", in_mib(grown), in_mib(before));
}

/// Submits a document of this size and retrieves it.
fn pass(client: &XdsClient, size: u64) {
    let unique_id = fresh_oid();
    let request = submission(PATIENT, &[&unique_id]);
    let mut sent = Stream::new(size);
    let document = OutgoingDocument { entry_uuid: request.entries[0].entry_uuid, size, content: Box::new(&mut sent) };
    client.provide_and_register(&request, vec![document]).unwrap();
    let wanted =
        DocumentRequest { home_community_id: None, repository_unique_id: REPOSITORY.to_owned(), unique_id: unique_id.parse().unwrap() };
    let mut retrieval = client.retrieve(&[wanted], |_| Ok(Digest(Sha256::new()))).unwrap();
    let document = retrieval.documents.remove(0);
    assert_eq!(document.size, size);
    assert_eq!(document.sink.0.finish(), sent.hash.finish(), "other bytes came back");
}

#[test]
fn a_large_document_passes_through_fhir_with_less_than_32_mebibytes() {
    if !cfg!(target_os = "linux") {
        return eprintln!("skipped: the memory of a process is read from /proc");
    }
    let program = ServedProgram::start_in(tempfile::tempdir().unwrap(), &[]);
    assert!(send_hl7(program.mllp, &announcement(PATIENT)).contains("MSA|AA|"));
    pass_over_fhir(&program, MIB);
    let before = memory(&program, "VmRSS:");
    let began = std::time::Instant::now();
    let size = size(256);
    pass_over_fhir(&program, size);
    let grown = memory(&program, "VmHWM:").saturating_sub(before);
    let seconds = began.elapsed().as_secs_f32();
    let _ = writeln!(
        io::stderr(),
        "memory: {} MiB in and out over FHIR in {seconds:.1} s; the server grew by {:.1} MiB",
        size / MIB,
        in_mib(grown)
    );
    assert!(grown < ALLOWED, "the server grew by {:.1} MiB from {:.1} MiB", in_mib(grown), in_mib(before));
}

/// Publishes a document of this size inline (ITI-105) and reads it as it is (ITI-68).
fn pass_over_fhir(program: &ServedProgram, size: u64) {
    let identifier = format!("urn:oid:{}", fresh_oid());
    let head = format!(
        r#"{{"resourceType":"DocumentReference","status":"current","masterIdentifier":{{"system":"urn:ietf:rfc:3986","value":"{identifier}"}},"subject":{{"reference":"Patient/1958031498124"}},"content":[{{"attachment":{{"contentType":"text/plain","data":""#
    );
    let (tail, length) = (r#""}}]}"#, size.div_ceil(3) * 4);
    let mut to_server = TcpStream::connect(program.http).unwrap();
    let length = head.len() as u64 + length + tail.len() as u64;
    write!(to_server, "POST /fhir/DocumentReference HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/fhir+json\r\nContent-Length: {length}\r\n\r\n{head}").unwrap();
    let mut sent = Stream::new(size);
    let mut encoder = base64::write::EncoderWriter::new(
        io::BufWriter::with_capacity(1 << 16, to_server.try_clone().unwrap()),
        &base64::engine::general_purpose::STANDARD,
    );
    io::copy(&mut sent, &mut encoder).unwrap();
    encoder.finish().unwrap().flush().unwrap();
    to_server.write_all(tail.as_bytes()).unwrap();
    let mut answer = String::new();
    to_server.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let address = answer.split_once("/Binary/").unwrap().1.split('"').next().unwrap();
    let mut from_server = TcpStream::connect(program.http).unwrap();
    write!(from_server, "GET /fhir/Binary/{address} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = BufReader::with_capacity(1 << 16, from_server);
    let (mut line, mut length) = (String::new(), None);
    while answer.read_line(&mut line).unwrap() > 2 {
        length = length
            .or_else(|| line.to_ascii_lowercase().strip_prefix("content-length:").map(|length| length.trim().parse::<u64>().unwrap()));
        line.clear();
    }
    let mut came = Digest(Sha256::new());
    match length {
        Some(length) => assert_eq!(io::copy(&mut answer.take(length), &mut came).unwrap(), length),
        None => unchunked(&mut answer, &mut came),
    }
    assert_eq!(came.0.finish(), sent.hash.finish(), "other bytes came back");
}

/// A body in chunks (RFC 9112, 7.1).
fn unchunked(answer: &mut impl BufRead, out: &mut impl Write) {
    loop {
        let mut size = String::new();
        answer.read_line(&mut size).unwrap();
        let size = u64::from_str_radix(size.trim(), 16).unwrap();
        io::copy(&mut answer.take(size), out).unwrap();
        answer.read_line(&mut String::new()).unwrap();
        if size == 0 {
            return;
        }
    }
}

/// As many bytes as were asked for, of which no two blocks are the same, and the hash of those that were read.
struct Stream {
    block: Vec<u8>,
    number: u64,
    used: usize,
    left: u64,
    hash: Sha256,
}

impl Stream {
    fn new(size: u64) -> Self {
        let block: Vec<u8> = (0..65_536_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        Self { used: block.len(), block, number: 0, left: size, hash: Sha256::new() }
    }
}

impl Read for Stream {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.used == self.block.len() {
            self.number += 1;
            self.block[..8].copy_from_slice(&self.number.to_le_bytes());
            self.used = 0;
        }
        let most = usize::try_from(self.left).unwrap().min(out.len());
        let count = (&self.block[self.used..]).read(&mut out[..most])?;
        self.hash.update(&out[..count]);
        self.used += count;
        self.left -= count as u64;
        Ok(count)
    }
}

struct Digest(Sha256);

impl Write for Digest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// So many entries a patient has, and so many callers ask for them at one time.
const MANY: usize = 10_000;
const CALLERS: usize = 4;
/// When they were registered.
const NOW: Instant = Instant(1_742_202_000_000_000);

#[test]
fn ten_thousand_entries_are_given_to_each_of_several_callers_with_less_than_16_mebibytes() {
    if !cfg!(target_os = "linux") {
        return eprintln!("skipped: the memory of a process is read from /proc");
    }
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite:{}", folder.path().join("many.sqlite3").display()), 1).unwrap();
    store.migrate().unwrap();
    let many = |patient_id: &str, count: usize| -> PatientId {
        let ids: Vec<_> = (0..count).map(|_| fresh_oid()).collect();
        store.write(|tx| register(tx, &submission(patient_id, &ids))).unwrap();
        patient_id.parse().unwrap()
    };
    let (few, many) = (many("1893120105732^^^&1.3.182.4.4&ISO", 10), many(PATIENT, MANY));
    let program = ServedProgram::start_in(folder, &[("database.url", "sqlite:many.sqlite3")]);
    // What a first request makes once and for all does not count.
    assert_eq!(entries_found(&program, &few), 10);
    let before = memory(&program, "VmRSS:");
    std::thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(|| entries_found(&program, &many))).collect();
        callers.into_iter().for_each(|caller| assert_eq!(caller.join().unwrap(), MANY));
    });
    let grown = memory(&program, "VmHWM:").saturating_sub(before);
    let _ = writeln!(io::stderr(), "memory: {CALLERS} answers of {MANY} entries; the server grew by {:.1} MiB", in_mib(grown));
    let allowed = CALLERS as u64 * 16 * MIB;
    assert!(grown < allowed, "the server grew by {:.1} MiB from {:.1} MiB", in_mib(grown), in_mib(before));
}

fn register(tx: &mut dossier::store::Write, request: &SubmissionRequest) -> Result<(), StoreError> {
    let set = &request.submission_set;
    tx.insert_patient(&set.patient_id, &PatientDemographics::default(), NOW)?;
    tx.insert_submission_set(set, NOW)?;
    for entry in &request.entries {
        let entry = DocumentEntry { repository_unique_id: REPOSITORY.parse().ok(), ..entry.clone() };
        tx.insert_entry(&entry, &DocumentFacts::of_no_rules(), set.entry_uuid, NOW)?;
    }
    Ok(())
}

/// Asks for the entries of a patient, whole, and counts them.
fn entries_found(program: &ServedProgram, patient_id: &PatientId) -> usize {
    let approved = "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')".to_owned();
    let parameters = [("$XDSDocumentEntryPatientId", vec![format!("'{patient_id}'")]), ("$XDSDocumentEntryStatus", vec![approved])];
    let mut message = Vec::new();
    soap::write_request(&mut message, "/xds/registry", "urn:ihe:iti:2007:RegistryStoredQuery", "urn:uuid:many", |xml| {
        write_adhoc_query_request(xml, FIND_DOCUMENTS, ReturnType::LeafClass, &parameters)
    })
    .unwrap();
    let mut connection = Connection::open(program.http);
    connection.be_patient();
    let length = format!("Content-Length: {}", message.len());
    connection.send_head("POST", "/xds/registry", &["Content-Type: application/soap+xml", &length]);
    assert!(connection.send(&message));
    let answer = connection.read_response();
    assert!(answer.status == 200 && answer.complete, "status {}, whole: {}", answer.status, answer.complete);
    let text = answer.text();
    assert!(text.contains("ResponseStatusType:Success") && text.ends_with("</soap:Envelope>"));
    text.matches("<rim:ExtrinsicObject ").count()
}

/// Bytes of the server, by the name of a line in `/proc/<pid>/status`.
fn memory(program: &ServedProgram, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", program.process_id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
}

fn in_mib(bytes: u64) -> f64 {
    bytes as f64 / MIB as f64
}
