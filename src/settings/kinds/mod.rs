//! The kinds of values a setting may have: how each is read from text, and how it is shown.

mod address;
mod boolean;
mod callback_url;
mod choice;
mod code_and_system;
mod count;
mod database_url;
mod duration;
mod issuer_file;
mod key_bytes;
mod kind;
mod log_filter;
mod oid;
mod optional_and_list;
mod path;
mod public_url;
mod secret;
mod short_text;
mod size;
mod token_issuer;

pub use address::ListenAddress;
pub(super) use choice::choice;
pub use code_and_system::CodeAndSystem;
pub use database_url::DatabaseUrl;
pub use duration::parse_duration;
pub use issuer_file::IssuerFile;
pub use key_bytes::KeyBytes;
pub(super) use kind::{Base, Given, Kind, Unacceptable, quoted};
pub use kind::{Shape, Shown};
pub use log_filter::LogFilter;
pub use oid::{HomeCommunityId, Oid};
pub use public_url::PublicUrl;
pub use secret::{DemoClient, Secret};
pub use size::Size;
pub use token_issuer::{KeysAt, TokenIssuer};
