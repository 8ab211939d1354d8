//! Whether a client's certificate was revoked, asked of an OCSP responder (RFC 6960).
//!
//! [`Ocsp`] is asked at each request, holds answers for a while, and asks a responder when they are old.

mod answer;
mod check;
mod nonce;
mod responder;

pub(super) use answer::{Answer, BadAnswer, CertificateId, Standing};
pub(super) use check::{Ocsp, Question};
