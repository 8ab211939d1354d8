//! `dossier audit`: the audit trail for whoever answers for it.

mod command;
mod words;

pub use command::Audit;
