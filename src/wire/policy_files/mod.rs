//! The files of a deployment profile to its rules: `matrix.csv`, `constraints.csv`, `transitions.csv` and
//! `professions.csv`, each checked
//! whole. `profiles/README.md` describes them for those who write them.

mod constraints;
mod fault;
mod files;
mod matrix;
mod professions;
mod table;
mod transitions;

pub use fault::PolicyFault;
pub use files::{PolicyFiles, TypeLabels};
