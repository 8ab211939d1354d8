//! TLS of the listeners, who may connect, and which connected systems get answers (ITI-19).

mod attestation;
mod callbacks;
mod client;
mod foreign_client;
mod handshake;
mod listener;
mod ocsp;
mod ocsp_responder;
mod pki;
mod program;
mod refusals;
mod reload;
mod start;
