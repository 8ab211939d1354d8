//! The time by which a server decides, asked from outside.

use std::net::SocketAddr;

use serde_json::Value;

use super::{Exit, Failure};
use crate::client::fhir::{FhirCall, send};
use crate::model::timestamp::Instant;
use crate::server::clock;
use crate::settings::Settings;

/// The time of the server with these settings: that of this machine, or, where its clock may be set, what it says itself at
/// its address for operations.
///
/// # Errors
/// It does not answer.
pub(super) fn server_time(settings: &Settings, operations: SocketAddr) -> Result<Instant, Failure> {
    if !settings.clock.settable {
        return Ok(clock::instant());
    }
    let url = format!("http://{operations}/fhir/$set-clock");
    let refused = |why: String| Failure::new(Exit::CannotStart, format!("the server does not tell its time: {why}; is it running?"));
    let call = FhirCall { method: "GET", url: &url, token: None, content_type: "application/fhir+json", body: "" };
    let answer = send(call).map_err(|error| refused(error.to_string()))?;
    let answer: Value = serde_json::from_str(&answer).map_err(|error| refused(error.to_string()))?;
    let told = answer.pointer("/parameter/0/valueInstant").and_then(Value::as_str).and_then(|text| text.parse().ok());
    told.ok_or_else(|| refused(format!("{url} answers without an instant")))
}
