//! Remarks beside the result.

use std::io::{Write as _, stderr};

/// Writes a line to standard error.
pub(super) fn note(text: &str) {
    // Nothing is left to tell it to if standard error is closed.
    let _ = writeln!(stderr(), "dossier: {text}");
}
