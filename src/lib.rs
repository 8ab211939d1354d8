//! Dossier: an open IHE XDS.b registry and repository.
//!
//! The crate is layered; an arrow only points to layers further down, and `tests/architecture.rs` checks it:
//!
//! ```text
//! cli → server, client, demo, pki, sheets, wire, settings, model
//! server → transactions, access, store, wire, settings, model
//! transactions → access, sheets, wire, model
//! client → wire, model
//! demo → wire, model
//! pki → model
//! access → store, model
//! store → model
//! sheets → model
//! wire → model
//! settings → model
//! model → nothing
//! ```
//!
//! Only [`store`] names diesel, only [`server`] and [`client`] open sockets, [`wire`] and [`model`] are pure, and
//! [`transactions`] is synchronous, so that each transaction can be tested without a runtime.
//! `docs/architecture.md` walks through one ITI-41 and one ITI-18.

#![cfg_attr(test, allow(clippy::string_slice, reason = "a test that cuts a text wrongly fails"))]

pub mod access;
pub mod cli;
pub mod client;
pub mod demo;
pub mod model;
pub mod pki;
pub mod server;
pub mod settings;
pub mod sheets;
pub mod store;
pub mod transactions;
pub mod wire;
