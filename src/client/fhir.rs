//! FHIR over HTTP as an application of somebody calls it, perhaps with a bearer token.

use ureq::Agent;
use ureq::http::Request;

use super::ClientError;

/// What is sent: a method, an address and a body.
#[derive(Debug, Clone, Copy)]
pub struct FhirCall<'a> {
    /// Such as `POST`.
    pub method: &'a str,
    /// Where to.
    pub url: &'a str,
    /// The access token, if the service wants one.
    pub token: Option<&'a str>,
    /// The media type of the body.
    pub content_type: &'a str,
    /// The body.
    pub body: &'a str,
}

/// Sends it; gives the body of the answer.
///
/// # Errors
/// No answer came, or one that is no success.
pub fn send(call: FhirCall<'_>) -> Result<String, ClientError> {
    let url = || call.url.to_owned();
    let request = Request::builder().method(call.method).uri(call.url).header("Content-Type", call.content_type);
    let request = match call.token {
        Some(token) => request.header("Authorization", format!("Bearer {token}")),
        None => request,
    };
    let request = request.body(call.body.to_owned()).map_err(|_| ClientError::Url { url: url() })?;
    let agent: Agent = Agent::config_builder().proxy(None).max_redirects(0).http_status_as_error(false).build().into();
    let broken = |error: ureq::Error| ClientError::Broken { url: url(), reason: error.to_string() };
    let mut response = agent.run(request).map_err(broken)?;
    let text = response.body_mut().read_to_string().map_err(broken)?;
    let status = response.status();
    if status.is_success() { Ok(text) } else { Err(ClientError::unexpected(format!("HTTP {}: {text}", status.as_u16()))) }
}
