//! The files of a deployment profile to its rules, each checked whole. `profiles/README.md` describes them for those who write them.

mod confidentiality;
mod constraints;
mod durations;
mod fault;
mod files;
mod matrix;
mod professions;
mod rate_limits;
mod rows;
mod table;
mod transitions;
mod types;

pub use fault::PolicyFault;
pub use files::{PolicyFiles, PolicyTexts, TypeLabels};
pub use rows::PolicyRow;
