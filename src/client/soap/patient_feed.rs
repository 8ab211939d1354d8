//! Patient Identity Feed HL7 V3 [ITI-44] as its source (ITI TF-2: 3.44).

use crate::client::http::{Http, Timeouts};
use crate::client::{Acknowledgement, ClientError, ClientTls};
use crate::model::patient_feed::PatientFeed;
use crate::wire::hl7v3::{acknowledgement, feed_writer};

use super::answer::open;
use super::upload::{Target, simple};

/// Sends one message to an address and gives its acknowledgement, which may be a refusal. The id of the message has to be a
/// UUID or OID, and so have the applications that send and receive.
///
/// # Errors
/// No answer, a fault, or an answer that acknowledges something else.
pub fn feed(url: &str, feed: &PatientFeed, timeouts: Timeouts, tls: &ClientTls) -> Result<Acknowledgement, ClientError> {
    let interaction = feed_writer::interaction(&feed.event).map_err(|error| ClientError::unexpected(error.to_string()))?;
    let target = Target { url, action: interaction.action(), assertion: None };
    let http = Http::new(timeouts, tls.for_http().map_err(ClientError::Identity)?);
    let mut upload = simple(target, |xml| feed_writer::write(xml, feed, interaction)).map_err(ClientError::Source)?;
    let answer = open(url, http.post(url, &upload.content_type, upload.length, &mut upload.body)?)?;
    let told = acknowledgement::read(&answer.payload)
        .ok_or_else(|| ClientError::unexpected(format!("the answer is no {}", acknowledgement::INTERACTION)))?;
    if told.message_id.as_deref() != Some(feed.message_control_id.as_str()) {
        return Err(ClientError::unexpected(
            "the answer does not acknowledge this message; ask whether it had an effect before repeating it",
        ));
    }
    Ok(Acknowledgement { code: told.code, control_id: feed.message_control_id.clone(), error: told.error })
}
