//! Why the demonstration cannot start, in the words of its own flags.

use crate::cli::Exit;
use crate::cli::Failure;
use crate::server::StartError;

/// A failure to start.
#[derive(Debug)]
pub(super) struct DemoFailure(pub(super) Failure);

impl From<Failure> for DemoFailure {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}

impl From<StartError> for DemoFailure {
    fn from(error: StartError) -> Self {
        const OTHER_FOLDER: &str = "choose a folder that you may write to with --data-dir DIR";
        let message = match &error {
            StartError::Listen { setting, address, source } => {
                let flag = match *setting {
                    "http.listen" => "--http",
                    "https.listen" => "--https",
                    "mllp.listen" | "mllp_tls.listen" => "--mllp",
                    _ => "--operations",
                };
                format!(
                    "cannot listen on {address}: {source}; choose another port with {flag} 127.0.0.1:PORT, or end the program that has it"
                )
            }
            StartError::Folder { path, source, .. } => {
                format!("cannot create the folder {}: {source}; {OTHER_FOLDER}", path.display())
            }
            StartError::Database { url, source } => format!("the database {url} cannot be used: {source}; {OTHER_FOLDER}"),
            StartError::Contents(source) => format!("documents cannot be stored: {source}; {OTHER_FOLDER}"),
            _ => return Self(error.into()),
        };
        Self(Failure::new(Exit::CannotStart, message))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::*;

    #[test]
    fn a_taken_port_is_told_with_the_flag_that_changes_it() {
        for (setting, flag) in [("http.listen", "--http "), ("mllp.listen", "--mllp "), ("operations.listen", "--operations ")] {
            let source = Error::from(ErrorKind::AddrInUse);
            let error = StartError::Listen { setting, address: ([127, 0, 0, 1], 8080).into(), source };
            let DemoFailure(failure) = error.into();
            assert!(failure.message.contains("127.0.0.1:8080") && failure.message.contains(flag), "{failure}");
            assert_eq!((failure.exit_code, failure.message.lines().count()), (Exit::CannotStart, 1));
        }
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_told_with_the_flag_that_changes_it() {
        let source = Error::from(ErrorKind::PermissionDenied);
        let DemoFailure(failure) = StartError::Folder { setting: "data.directory", path: "/x".into(), source }.into();
        assert!(failure.message.contains("/x") && failure.message.contains("--data-dir"), "{failure}");
    }
}
