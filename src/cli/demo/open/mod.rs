//! `dossier demo --open`: a server without access rules, for a first look at the protocols.

mod loading;
mod start;
mod summary;

pub(super) use start::run;
