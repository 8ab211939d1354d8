//! One question to an authorization server, bounded in size and time.

use std::io::Read as _;
use std::time::Duration;

use ureq::http::Response;
use ureq::{Agent, Body};

use crate::server::outgoing;

/// How long a connection, and a whole answer, may take: somebody waits for it.
const CONNECT: Duration = Duration::from_secs(2);
const WHOLE: Duration = Duration::from_secs(5);

/// The largest answer taken, in bytes.
const LARGEST: u64 = 256 * 1024;

/// Why there is no answer. Says nothing of what was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    /// Another status than 200.
    #[error("the answer has HTTP status {0}")]
    Status(u16),
    /// Too large.
    #[error("the answer is larger than {LARGEST} bytes")]
    TooLarge,
    /// Not reached, or broken off.
    #[error("no answer: {0}")]
    Connection(#[from] Box<ureq::Error>),
    /// Broken off.
    #[error("the answer broke off: {0}")]
    Broken(#[from] std::io::Error),
}

pub(super) fn agent() -> Agent {
    outgoing::agent(outgoing::trusting_the_system(), CONNECT, WHOLE)
}

/// The body of an answer with status 200.
pub(super) fn body(answer: Result<Response<Body>, ureq::Error>) -> Result<Vec<u8>, NoAnswer> {
    let answer = answer.map_err(Box::new)?;
    if answer.status().as_u16() != 200 {
        return Err(NoAnswer::Status(answer.status().as_u16()));
    }
    let mut bytes = Vec::new();
    answer.into_body().into_reader().take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST { Err(NoAnswer::TooLarge) } else { Ok(bytes) }
}
