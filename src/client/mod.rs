//! SOAP and MLLP clients for testers, working against any XDS.b server and patient identity feed.

mod acknowledgement;
mod error;
pub mod fhir;
mod http;
pub mod mllp;
pub mod patient_feed;
pub mod soap;
mod tls;

pub use acknowledgement::Acknowledgement;
pub use error::ClientError;
pub use tls::{ClientTls, ClientTlsError};
