//! Starts the log: to standard error, for people or as JSON.

use std::io::{IsTerminal as _, stderr};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use super::{Exit, Failure};
use crate::settings::LogFormat;
use crate::settings::sections::Log;

/// Starts the log for the whole process, once.
///
/// # Errors
/// The filter is not one, or a log was already started.
pub fn start_logging(log: &Log) -> Result<(), Failure> {
    let refused = |reason: String| {
        Failure::new(
            Exit::Configuration,
            format!("the log cannot be started: {reason}"),
        )
    };
    let filter =
        EnvFilter::try_new(log.level.as_str()).map_err(|error| refused(error.to_string()))?;
    let lines = fmt().with_env_filter(filter).with_writer(stderr);
    let started = match log.format {
        LogFormat::Human => lines.with_ansi(stderr().is_terminal()).try_init(),
        LogFormat::Json => lines
            .json()
            .with_current_span(true)
            .with_span_list(false)
            .try_init(),
    };
    started.map_err(|error| refused(error.to_string()))
}
