//! A small authorization server (OAuth 2.1, SMART App Launch 2.2, IHE IUA ITI-71, ITI-102 and ITI-103) for demo and tests.
//!
//! It gives a token about anybody to whoever asks, without a password, and production refuses to start with it. Two grants:
//! client credentials, and an authorization code with PKCE behind a form without script. Its key lies in the data folder,
//! where `dossier token` finds it.

mod answer;
mod assertions;
mod codes;
mod directory;
mod endpoints;
mod form_page;
mod introspection;
mod issuer;
mod key_file;
mod metadata;
mod parameters;
mod server;
mod subject;

pub use assertions::{AssertionIssuer, AssertionKeyError};
pub use directory::DemoDirectory;
pub(super) use endpoints::routes;
pub use issuer::{DemoIssuer, Issued};
pub use key_file::DemoKeyError;
pub(super) use metadata::Metadata;
pub(super) use server::AuthorizationServer;
pub use subject::{TokenWish, WishError};
