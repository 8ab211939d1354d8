//! What went wrong, for the user of the client.

use crate::cli::{Exit, Failure};
use crate::client::ClientError;
use crate::client::soap::ListedError;

use super::printable;

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        let exit = match &error {
            ClientError::Url { .. } => Exit::Usage,
            refusal if refusal.is_refusal() => Exit::Refused,
            _ => Exit::Failed,
        };
        let failure = Self::new(exit, printable(&error.to_string()));
        match error {
            ClientError::Refused { errors } => failure.with_details(errors.iter().map(in_words)),
            _ => failure,
        }
    }
}

/// One line for an error of a RegistryErrorList.
pub(super) fn in_words(error: &ListedError) -> String {
    let kind = if error.warning { "warning " } else { "" };
    let place = if error.location.is_empty() { String::new() } else { format!(" [{}]", error.location) };
    printable(&format!("{kind}{}: {}{place}", error.code, error.context))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_shows_each_error_and_no_control_characters() {
        let error = ListedError { code: "XDSX".into(), context: "why\u{1b}[2J".into(), location: "a/b".into(), warning: false };
        let failure = Failure::from(ClientError::Refused { errors: vec![error] });
        assert_eq!((failure.exit_code, failure.to_string().as_str()), (Exit::Refused, "the server refuses: XDSX\n    XDSX: why [2J [a/b]"));
        let failure = Failure::from(ClientError::Url { url: "x".into() });
        assert_eq!(failure.exit_code, Exit::Usage);
    }
}
