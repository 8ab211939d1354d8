//! Syslog as an audit record repository gets it: frames whole and in pieces, each message as record and as AuditEvent.
#![no_main]

use bytes::{Bytes, BytesMut};
use dossier_fuzz::memory::within;
use dossier_fuzz::model::received_record::{ReceivedRecord, RecordFormat, Transport};
use dossier_fuzz::model::timestamp::Instant;
use dossier_fuzz::wire::fhir::{incoming_syslog, received_audit_event};
use dossier_fuzz::wire::syslog::{frame, next_frame};
use dossier_fuzz::wire::xml::XmlLimits;
use libfuzzer_sys::fuzz_target;

const LIMIT: usize = 8192;

fuzz_target!(|bytes: &[u8]| {
    let Some((size, stream)) = bytes.split_first() else { return };
    let (whole, error) = within(bytes, 64, 64 * 1024, || messages(stream, stream.len().max(1)));
    assert_eq!((whole.clone(), error), messages(stream, usize::from(*size).max(1)), "the size of network packets makes a difference");
    let framed: Vec<u8> = whole.iter().flat_map(|message| frame(message)).collect();
    assert_eq!(messages(&framed, framed.len().max(1)), (whole.clone(), false));
    for message in whole.iter().map(Bytes::as_ref).chain([stream]) {
        let record = incoming_syslog(Transport::SyslogTls, message, &XmlLimits::default());
        assert_eq!(record.content, message, "what came is kept as it came");
        let is_dicom = record.format == RecordFormat::Dicom;
        let event = received_audit_event(&received(record), &XmlLimits::default());
        assert!(event["resourceType"] == "AuditEvent" && event["agent"][0].is_object() && event["recorded"].is_string());
        assert!(!is_dicom || event["type"].is_object());
    }
});

fn received(record: dossier_fuzz::model::received_record::IncomingRecord) -> ReceivedRecord {
    ReceivedRecord {
        id: uuid::Uuid::nil(),
        received_at: Instant(0),
        recorded_at: record.recorded_at.unwrap_or(Instant(0)),
        transport: record.transport,
        format: record.format,
        sender: "127.0.0.1".to_owned(),
        certificate: None,
        names: record.names,
        content: record.content,
    }
}

/// The messages before the end or the first error, and whether there was one.
fn messages(stream: &[u8], piece: usize) -> (Vec<Bytes>, bool) {
    let (mut buffer, mut messages) = (BytesMut::new(), Vec::new());
    for chunk in stream.chunks(piece) {
        buffer.extend_from_slice(chunk);
        loop {
            match next_frame(&mut buffer, LIMIT) {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => break,
                Err(_) => return (messages, true),
            }
        }
    }
    (messages, false)
}
