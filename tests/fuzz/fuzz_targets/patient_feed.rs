//! HL7 v2 messages (ITI-8, ITI-64): what is read and written again asks the same, and every message gets an
//! acknowledgement that can be read.
#![no_main]

use dossier_fuzz::memory::within;
use dossier_fuzz::model::hl7_types::Cx;
use dossier_fuzz::model::patient_feed::{FeedEvent, PatientFeed, PatientIdentificationDomain};
use dossier_fuzz::wire::hl7v2::ack::{AckStamp, accept, acknowledgement_code, refuse};
use dossier_fuzz::wire::hl7v2::er7::Message;
use dossier_fuzz::wire::hl7v2::header::{MessageHeader, Version};
use dossier_fuzz::wire::hl7v2::{adt, feed_message};
use libfuzzer_sys::fuzz_target;
use time::OffsetDateTime;

const STAMP: AckStamp<'_> = AckStamp { at: OffsetDateTime::UNIX_EPOCH, control_id: "00000000000000000001" };

fuzz_target!(|bytes: &[u8]| {
    let domain = PatientIdentificationDomain { namespace_id: Some("NS".into()), universal_id: "1.2.3".parse().expect("an OID") };
    for domain in [None, Some(&domain)] {
        let acknowledgement = match within(bytes, 64, 256 * 1024, || adt::read(bytes, domain)) {
            Ok(feed) => {
                check_round_trip(bytes, &feed);
                accept(bytes, STAMP)
            }
            Err(error) => refuse(bytes, &error, STAMP),
        };
        check_acknowledgement(bytes, &acknowledgement);
    }
});

/// A written message is what its reader made of the first: what a sender hides in escapes (control characters, a null that
/// is none) is gone after the first writing, and nothing after that. Identifiers change at no time.
fn check_round_trip(bytes: &[u8], feed: &PatientFeed) {
    let message = Message::parse(bytes).expect("it was read");
    let trigger = MessageHeader::read(&message).expect("it was read").trigger;
    let rewritten = |feed: &PatientFeed| {
        let written = feed_message::write(feed, trigger, Version::V2_5).expect("the trigger it came with");
        adt::read(&written, None).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&written)))
    };
    let once = rewritten(feed);
    assert_eq!(identifiers(&once), identifiers(feed));
    // As JSON, because a debug print of a patient shows nothing.
    let json = |feed: &PatientFeed| serde_json::to_string(feed).expect("a feed as JSON");
    assert_eq!(json(&rewritten(&once)), json(&once), "a message changes on its way");
}

fn identifiers(feed: &PatientFeed) -> Vec<Cx> {
    match &feed.event {
        FeedEvent::Add(patient) | FeedEvent::Revise { patient, .. } => patient.identifiers.clone(),
        FeedEvent::Merge(merges) => merges.iter().flat_map(|merge| [&merge.surviving, &merge.subsumed]).flatten().cloned().collect(),
        FeedEvent::ChangeLink(change) => {
            let ids = [&change.new_xad_pid, &change.local_id, &change.previous_xad_pid].map(Cx::clone);
            ids.into_iter().chain(change.subsumed_local_id.clone()).collect()
        }
    }
}

fn check_acknowledgement(request: &[u8], acknowledgement: &[u8]) {
    assert!(acknowledgement.len() <= 4096 + 2 * request.len(), "{} bytes of acknowledgement", acknowledgement.len());
    assert!(!acknowledgement.iter().any(|byte| matches!(byte, 0x0B | 0x1C)), "an acknowledgement that fits no frame");
    let code = acknowledgement_code(acknowledgement);
    assert!(matches!(code, Some("AA" | "AE" | "AR")), "{code:?}");
    if let Err(error) = Message::parse(acknowledgement) {
        panic!("{error}: {}", String::from_utf8_lossy(acknowledgement));
    }
}
