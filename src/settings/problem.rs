//! What is wrong with the settings, one line each.

use std::fmt;

use thiserror::Error;

/// One mistake: where it stands, what is wrong, how to mend it.
///
/// It never holds the value of a secret setting.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{place}: {what}; {mend}")]
pub struct Problem {
    /// `dossier.toml:12`, `environment variable DOSSIER_HTTP_LISTEN`, `flag --http` or the keys concerned.
    pub place: String,
    /// What is wrong, beginning with the key where there is one.
    pub what: String,
    /// What the operator should do.
    pub mend: String,
}

impl Problem {
    pub(super) fn new(place: impl fmt::Display, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { place: place.to_string(), what: what.into(), mend: mend.into() }
    }
}

/// Every problem that was found; never empty when returned as an error.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// `Ok` if there is none.
    pub(super) fn none_or_error(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                formatter.write_str("\n")?;
            }
            problem.fmt(formatter)?;
        }
        Ok(())
    }
}
