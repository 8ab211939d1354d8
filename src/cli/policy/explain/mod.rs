//! `dossier policy explain`: whether somebody may do something with a record, by which rule, and what that rests on.

mod act;
mod command;
mod facts;
mod told;
mod words;

pub(super) use command::Explain;
