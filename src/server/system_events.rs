//! What happens to the server itself, told to the audit trail: its start and stop, other settings and rules than before, and the
//! commands of the operator.

use openssl::sha::sha256;

use super::audit_delivery::host_name;
use super::backend::newest_migration;
use super::profile::profile_text;
use super::{Addresses, Backend, StartError};
use crate::access::Failure;
use crate::model::system_event::{SystemEvent, SystemEventKind};
use crate::settings::{self, Settings};

/// How the trail calls what the server does by itself.
const SERVER: &str = "dossier serve";

/// What is different from the start before, by the name of what tells it.
const TOLD_BY: [(SystemEventKind, &str); 3] = [
    (SystemEventKind::SettingsChanged, "settings-sha256"),
    (SystemEventKind::RulesChanged, "rules-sha256"),
    (SystemEventKind::SchemaChanged, "schema"),
];

fn changes(before: &SystemEvent, start: &SystemEvent) -> Vec<SystemEvent> {
    let values = TOLD_BY.map(|(kind, name)| (kind, before.detail(name), start.detail(name)));
    let changed = values.into_iter().filter(|(_, before, after)| before != after);
    let event = |(kind, before, after): (_, Option<&str>, Option<&str>)| {
        SystemEvent::new(kind).with("before", before.unwrap_or_default()).with("after", after.unwrap_or_default())
    };
    changed.map(event).collect()
}

impl Backend {
    /// Leaves a record of the start, and of what is different from the start before on this machine. Nobody is answered before.
    ///
    /// # Errors
    /// [`StartError::Untold`]: the record cannot be written.
    pub(super) fn tell_start(&self, settings: &Settings, addresses: &Addresses) -> Result<(), StartError> {
        let host = host_name();
        let before = self.services.door.last_start(|start| start.detail("host") == Some(&host)).map_err(StartError::Untold)?;
        let profile = profile_text(settings)?;
        let start = SystemEvent::new(SystemEventKind::Start)
            .with("version", env!("CARGO_PKG_VERSION"))
            .with("host", &host)
            .with("process", std::process::id())
            .with("profile", settings.deployment.profile.word())
            .with("settings-sha256", hex::encode(sha256(settings::listing(settings).as_bytes())))
            .with("rules-sha256", hex::encode(sha256(profile.as_bytes())))
            .with("schema", newest_migration().map_err(StartError::Untold)?)
            .with("listeners", addresses.in_words());
        let changes = before.iter().flat_map(|before| changes(before, &start));
        changes.chain([start.clone()]).try_for_each(|event| self.tell(SERVER, event)).map_err(StartError::Untold)
    }

    /// Leaves a record that the server ends. Whatever is in the way of that is in the log.
    pub(super) fn tell_stop(&self) {
        let stop = SystemEvent::new(SystemEventKind::Stop).with("host", host_name()).with("process", std::process::id());
        if let Err(error) = self.tell(SERVER, stop) {
            tracing::error!(%error, "that the server stops could not be audited");
        }
    }

    /// Leaves a record that the operator runs a command on the store, before it does anything.
    ///
    /// # Errors
    /// The record cannot be written.
    pub fn tell_command(&self, command: &str, details: &[(&str, String)]) -> Result<(), Failure> {
        let event = SystemEvent::new(SystemEventKind::Command).with("host", host_name());
        self.tell(command, details.iter().fold(event, |event, (name, value)| event.with(name, value)))
    }

    /// Leaves a record of what happened.
    pub(super) fn tell(&self, by: &str, event: SystemEvent) -> Result<(), Failure> {
        self.services.door.tell(&self.operators_call(by), event)
    }
}
