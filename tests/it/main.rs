//! Tests of the whole server over real sockets, each on SQLite and on PostgreSQL.
//!
//! A case is a function of a [`support::Database`]; it starts a server of its own with
//! [`support::TestServer::start`]. [`on_both_databases!`] makes two tests of it.

mod health;
mod http;
mod limits;
mod shutdown;
mod support;
