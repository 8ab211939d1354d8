//! Connected systems with their attestations.

use crate::model::connected_system::{Attestation, ConnectedSystem, SystemOperator};
use crate::model::node::{CertificateIdentity, InvalidIdentity};

use super::Fault;
use super::csv_table::{Cell, Column};
use super::fields::{DAY, Fields, Item, is_day};

pub(super) const COLUMNS: [Column; 9] = [
    ("id", Cell::Text),
    ("name", Cell::Text),
    ("establishment", Cell::Text),
    ("practice_software", Cell::Text),
    ("certificates", Cell::Texts),
    ("attestation.issued", Cell::Text),
    ("attestation.expires", Cell::Text),
    ("suspended_from", Cell::Text),
    ("contact", Cell::Text),
];

const NAMES: [&str; 8] = ["id", "name", "establishment", "practice_software", "certificates", "attestation", "suspended_from", "contact"];

pub(super) fn read(item: &Item, faults: &mut Vec<Fault>) -> Option<ConnectedSystem> {
    let mut fields = Fields::of(item, &NAMES, faults);
    let (id, name, contact) = (fields.required("id"), fields.required("name"), fields.required("contact"));
    let operator = operator(&mut fields);
    let certificates = certificates(&mut fields);
    let attestation = fields.inside("attestation", &["issued", "expires"], attestation);
    if attestation.is_none() {
        fields.fault("attestation", "the days issued and expires are required");
    }
    let suspended_from = fields.day("suspended_from");
    Some(ConnectedSystem { id, name, operator: operator?, certificates, attestation: attestation?, suspended_from, contact })
}

fn operator(fields: &mut Fields<'_>) -> Option<SystemOperator> {
    match (fields.text("establishment"), fields.text("practice_software")) {
        (Some(establishment), None) => Some(SystemOperator::Establishment(establishment)),
        (None, Some(software)) => Some(SystemOperator::PracticeSoftware(software)),
        (None, None) | (Some(_), Some(_)) => {
            fields.fault("establishment", "a system calls either for an establishment or as practice_software; name one of the two");
            None
        }
    }
}

fn certificates(fields: &mut Fields<'_>) -> Vec<CertificateIdentity> {
    if fields.texts("certificates").is_empty() {
        fields.fault("certificates", "at least one certificate is required");
    }
    fields.all_parsed("certificates", |text| text.parse().map_err(|error: InvalidIdentity| error.to_string()))
}

fn attestation(fields: &mut Fields<'_>) -> Attestation {
    let mut required = |name| {
        let text = fields.required(name);
        if !text.is_empty() && !is_day(&text) {
            fields.fault(name, DAY);
        }
        text
    };
    let (issued, expires) = (required("issued"), required("expires"));
    if is_day(&issued) && is_day(&expires) && expires <= issued {
        fields.fault("expires", "the first day without the attestation comes after its first day");
    }
    Attestation { issued, expires }
}
