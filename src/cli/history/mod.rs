//! `dossier history`: the activity history of a record, as its patient reads it (access rules, 8).

mod command;

pub use command::History;
