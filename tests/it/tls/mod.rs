//! TLS of the listeners, who may connect, and which connected systems get answers (ITI-19).

mod attestation;
mod callbacks;
pub mod client;
mod foreign_client;
mod handshake;
mod listener;
mod ocsp;
mod ocsp_responder;
pub mod pki;
mod program;
mod refusals;
mod reload;
mod start;
