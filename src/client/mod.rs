//! SOAP and MLLP clients for testers, working against any XDS.b server and patient identity feed.

mod error;
mod http;
pub mod mllp;
pub mod soap;

pub use error::ClientError;
