//! People over FHIR: access tokens (IUA, ITI-71, ITI-72, ITI-102, ITI-103) against the whole server, and against other
//! implementations.

mod authorization;
mod command_line;
mod foreign_issuers;
mod people;
mod refusals;
pub mod scene;
