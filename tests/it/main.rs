//! Tests of the whole server, from outside.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on must fail")]

mod foreign_clients;
mod schema_validity;
mod support;
