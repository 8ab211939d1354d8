//! Tests of the whole server, from outside.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must fail")]

mod schema_validity;
mod support;
