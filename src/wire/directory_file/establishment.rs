//! Establishments.

use crate::model::directory::Establishment;
use crate::model::ids::Oid;

use super::Fault;
use super::csv_table::{Cell, Column};
use super::fields::{Fields, Item};

pub(super) const COLUMNS: [Column; 12] = [
    ("id", Cell::Text),
    ("assigning_authority", Cell::Text),
    ("name", Cell::Text),
    ("kinds", Cell::Texts),
    ("oid", Cell::Text),
    ("other_oids", Cell::Texts),
    ("attested", Cell::Flag),
    ("attested_from", Cell::Text),
    ("attested_until", Cell::Text),
    ("emergency_clearance", Cell::Flag),
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
    let own_oid = fields.parsed("oid", oid);
    let attested = fields.flag("attested");
    let other_oids = fields.all_parsed("other_oids", oid);
    let (attested_from, attested_until) = fields.period("attested_from", "attested_until");
    let emergency_clearance = fields.optional_flag("emergency_clearance").unwrap_or(false);
    let (subcontractor_of, note) = (fields.text("subcontractor_of"), fields.text("note"));
    Some(Establishment {
        id,
        assigning_authority: assigning_authority?,
        name,
        kinds,
        oid: own_oid,
        other_oids,
        attested,
        attested_from,
        attested_until,
        emergency_clearance,
        subcontractor_of,
        note,
    })
}

fn oid(text: String) -> Result<Oid, String> {
    text.parse().map_err(|error: crate::model::ids::InvalidIdentifier| error.expected.to_owned())
}

/// Who issued the key of the entry.
pub(super) fn issuer(fields: &mut Fields<'_>) -> Option<Oid> {
    let text = fields.required("assigning_authority");
    if text.is_empty() { None } else { oid(text).map_err(|expected| fields.fault("assigning_authority", expected)).ok() }
}
