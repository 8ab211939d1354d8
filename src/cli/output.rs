//! Results, on standard output.

use std::io::{ErrorKind, Write as _, stdout};

use serde_json::Value;

use super::{Exit, Failure};

/// Writes a result. A reader that went away (`dossier config print | head`) is no failure.
///
/// # Errors
/// Standard output cannot be written for another reason, such as a full disk.
pub fn print_text(text: &str) -> Result<(), Failure> {
    print_bytes(text.as_bytes())
}

/// The same with a result that is no text.
///
/// # Errors
/// As for [`print_text`].
pub fn print_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut output = stdout().lock();
    match output.write_all(bytes).and_then(|()| output.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Failed, format!("standard output cannot be written: {error}")))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes a result for scripts.
///
/// # Errors
/// As for [`print_text`].
pub fn print_json(value: &Value) -> Result<(), Failure> {
    print_text(&format!("{value:#}\n"))
}

/// What others wrote, without anything that a terminal would take for an order.
pub fn shown(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}
