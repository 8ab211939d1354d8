//! Makes the sample patients known over the patient identity feed.

use std::time::Duration;

use time::OffsetDateTime;

use crate::client::ClientTls;
use crate::client::mllp::{MllpClientError, send_to};
use crate::demo::{self, SamplePatient};
use crate::wire::hl7v2::ack::acknowledgement_code;
use crate::wire::hl7v2::feed_message;
use crate::wire::hl7v2::header::{TriggerEvent, Version};

/// The longest wait for one answer of the server beside.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why a patient is not known.
#[derive(Debug, thiserror::Error)]
pub(super) enum AnnouncingFailure {
    #[error("{name} could not be announced: {source}")]
    Feed { name: String, source: MllpClientError },
    #[error("{name} was refused by the patient identity feed")]
    Refused { name: String },
    #[error("no connection can be made: {0}")]
    System(#[from] std::io::Error),
}

/// ITI-8, A28; `step` is told who was made known. `address` is as [`send_to`] takes it, and `now` the time of the messages.
pub(super) fn announce(
    patients: &[SamplePatient],
    address: &str,
    tls: &ClientTls,
    now: OffsetDateTime,
    step: &mut dyn FnMut(&str),
) -> Result<(), AnnouncingFailure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for patient in patients {
        let refused = || AnnouncingFailure::Refused { name: patient.name.clone() };
        let feed = demo::announcement(patient, message_time(now));
        let message = feed_message::write(&feed, TriggerEvent::A28, Version::V2_5).map_err(|_| refused())?;
        let answer = runtime.block_on(send_to(address, tls, &message, PATIENCE));
        let answer = answer.map_err(|source| AnnouncingFailure::Feed { name: patient.name.clone(), source })?;
        if acknowledgement_code(&answer) != Some("AA") {
            return Err(refused());
        }
        step(&patient.name);
    }
    Ok(())
}

/// As MSH-7 has it.
fn message_time(at: OffsetDateTime) -> String {
    let format = time::macros::format_description!("[year][month][day][hour][minute][second][offset_hour sign:mandatory][offset_minute]");
    at.format(format).unwrap_or_default()
}
