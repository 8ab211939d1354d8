//! The access rules over SOAP, with people whom a trusted issuer vouches for: a few of each family of rules. Section numbers are
//! those of the access rules.

mod explaining;
mod history;
mod reading;
pub mod scene;
mod starting;
mod writing;
