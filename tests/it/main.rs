//! Tests of the whole server over real sockets, each on SQLite and on PostgreSQL.
//!
//! A case is a function of a [`support::Database`]; it starts a server of its own with
//! [`support::TestServer::start`]. [`on_both_databases!`] makes two tests of it.

#![allow(unreachable_pub, reason = "the modules of a test binary are its own")]

mod health;
mod http;
mod limits;
mod shutdown;
mod support;
