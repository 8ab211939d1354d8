//! FHIR R4 over a real socket: what every interaction shares.

mod browser;
mod definitions;
mod directories;
mod directory_versions;
mod foreign_schema;
mod negotiation;
mod rest;
