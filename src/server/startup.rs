//! The life of the server process: start, wait for the signal to stop, stop.

use std::io;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::notify::{READY, STOPPING, notify};
use super::{Addresses, Application, Backend, Listeners, StartError};
use crate::settings::Settings;

/// How long the process waits for threads that do not end, beyond `limits.shutdown_time`.
const LEFTOVERS: Duration = Duration::from_secs(2);

/// Runs the server until SIGINT or SIGTERM. A second signal ends it at once. SIGHUP reads keys and certificates again.
///
/// `prepare` gets the open store before anybody is answered, for a sample population say; `ready` is called once requests
/// are answered.
///
/// # Errors
/// [`StartError`] says what to change.
pub fn run<E: From<StartError>>(
    settings: &Settings,
    prepare: impl FnOnce(&Backend) -> Result<(), E>,
    ready: impl FnOnce(&Addresses) -> Result<(), E>,
) -> Result<(), E> {
    let runtime = Builder::new_multi_thread().enable_all().build().map_err(StartError::System)?;
    report_panics();
    let listeners = Listeners::bind(settings)?;
    let backend = Backend::open(settings)?;
    for migration in &backend.migrated {
        tracing::info!(migration, "applied a migration");
    }
    prepare(&backend)?;
    let served = runtime.block_on(async {
        let mut signals = Signals::new().map_err(StartError::System)?;
        let application = Application::start(settings, listeners, &backend)?;
        let addresses = application.addresses();
        tracing::info!(http = %addresses.http, operations = %addresses.operations, mllp = addresses.mllp.map(tracing::field::display), https = addresses.https.map(tracing::field::display), mllp_tls = addresses.mllp_tls.map(tracing::field::display), syslog_tls = addresses.syslog_tls.map(tracing::field::display), syslog_udp = addresses.syslog_udp.map(tracing::field::display), "answering");
        ready(&addresses)?;
        notify(READY);
        while signals.next().await == Wish::Reload {
            application.reload().await;
        }
        tracing::info!("stopping; a second signal ends the server at once");
        notify(STOPPING);
        tokio::select! {
            () = application.stop() => tracing::info!("stopped"),
            () = signals.stop() => tracing::warn!("ended before all requests were answered"),
        }
        Ok(())
    });
    runtime.shutdown_timeout(LEFTOVERS);
    served
}

/// What a signal asks for.
#[derive(PartialEq, Eq)]
enum Wish {
    Stop,
    Reload,
}

/// The signals that ask a program to stop, or to read its files again.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Wish {
        tokio::select! {
            _ = self.interrupt.recv() => Wish::Stop,
            _ = self.terminate.recv() => Wish::Stop,
            _ = self.hangup.recv() => Wish::Reload,
        }
    }

    async fn stop(&mut self) {
        while self.next().await == Wish::Reload {}
    }
}

/// Logs where a panic happened and leaves out its message, which may quote what a caller sent.
fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panic");
    }));
}
