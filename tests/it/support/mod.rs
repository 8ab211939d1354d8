//! A server of its own for each case, and plain clients for it.

mod callback_listener;
mod database;
mod http_client;
pub mod metadata;
mod mllp_client;
mod postgres;
pub mod saml_issuer;
pub mod schema_validity;
pub mod served_program;
pub mod submissions;
mod test_server;

pub use callback_listener::{CallbackListener, Delivered};
pub use database::Database;
pub(crate) use database::on_both_databases;
pub use http_client::{Connection, Response, get, post, request};
pub use mllp_client::{send_hl7, send_hl7_over};
pub use test_server::{AUTHORITY, REPOSITORY, TestServer, content_files};
