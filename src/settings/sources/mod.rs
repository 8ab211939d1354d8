//! Where values come from: each source becomes a list of assignments and a list of problems.

mod all_sources;
mod assignment;
mod environment;
mod file;
mod flags;

pub use all_sources::Sources;
pub(super) use assignment::Assignment;
pub use flags::Flag;
