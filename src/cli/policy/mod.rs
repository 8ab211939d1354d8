//! `dossier policy`: shows, checks and compares the access rules of a deployment.

mod arguments;
mod differences;
mod profile;
mod table;

pub use arguments::Policy;
