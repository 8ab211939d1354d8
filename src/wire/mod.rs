//! Bytes to values and back. No clock, no socket, no database.

pub mod cda;
pub mod coding;
pub mod dicom_audit;
pub mod directory_file;
pub mod ebrim;
pub mod fhir;
pub mod fhir_directory;
pub mod hl7v2;
pub mod hl7v3;
pub mod jwt;
pub mod mhd;
pub mod mllp;
pub mod mtom;
pub mod policy_files;
mod public_key;
pub mod saml;
pub mod soap;
pub mod syslog;
pub mod xml;
