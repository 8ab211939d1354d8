//! Bad input over real sockets: a clear answer, nothing stored, nothing of other patients shown, a record of the refusal,
//! and a server that goes on.

mod change_errors;
mod documents;
mod error_texts;
mod hl7;
mod limits;
mod packages;
mod scene;
mod soap;
mod submissions;
mod xml;
