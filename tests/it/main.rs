//! Tests of the whole server over real sockets, each on SQLite and on PostgreSQL.
//!
//! A case is a function of a [`support::Database`]; it starts a server of its own with
//! [`support::TestServer::start`]. [`on_both_databases!`] makes two tests of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    unreachable_pub,
    reason = "a test that cannot go on must fail and says why on standard error; a test program has no outside"
)]

mod access;
mod answers;
mod async_exchange;
mod audit;
mod audit_delivery;
mod audit_feed;
mod audit_queries;
mod audit_repository;
mod audit_repository_limits;
mod balp;
mod black_box;
mod command_line_client;
mod demo;
mod dicom_audit;
mod durability;
mod faults;
mod fhir;
mod filing;
mod foreign_clients;
mod health;
mod hl7v3;
mod hostile;
mod http;
mod iua;
mod limits;
mod memory;
mod mhd;
mod mllp;
mod no_leak;
mod on_demand;
mod privacy;
mod schema_validity;
mod shutdown;
mod story;
mod support;
mod system_events;
mod tls;
mod upkeep;
mod xdr;
mod xds;
mod xds_multi_patient;
mod xds_removal;
mod xds_scene;
mod xds_update;
mod xua;

pub(crate) use support::on_both_databases;
