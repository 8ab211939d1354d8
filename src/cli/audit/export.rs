//! Records of the trail on standard output, page by page as the database gives them.

use clap::ValueEnum;

use super::wanted::Wanted;
use super::{csv, lines};
use crate::cli::{Exit, Failure, print_text};
use crate::model::audit_event::AuditEvent;
use crate::server::Backend;
use crate::settings::Settings;
use crate::wire::dicom_audit::{Source, message};
use crate::wire::fhir::audit_records;

/// A form of the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// DICOM audit messages (PS3.15, A.5), one a line
    Dicom,
    /// FHIR AuditEvents (R4, IHE BALP), one a line
    Fhir,
    /// Comma-separated values with a header (RFC 4180)
    Csv,
}

pub(super) fn export(backend: &Backend, settings: &Settings, format: Format, wanted: &Wanted) -> Result<(), Failure> {
    let source = source(settings);
    let (first, write): (_, &dyn Fn(&AuditEvent) -> String) = match format {
        Format::Dicom => (String::new(), &|event| message(event, &source) + "\n"),
        Format::Fhir => (String::new(), &|event| ndjson(event, &source)),
        Format::Csv => (csv::header(), &csv::row),
    };
    print_records(backend, settings, "dossier audit export", wanted, first, write)
}

pub(super) fn search(backend: &Backend, settings: &Settings, wanted: &Wanted) -> Result<(), Failure> {
    print_records(backend, settings, "dossier audit search", wanted, String::new(), &lines::line)
}

/// Writes each record as it comes; the first that cannot be written ends it.
fn print_records(
    backend: &Backend,
    settings: &Settings,
    command: &str,
    wanted: &Wanted,
    first: String,
    write: &dyn Fn(&AuditEvent) -> String,
) -> Result<(), Failure> {
    let (patient, filter) = (wanted.patient(settings)?, wanted.filter()?);
    let mut written = print_text(&first);
    let read = backend.whole_trail(command, patient.as_ref(), &filter, &mut |event| {
        written = print_text(&write(event));
        written.is_ok()
    });
    read.map_err(|error| Failure::new(Exit::Failed, format!("the audit trail cannot be read: {error}")))?;
    written
}

/// A record about several patients is one AuditEvent for each.
fn ndjson(event: &AuditEvent, source: &Source) -> String {
    audit_records(event, None, source).iter().map(|resource| format!("{resource}\n")).collect()
}

/// This repository as the source of its events, known by the id that documents name it with.
fn source(settings: &Settings) -> Source {
    let domain = &settings.domain;
    Source::new(domain.repository_unique_id.as_str(), domain.home_community_id.as_str(), "localhost".to_owned())
}
