//! A document far larger than the memory that the server takes for it.

use std::io::{self, Read, Write};

use dossier::client::soap::{OutgoingDocument, Timeouts, XdsClient};
use dossier::model::document_request::DocumentRequest;
use openssl::sha::Sha256;

use crate::support::send_hl7;
use crate::support::served_program::ServedProgram;
use crate::support::submissions::{announcement, fresh_oid, submission};

const MIB: u64 = 1024 * 1024;
/// How much the server may grow.
const ALLOWED: u64 = 32 * MIB;
/// The default of the settings.
const PATIENT: &str = "M1^^^&1.3.182.4.4&ISO";
const REPOSITORY: &str = "2.999.442.9.2";

/// 1 GiB by default; `DOSSIER_TEST_LARGE_DOCUMENT_MIB` chooses another size.
fn size() -> u64 {
    std::env::var("DOSSIER_TEST_LARGE_DOCUMENT_MIB").ok().and_then(|size| size.parse().ok()).unwrap_or(1024) * MIB
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
    pass(&client, size());
    let peak = memory(&program, "VmHWM:");
    let (grown, seconds) = (peak.saturating_sub(before), began.elapsed().as_secs_f32());
    let _ = writeln!(
        io::stderr(),
        "memory: {} MiB in and out in {seconds:.1} s; the server grew by {:.1} MiB to {:.1} MiB",
        size() / MIB,
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

/// Bytes of the server, by the name of a line in `/proc/<pid>/status`.
fn memory(program: &ServedProgram, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", program.process_id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
}

fn in_mib(bytes: u64) -> f64 {
    bytes as f64 / MIB as f64
}
