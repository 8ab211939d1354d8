//! Legal representatives of minors.

use crate::model::directory::LegalRepresentative;
use crate::model::hl7_types::{Cx, PatientId};
use crate::model::ids::Oid;

use super::Fault;
use super::csv_table::{Cell, Column};
use super::fields::{Fields, Item};
use super::professional::required_period;

pub(super) const COLUMNS: [Column; 6] = [
    ("child", Cell::Text),
    ("representative", Cell::Text),
    ("assigning_authority", Cell::Text),
    ("from", Cell::Text),
    ("until", Cell::Text),
    ("revoked", Cell::Text),
];

pub(super) fn read(item: &Item, authorities: &[Oid], faults: &mut Vec<Fault>) -> Option<LegalRepresentative> {
    let mut fields = Fields::of(item, &COLUMNS.map(|(name, _)| name), faults);
    let authority = super::patient::authority(&mut fields, authorities);
    let (child, representative) = (patient(&mut fields, "child", &authority), patient(&mut fields, "representative", &authority));
    if child.is_some() && child == representative {
        fields.fault("representative", "nobody is their own representative");
    }
    let (from, until) = required_period(&mut fields, "from", "until");
    let revoked = fields.day("revoked");
    Some(LegalRepresentative { child: child?, representative: representative?, from, until, revoked })
}

/// An identifier of the authority that the file states.
fn patient(fields: &mut Fields<'_>, name: &str, authority: &Option<Oid>) -> Option<PatientId> {
    let id = fields.required(name);
    if id.is_empty() {
        return None;
    }
    let read = Cx::new(&id, authority.clone()?);
    read.map_err(|_| fields.fault(name, "an identifier of a patient is expected, as their directory has it")).ok()
}
