//! `dossier audit`: the audit trail for whoever answers for it.

mod command;
mod csv;
mod export;
mod lines;
mod received;
mod wanted;
mod words;

pub use command::Audit;
