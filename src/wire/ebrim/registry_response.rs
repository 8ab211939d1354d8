//! RegistryResponse and its errors (ITI TF-3: 4.2.4).

use std::io::{self, Write};

use crate::model::registry_error::RegistryError;
use crate::wire::xml::{XmlWriter, ns};

/// How a transaction ended (ITI TF-3: 4.2.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseStatus {
    /// All was done.
    Success,
    /// Nothing was done.
    Failure,
    /// Some was done; the errors say what was not.
    PartialSuccess,
}

impl ResponseStatus {
    /// The status on the wire.
    pub fn urn(self) -> &'static str {
        match self {
            Self::Success => "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success",
            Self::Failure => "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure",
            Self::PartialSuccess => "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess",
        }
    }

    /// The status of an answer in which nothing was given but these errors; warnings leave it a success.
    pub fn of(errors: &[RegistryError]) -> Self {
        if errors.iter().all(|error| error.code.is_warning()) { Self::Success } else { Self::Failure }
    }
}

const SEVERITY_ERROR: &str = "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error";
const SEVERITY_WARNING: &str = "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Warning";

fn severity(is_warning: bool) -> &'static str {
    if is_warning { SEVERITY_WARNING } else { SEVERITY_ERROR }
}

/// Writes `rs:RegistryResponse`, declaring the namespaces it uses.
pub fn write_registry_response<W: Write>(xml: &mut XmlWriter<W>, status: ResponseStatus, errors: &[RegistryError]) -> io::Result<()> {
    let attributes = [("xmlns:rs", ns::RS), ("status", status.urn())];
    if errors.is_empty() {
        return xml.empty("rs:RegistryResponse", &attributes);
    }
    xml.start("rs:RegistryResponse", &attributes)?;
    write_errors(xml, errors)?;
    xml.end("rs:RegistryResponse")
}

/// Writes `rs:RegistryErrorList`, if there is an error; the prefix `rs` is declared around it.
pub(super) fn write_errors<W: Write>(xml: &mut XmlWriter<W>, errors: &[RegistryError]) -> io::Result<()> {
    if errors.is_empty() {
        return Ok(());
    }
    let highest = severity(errors.iter().all(|error| error.code.is_warning()));
    xml.start("rs:RegistryErrorList", &[("highestSeverity", highest)])?;
    for error in errors {
        let attributes = [
            ("errorCode", error.code.as_str()),
            ("codeContext", &error.context),
            ("location", &error.location),
            ("severity", severity(error.code.is_warning())),
        ];
        xml.empty("rs:RegistryError", &attributes)?;
    }
    xml.end("rs:RegistryErrorList")
}
