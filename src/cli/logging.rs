//! Starts the log: to standard error, for people or as JSON.

use std::io::{IsTerminal as _, stderr};

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::{Exit, Failure};
use crate::settings::LogFormat;
use crate::settings::sections::Log;

/// Starts the log for the whole process, once.
///
/// # Errors
/// The filter is not one, or a log was already started.
pub fn start_logging(log: &Log) -> Result<(), Failure> {
    let subscriber = subscriber(log, stderr, stderr().is_terminal())?;
    subscriber.try_init().map_err(|error| refused(&error))
}

type LogSubscriber = Box<dyn Subscriber + Send + Sync>;

fn subscriber<W>(log: &Log, writer: W, colours: bool) -> Result<LogSubscriber, Failure>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(log.level.as_str()).map_err(|error| refused(&error))?;
    let lines = fmt().with_env_filter(filter).with_writer(writer);
    Ok(match log.format {
        LogFormat::Human => Box::new(lines.with_ansi(colours).finish()),
        LogFormat::Json => Box::new(lines.json().with_span_list(false).finish()),
    })
}

fn refused(reason: &dyn std::error::Error) -> Failure {
    Failure::new(Exit::Configuration, format!("the log cannot be started: {reason}"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::settings::{Flag, Sources, load};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// What two events leave in the log.
    fn logged(format: &str) -> String {
        let flags = vec![Flag::new("test", "log.format", format), Flag::new("test", "log.level", "info")];
        let settings = load(&Sources { flags, ..Sources::default() }).unwrap().settings;
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = subscriber(&settings.log, move || writer.clone(), false).unwrap();
        tracing::subscriber::with_default(subscriber, || {
            tracing::debug!("too quiet");
            tracing::info!(transaction = "ITI-41", "registered");
        });
        let bytes = lines.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn json_lines_can_be_read_by_a_program() {
        let line: serde_json::Value = serde_json::from_str(&logged("json")).unwrap();
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["fields"]["transaction"], "ITI-41");
    }

    #[test]
    fn human_lines_have_no_colours_outside_a_terminal() {
        let line = logged("human");
        assert!(line.contains("registered") && line.contains("INFO"), "{line}");
        assert!(!line.contains("too quiet") && !line.contains('\u{1b}'), "{line}");
    }
}
