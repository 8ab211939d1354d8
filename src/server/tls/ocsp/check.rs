//! The question at each request, and the answers that are kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use openssl::error::ErrorStack;
use openssl::stack::Stack;
use openssl::x509::X509;
use openssl::x509::store::X509Store;

use super::answer::{Answer, Standing};
use super::responder::{NoAnswer, Responders};
use crate::settings::sections::{OcspMode, Tls};

/// How long nobody is asked again after there was no answer, so that a dead responder does not hold up every request.
const PAUSE: Duration = Duration::from_secs(15);
/// Answers kept at a time; only certificates of trusted authorities get one.
const MOST_ANSWERS: usize = 10_000;

/// A certificate of which is asked: its fingerprint, itself, and what it came with.
pub(in crate::server::tls) struct Question<'a> {
    pub(in crate::server::tls) fingerprint: &'a str,
    pub(in crate::server::tls) certificate: &'a X509,
    pub(in crate::server::tls) chain: &'a [X509],
}

/// What is known of one certificate.
#[derive(Default)]
struct Known {
    answer: Option<Answer>,
    asked: Option<Instant>,
    /// Whether there was an answer when asked last.
    answered: bool,
}

/// The answers of responders under one reading of the files of TLS.
pub(in crate::server::tls) struct Ocsp {
    required: bool,
    keep: Duration,
    responders: Responders,
    authorities: Vec<X509>,
    /// Who may sign for an authority.
    trust: X509Store,
    /// Each behind a lock of its own, so that a certificate is asked for once, and others do not wait for it.
    known: Mutex<HashMap<String, Arc<Mutex<Known>>>>,
}

impl Ocsp {
    /// Nothing, where the settings do not ask. `trust` is without a purpose: responders are no clients.
    pub(in crate::server::tls) fn new(settings: &Tls, authorities: &[X509], trust: X509Store) -> Option<Self> {
        let required = match settings.ocsp {
            OcspMode::Off => return None,
            OcspMode::IfAvailable => false,
            OcspMode::Required => true,
        };
        let (responders, authorities) = (Responders::new(settings), authorities.to_vec());
        Some(Self { required, keep: settings.ocsp_keep, responders, authorities, trust, known: Mutex::default() })
    }

    /// Whether the certificate may be used now. Asks its responder if no answer is at hand, and waits for it.
    pub(in crate::server::tls) fn accepts(&self, question: &Question<'_>) -> bool {
        let known = self.slot(question.fingerprint);
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_old(self.keep) {
            let asked = self.ask(question);
            known.asked = Some(Instant::now());
            known.answered = asked.is_ok();
            match asked {
                Ok(answer) => known.answer = Some(answer),
                Err(error) => tracing::warn!(fingerprint = question.fingerprint, %error, "no OCSP answer for a client certificate"),
            }
        }
        match known.standing() {
            Some(Standing::Good) => true,
            Some(standing @ (Standing::Revoked | Standing::Unknown)) => {
                tracing::warn!(fingerprint = question.fingerprint, ?standing, "an OCSP responder does not vouch for a client certificate");
                false
            }
            None => !self.required,
        }
    }

    fn slot(&self, fingerprint: &str) -> Arc<Mutex<Known>> {
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST_ANSWERS && !all.contains_key(fingerprint) {
            // Those in use now have another holder; one that is forgotten is asked for again.
            let surplus = all.iter().find(|(_, known)| Arc::strong_count(known) == 1).map(|(key, _)| key.clone());
            surplus.map(|key| all.remove(&key));
        }
        Arc::clone(all.entry(fingerprint.to_owned()).or_default())
    }

    fn ask(&self, question: &Question<'_>) -> Result<Answer, NoAnswer> {
        let chain = stack(question.chain.iter().chain(&self.authorities)).map_err(super::answer::BadAnswer::from)?;
        let issuers = self.authorities.iter().chain(question.chain);
        self.responders.ask(question.certificate, issuers, &chain, &self.trust)
    }
}

impl Known {
    /// Whether a responder has to be asked.
    fn is_old(&self, keep: Duration) -> bool {
        let Some(asked) = self.asked else { return true };
        let usable = self.answered && self.answer.as_ref().is_some_and(|answer| answer.in_time().is_ok());
        asked.elapsed() >= if usable { keep } else { keep.min(PAUSE) }
    }

    /// The last answer, as long as it holds; a revocation holds until a newer answer takes it back.
    fn standing(&self) -> Option<Standing> {
        let answer = self.answer.as_ref()?;
        if answer.revoked() { Some(Standing::Revoked) } else { answer.in_time().ok() }
    }
}

fn stack<'a>(certificates: impl Iterator<Item = &'a X509>) -> Result<Stack<X509>, ErrorStack> {
    let mut stack = Stack::new()?;
    certificates.into_iter().try_for_each(|one| stack.push(one.clone()))?;
    Ok(stack)
}
