//! Records that other systems sent here, on standard output, the newest first.

use super::export::Format;
use super::wanted::Wanted;
use crate::cli::{Exit, Failure, print_text, shown};
use crate::model::civil_day::time_of;
use crate::model::received_record::ReceivedRecord;
use crate::model::timestamp::Instant;
use crate::server::Backend;
use crate::sheets::csv;
use crate::wire::fhir::dates::instant;
use crate::wire::fhir::received_audit_event;
use crate::wire::xml::XmlLimits;

const COLUMNS: [&str; 12] =
    ["id", "received", "time", "transport", "format", "sender", "certificate", "hostname", "app-name", "procid", "msgid", "content"];

/// Writes them for other programs: as they came, or as comma-separated values.
pub(super) fn export(backend: &Backend, format: Format, wanted: &Wanted) -> Result<(), Failure> {
    match format {
        Format::Dicom => print_records(backend, "dossier audit export", wanted, "", &as_it_came),
        Format::Fhir => print_records(backend, "dossier audit export", wanted, "", &|record| {
            format!("{}\n", received_audit_event(record, &XmlLimits::default()))
        }),
        Format::Csv => print_records(backend, "dossier audit export", wanted, &csv::row(&COLUMNS), &row),
    }
}

/// Writes a line for each.
pub(super) fn search(backend: &Backend, wanted: &Wanted) -> Result<(), Failure> {
    print_records(backend, "dossier audit search", wanted, "", &line)
}

fn print_records(
    backend: &Backend,
    command: &str,
    wanted: &Wanted,
    first: &str,
    write: &dyn Fn(&ReceivedRecord) -> String,
) -> Result<(), Failure> {
    let filter = wanted.filter()?;
    let span = (filter.from.unwrap_or(Instant(i64::MIN)), filter.until.unwrap_or(Instant(i64::MAX)));
    let mut written = print_text(first);
    let read = backend.received_records(command, span, &mut |record| {
        written = print_text(&write(&record));
        written.is_ok()
    });
    read.map_err(|error| Failure::new(Exit::Failed, format!("the received records cannot be read: {error}")))?;
    written
}

fn text(record: &ReceivedRecord) -> String {
    String::from_utf8_lossy(&record.content).into_owned()
}

/// On one line.
fn as_it_came(record: &ReceivedRecord) -> String {
    text(record).replace(['\r', '\n'], " ") + "\n"
}

fn line(record: &ReceivedRecord) -> String {
    let names = &record.names;
    let named = [&names.hostname, &names.app_name, &names.message_id].map(|name| name.as_deref().unwrap_or("-"));
    let said = format!(
        "{}  {} {} from {}  {}  {}",
        record.id,
        record.transport.as_str(),
        record.format.as_str(),
        record.sender,
        named.join(" "),
        record.certificate.as_deref().unwrap_or("-")
    );
    format!("{}  {}\n", time_of(record.recorded_at), shown(&said))
}

fn row(record: &ReceivedRecord) -> String {
    let names = record.names.clone();
    let [certificate, hostname, app_name, process_id, message_id] =
        [record.certificate.clone(), names.hostname, names.app_name, names.process_id, names.message_id].map(Option::unwrap_or_default);
    csv::row(&[
        record.id.to_string(),
        instant(record.received_at),
        instant(record.recorded_at),
        record.transport.as_str().to_owned(),
        record.format.as_str().to_owned(),
        record.sender.clone(),
        certificate,
        hostname,
        app_name,
        process_id,
        message_id,
        text(record),
    ])
}
