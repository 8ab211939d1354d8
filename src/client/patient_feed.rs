//! Patient Identity Feed [ITI-8] as its source (ITI TF-2: 3.8).

use std::time::Duration;

use thiserror::Error;

use super::mllp::{MllpClientError, send_to};
use super::{Acknowledgement, ClientTls};
use crate::model::patient_feed::PatientFeed;
use crate::wire::hl7v2::Hl7Error;
use crate::wire::hl7v2::feed_message::{UnfitTrigger, write};
use crate::wire::hl7v2::header::Version;

pub use crate::wire::hl7v2::header::TriggerEvent;

/// Why it is not known what the receiver thinks of a message.
#[derive(Debug, Error)]
pub enum FeedError {
    /// The event cannot say what the feed asks.
    #[error(transparent)]
    Unfit(#[from] UnfitTrigger),
    /// No acknowledgement came.
    #[error(transparent)]
    Mllp(#[from] MllpClientError),
    /// The answer is no HL7 message.
    #[error("the answer is no HL7 message: {0}")]
    Unreadable(#[from] Hl7Error),
    /// The answer acknowledges something else.
    #[error("the answer does not acknowledge this message: MSA-2 is not its id {0}; ask whether it had an effect before repeating it")]
    OtherMessage(String),
}

/// The message, in the version of ITI-8.
pub fn message(feed: &PatientFeed, trigger: TriggerEvent) -> Result<Vec<u8>, FeedError> {
    Ok(write(feed, trigger, Version::V2_3_1)?)
}

/// Sends one message to a host and port, after `mllps://` with TLS, and gives its acknowledgement, which may be a refusal.
pub async fn feed(
    address: &str,
    tls: &ClientTls,
    feed: &PatientFeed,
    trigger: TriggerEvent,
    timeout: Duration,
) -> Result<Acknowledgement, FeedError> {
    let answer = send_to(address, tls, &message(feed, trigger)?, timeout).await?;
    let acknowledgement = Acknowledgement::read(&answer)?;
    if acknowledgement.control_id == feed.message_control_id {
        Ok(acknowledgement)
    } else {
        Err(FeedError::OtherMessage(feed.message_control_id.clone()))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::model::patient_feed::{FeedEvent, FeedParty, PatientDemographics};

    fn admission() -> PatientFeed {
        let identifiers = vec!["P1^^^&1.2.3&ISO".parse().unwrap()];
        PatientFeed {
            event: FeedEvent::Add(PatientDemographics { identifiers, ..PatientDemographics::default() }),
            message_control_id: "M1".into(),
            sender: FeedParty::default(),
            receiver: FeedParty::default(),
            message_time: None,
        }
    }

    async fn answered(msa: &'static str) -> Result<Acknowledgement, FeedError> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let peer = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\x1c\r") {
                request.push(stream.read_u8().await.unwrap());
            }
            stream.write_all(format!("\x0bMSH|^~\\&|R|D|A|C|2026||ACK|X1|P|2.3.1\r{msa}\r\x1c\r").as_bytes()).await.unwrap();
        });
        let outcome = feed(&address, &ClientTls::default(), &admission(), TriggerEvent::A01, Duration::from_secs(5)).await;
        peer.await.unwrap();
        outcome
    }

    #[tokio::test]
    async fn only_the_acknowledgement_of_this_message_counts() {
        assert_eq!(answered("MSA|AA|M1").await.unwrap().code, "AA");
        assert_eq!(answered("MSA|AE|M1|no").await.unwrap().error.as_deref(), Some("no"));
        assert!(matches!(answered("MSA|AA|M2").await, Err(FeedError::OtherMessage(_))));
        assert!(matches!(answered("PID|1").await, Err(FeedError::OtherMessage(_))));
        assert!(matches!(feed("", &ClientTls::default(), &admission(), TriggerEvent::A40, Duration::ZERO).await, Err(FeedError::Unfit(_))));
    }
}
