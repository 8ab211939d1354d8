//! `dossier policy`: shows, checks, compares and explains the access rules of a deployment.

mod arguments;
mod differences;
mod explain;
mod profile;
mod table;

pub use arguments::Policy;
