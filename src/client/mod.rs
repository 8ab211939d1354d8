//! A SOAP and MLLP client for testers, working against any XDS.b server.
pub mod mllp;
