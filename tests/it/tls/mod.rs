//! TLS of the listeners, who may connect, and which connected systems get answers (ITI-19).

mod attestation;
mod client;
mod foreign_client;
mod handshake;
mod listener;
mod pki;
mod program;
mod reload;
mod start;
