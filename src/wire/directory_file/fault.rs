//! What is wrong with a directory file, and where.

use std::fmt;

/// A fault of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {text}")]
pub struct Fault {
    /// As in `line 5, column matricule` or `patients[3].matricule`.
    pub place: String,
    /// The rule and what to do, without the value.
    pub text: String,
}

impl Fault {
    /// A fault at a place.
    pub(super) fn new(place: impl fmt::Display, text: impl Into<String>) -> Self {
        Self { place: place.to_string(), text: text.into() }
    }
}

/// Where an entry stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The line on which its record begins, from 1.
    Line(u64),
    /// Its index, from 0, in the list of this name.
    Element(&'static str, usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Element(list, index) => write!(f, "{list}[{index}]"),
        }
    }
}

impl Place {
    /// The place of a value of the entry; `path` as in `address.city`.
    pub(super) fn of(self, path: &str) -> String {
        match self {
            Self::Line(line) => format!("line {line}, column {path}"),
            Self::Element(..) => format!("{self}.{path}"),
        }
    }
}
