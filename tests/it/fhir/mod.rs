//! FHIR R4 over a real socket: what every interaction shares.

mod directories;
mod negotiation;
