//! What is not HL7 v2 over MLLP, and messages that a registry does not take.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use dossier::model::audit_event::Transaction;

use super::scene::Scene;
use crate::mllp::message::{adt, announcement, pid_3, readable};
use crate::on_both_databases;
use crate::support::{Database, TestServer, send_hl7};

on_both_databases!(
    bytes_outside_of_a_frame,
    a_frame_in_a_frame,
    a_frame_without_its_end,
    a_frame_that_is_too_long,
    no_hl7_in_the_frame,
    another_event,
    a_missing_pid_3,
    a_patient_of_another_authority,
);

/// Sends bytes, then nothing more, and gives all that comes back until the server closes.
fn exchange(server: &TestServer, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.mllp).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // The server may have closed before the last byte is sent.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

fn text_of(frame: &str) -> String {
    if frame.is_empty() {
        return String::new();
    }
    readable(frame.strip_prefix('\u{b}').unwrap().strip_suffix("\u{1c}\r").unwrap())
}

/// What breaks the frame is answered and leaves one record, whatever follows in the same connection.
fn not_framed(database: Database, changes: &[(&str, &str)], bytes: &[u8], words: &str) {
    let mut scene = Scene::start_with(database, changes);
    let answer = text_of(&exchange(&scene.server, bytes));
    assert_eq!(answer, words);
    assert_eq!(scene.was_refused(&answer).transaction, Transaction::Iti8);
    assert!(send_hl7(scene.server.mllp, &announcement("PAT-9")).contains("\rMSA|AA|"));
}

fn refused(database: Database, message: &str, words: &str) {
    let mut scene = Scene::start(database);
    let answer = readable(&send_hl7(scene.server.mllp, message));
    assert_eq!(answer, words);
    assert_eq!(scene.was_refused(&answer).transaction, Transaction::Iti8);
}

fn bytes_outside_of_a_frame(database: Database) {
    not_framed(
        database,
        &[],
        b"GET / HTTP/1.1\r\nHost: dossier\r\n\r\n",
        "MSH|^~\\&|||||[time]||ACK|[id]|P|2.5\nMSA|AR|\nERR|||100^Segment sequence error^HL70357|E||||expected the start of a message (byte 0x0B), got byte 0x47; frame each message as 0x0B, message, 0x1C 0x0D",
    );
}

fn a_frame_in_a_frame(database: Database) {
    not_framed(
        database,
        &[],
        format!("\u{b}{}\u{b}MSH", announcement("PAT-2")).as_bytes(),
        "MSH|^~\\&|DOSSIER|REGISTRY|HIS|FICTIF|[time]||ACK^A04^ACK|[id]|P|2.5\nMSA|AR|MSG1\nERR|||100^Segment sequence error^HL70357|E||||a message contains byte 0x0B, the start of a message; end the earlier message with 0x1C 0x0D first",
    );
}

fn a_frame_without_its_end(database: Database) {
    not_framed(
        database,
        &[],
        format!("\u{b}{}", announcement("PAT-2")).as_bytes(),
        "MSH|^~\\&|DOSSIER|REGISTRY|HIS|FICTIF|[time]||ACK^A04^ACK|[id]|P|2.5\nMSA|AR|MSG1\nERR|||100^Segment sequence error^HL70357|E||||the connection ended within a message, before 0x1C 0x0D",
    );
}

fn a_frame_that_is_too_long(database: Database) {
    let long = format!("\u{b}{}NTE|||{}\r\u{1c}\r", announcement("PAT-2"), "x".repeat(40_000));
    not_framed(
        database,
        &[("limits.mllp_message_size", "16KiB")],
        long.as_bytes(),
        "MSH|^~\\&|DOSSIER|REGISTRY|HIS|FICTIF|[time]||ACK^A04^ACK|[id]|P|2.5\nMSA|AR|MSG1\nERR|||100^Segment sequence error^HL70357|E||||a message is longer than the limit of 16384 bytes",
    );
}

fn no_hl7_in_the_frame(database: Database) {
    refused(
        database,
        "{\"resourceType\": \"Patient\"}",
        "MSH|^~\\&|||||[time]||ACK|[id]|P|2.5\nMSA|AR|\nERR||MSH^1|100^Segment sequence error^HL70357|E||||MSH: a message must start with MSH, a field separator and four encoding characters, all different, as in MSH\\F\\\\S\\\\R\\\\E\\\\T\\\\F\\",
    );
}

fn another_event(database: Database) {
    refused(
        database,
        &adt("A03", "ADT_A03", &[&format!("PID|||{}", pid_3("PAT-1")), "PV1||O"]),
        "MSH|^~\\&|DOSSIER|REGISTRY|HIS|FICTIF|[time]||ACK^A03^ACK|[id]|P|2.5\nMSA|AR|MSG1\nERR||MSH^1^9^1^2|201^Unsupported trigger event^HL70357|E||||MSH-9.2: trigger events accepted are A01, A04, A05, A08, A28, A31, A40 and A43",
    );
}

fn a_missing_pid_3(database: Database) {
    refused(
        database,
        &adt("A01", "ADT_A01", &["PID|||||Exemple^Jeanne", "PV1||O"]),
        "MSH|^~\\&|DOSSIER|REGISTRY|HIS|FICTIF|[time]||ACK^A01^ACK|[id]|P|2.5\nMSA|AE|MSG1\nERR||PID^1^3|101^Required field missing^HL70357|E||||PID-3: an identifier and the OID of its assigning authority are required, as in 1234\\S\\\\S\\\\S\\\\T\\1.2.3\\T\\ISO",
    );
}

fn a_patient_of_another_authority(database: Database) {
    refused(
        database,
        &adt("A01", "ADT_A01", &["PID|||X1^^^&2.999.1&ISO", "PV1||O"]),
        "MSH|^~\\&|DOSSIER|REGISTRY|HIS|FICTIF|[time]||ACK^A01^ACK|[id]|P|2.5\nMSA|AE|MSG1\nERR||PID^1^3|204^Unknown key identifier^HL70357|E||||PID-3: no identifier is of an assigning authority whose patients are filed here; send one, or have the authority configured",
    );
}
