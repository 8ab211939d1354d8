//! What is wrong with a profile, and where.

/// A fault of one file. The files are the operator's own and hold no patient's data, so that the value is quoted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {text}")]
pub struct PolicyFault {
    /// Name of the file.
    pub file: &'static str,
    /// Its line, from 1.
    pub line: u64,
    /// The rule, the value and what to do.
    pub text: String,
}
