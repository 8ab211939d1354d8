//! The time by which a server decides, asked from outside.

use std::fs;
use std::net::SocketAddr;

use serde_json::Value;

use super::{Exit, Failure};
use crate::cli::demo::DemoFolder;
use crate::client::fhir::{FhirCall, send};
use crate::model::timestamp::Instant;
use crate::server::{Backend, clock};
use crate::settings::Settings;

/// The file of a data folder in which a demonstration keeps the time at which its clock stopped.
pub(super) const STOPPED_CLOCK: &str = "clock";

/// The store with these settings, for a command beside the server: it goes by the server's time. Where the clock may be set, that is
/// what the server says, or else the time at which the clock of its data folder stopped.
///
/// # Errors
/// Those of [`Backend::open`].
pub(super) fn open_backend(settings: &Settings) -> Result<Backend, Failure> {
    let backend = Backend::open(settings)?;
    if settings.clock.settable {
        // The ports of a demonstration may be others than its settings say.
        let operations = DemoFolder::operations(&settings.data.directory).unwrap_or(settings.operations.listen);
        let told = server_time(settings, operations).ok();
        let stopped = || fs::read_to_string(settings.data.directory.join(STOPPED_CLOCK)).ok()?.trim().parse().ok();
        match told.or_else(stopped) {
            Some(now) => backend.clock.set(now),
            None => tracing::warn!("the server, whose clock may be set, does not tell its time: this command goes by this machine's clock"),
        }
    }
    Ok(backend)
}

/// The time of the server with these settings: that of this machine, or, where its clock may be set, what it says itself at
/// its address for operations.
///
/// # Errors
/// It does not answer.
pub(super) fn server_time(settings: &Settings, operations: SocketAddr) -> Result<Instant, Failure> {
    if !settings.clock.settable {
        return Ok(clock::instant());
    }
    let url = format!("http://{operations}/fhir/$set-clock");
    let refused = |why: String| Failure::new(Exit::CannotStart, format!("the server does not tell its time: {why}; is it running?"));
    let call = FhirCall { method: "GET", url: &url, token: None, content_type: "application/fhir+json", body: "" };
    let answer = send(call).map_err(|error| refused(error.to_string()))?;
    let answer: Value = serde_json::from_str(&answer).map_err(|error| refused(error.to_string()))?;
    let told = answer.pointer("/parameter/0/valueInstant").and_then(Value::as_str).and_then(|text| text.parse().ok());
    told.ok_or_else(|| refused(format!("{url} answers without an instant")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Flag, Sources, load};

    #[test]
    fn a_command_goes_on_from_where_the_clock_of_the_data_folder_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let told = |settable: &str| {
            let set = [
                ("data.directory", folder.path().display().to_string()),
                ("profile", "ihe-connectathon".to_owned()),
                ("environment", "test".to_owned()),
                ("operations.listen", "127.0.0.1:0".to_owned()),
                ("clock.settable", settable.to_owned()),
            ];
            let flags = set.into_iter().map(|(key, value)| Flag::new("test", key, value)).collect();
            let settings = load(&Sources { flags, ..Sources::default() }).unwrap().settings;
            open_backend(&settings).unwrap().clock.instant()
        };
        let machines = clock::instant();
        assert!(told("true") >= machines, "nothing tells another time");
        fs::write(folder.path().join(STOPPED_CLOCK), "2025-03-17T08:00:00Z\n").unwrap();
        let stopped: Instant = "2025-03-17T08:00:00Z".parse().unwrap();
        assert!((stopped..machines).contains(&told("true")));
        assert!(told("false") >= machines, "the clock of a server that takes none from a test is the machine's");
    }
}
