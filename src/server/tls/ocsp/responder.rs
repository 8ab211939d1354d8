//! Where to ask, and the asking.

use openssl::stack::Stack;
use openssl::x509::store::X509StoreRef;
use openssl::x509::{X509, X509Ref};
use ureq::Agent;

use super::answer::{Answer, BadAnswer, CertificateId};
use super::nonce::Nonce;
use crate::model::callback_url::CallbackUrl;
use crate::server::outgoing;
use crate::settings::sections::Tls;

/// The longest response that is read. One with a responder's chain has some KiB.
const LONGEST: u64 = 64 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    #[error("neither tls.ocsp_responder is set nor does the certificate name a responder of tls.ocsp_responders")]
    Nowhere,
    #[error("no trusted authority issued the certificate")]
    NoIssuer,
    #[error("the responder could not be reached: {0}")]
    Connection(#[from] Box<ureq::Error>),
    #[error("the responder answered with HTTP status {0}")]
    Status(u16),
    #[error("the answer of the responder does not count: {0}")]
    Bad(#[from] BadAnswer),
}

/// Asks responders. Goes straight to them, without proxy and redirection.
pub(super) struct Responders {
    agent: Agent,
    fixed: Option<CallbackUrl>,
    allowed: Vec<CallbackUrl>,
}

impl Responders {
    /// Those of the settings.
    pub(super) fn new(settings: &Tls) -> Self {
        let agent = outgoing::agent(outgoing::trusting_the_system(), settings.ocsp_time, settings.ocsp_time);
        Self { agent, fixed: settings.ocsp_responder.clone(), allowed: settings.ocsp_responders.clone() }
    }

    /// Asks for a certificate, whose issuer is among `issuers`.
    pub(super) fn ask<'a>(
        &self,
        certificate: &X509Ref,
        issuers: impl Iterator<Item = &'a X509>,
        chain: &Stack<X509>,
        trust: &X509StoreRef,
    ) -> Result<Answer, NoAnswer> {
        let url = self.of(certificate).ok_or(NoAnswer::Nowhere)?;
        let id = CertificateId::of(certificate, issuers).ok_or(NoAnswer::NoIssuer)?;
        let nonce = Nonce::new().map_err(BadAnswer::from)?;
        let request = id.request().map_err(BadAnswer::from)?;
        let request = nonce.added_to(&request).unwrap_or(request);
        let response = self.post(&url, &request)?;
        let answer = Answer::read(&response, &id, chain, trust)?;
        if nonce.contradicts(&response) { Err(BadAnswer::Nonce.into()) } else { Ok(answer) }
    }

    /// The responder of the settings, or the one that the certificate names (authorityInfoAccess), if it is allowed.
    fn of(&self, certificate: &X509Ref) -> Option<CallbackUrl> {
        if let Some(fixed) = &self.fixed {
            return Some(fixed.clone());
        }
        let named = certificate.ocsp_responders().ok()?;
        let mut named = named.iter().filter_map(|url| CallbackUrl::parse(url).ok());
        named.find(|url| self.allowed.iter().any(|allowed| allowed.covers(url)))
    }

    /// RFC 6960, A.1.
    fn post(&self, url: &CallbackUrl, request: &[u8]) -> Result<Vec<u8>, NoAnswer> {
        let post = self.agent.post(url.to_string()).header("Content-Type", "application/ocsp-request");
        let mut response = post.send(request).map_err(Box::new)?;
        match response.status().as_u16() {
            200 => Ok(response.body_mut().with_config().limit(LONGEST).read_to_vec().map_err(Box::new)?),
            other => Err(NoAnswer::Status(other)),
        }
    }
}
