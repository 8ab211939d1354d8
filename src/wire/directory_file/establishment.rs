//! Establishments.

use crate::model::directory::Establishment;
use crate::model::ids::Oid;

use super::Fault;
use super::csv_table::{Cell, Column};
use super::fields::{Fields, Item};

pub(super) const COLUMNS: [Column; 8] = [
    ("id", Cell::Text),
    ("assigning_authority", Cell::Text),
    ("name", Cell::Text),
    ("kinds", Cell::Texts),
    ("oid", Cell::Text),
    ("attested", Cell::Flag),
    ("subcontractor_of", Cell::Text),
    ("note", Cell::Text),
];

pub(super) fn read(item: &Item, faults: &mut Vec<Fault>) -> Option<Establishment> {
    let mut fields = Fields::of(item, &COLUMNS.map(|(name, _)| name), faults);
    let (id, name) = (fields.required("id"), fields.required("name"));
    let assigning_authority = issuer(&mut fields);
    let kinds = fields.texts("kinds");
    if kinds.is_empty() {
        fields.fault("kinds", "at least one kind of establishment is required");
    }
    let oid = fields.parsed("oid", oid);
    let attested = fields.flag("attested");
    let (subcontractor_of, note) = (fields.text("subcontractor_of"), fields.text("note"));
    Some(Establishment { id, assigning_authority: assigning_authority?, name, kinds, oid, attested, subcontractor_of, note })
}

fn oid(text: String) -> Result<Oid, String> {
    text.parse().map_err(|error: crate::model::ids::InvalidIdentifier| error.expected.to_owned())
}

/// Who issued the key of the entry.
pub(super) fn issuer(fields: &mut Fields<'_>) -> Option<Oid> {
    let text = fields.required("assigning_authority");
    if text.is_empty() { None } else { oid(text).map_err(|expected| fields.fault("assigning_authority", expected)).ok() }
}
