//! Professionals.

use crate::model::directory::{Licence, Professional, Workplace};
use crate::model::patient_feed::PartialDate;

use super::Fault;
use super::csv_table::{Cell, Column};
use super::establishment::issuer;
use super::fields::{Fields, Item};

pub(super) const COLUMNS: [Column; 11] = [
    ("id", Cell::Text),
    ("assigning_authority", Cell::Text),
    ("family", Cell::Text),
    ("given", Cell::Text),
    ("profession", Cell::Text),
    ("usage_profile", Cell::Text),
    ("licence.valid_from", Cell::Text),
    ("licence.valid_until", Cell::Text),
    ("workplaces", Cell::Workplaces),
    ("languages", Cell::Texts),
    ("note", Cell::Text),
];

const NAMES: [&str; 10] =
    ["id", "assigning_authority", "family", "given", "profession", "usage_profile", "licence", "workplaces", "languages", "note"];

pub(super) fn read(item: &Item, faults: &mut Vec<Fault>) -> Option<Professional> {
    let mut fields = Fields::of(item, &NAMES, faults);
    let (id, family, given) = (fields.required("id"), fields.required("family"), fields.text("given"));
    let assigning_authority = issuer(&mut fields);
    let (profession, usage_profile) = (fields.required("profession"), fields.required("usage_profile"));
    let licence = fields.inside("licence", &["valid_from", "valid_until"], licence);
    let workplaces = fields.objects("workplaces", &["kind", "establishment"], |fields| Workplace {
        kind: fields.required("kind"),
        establishment: fields.text("establishment"),
    });
    if workplaces.is_empty() {
        fields.fault("workplaces", "at least one workplace is required");
    }
    let (languages, note) = (fields.texts("languages"), fields.text("note"));
    let assigning_authority = assigning_authority?;
    Some(Professional { id, assigning_authority, family, given, profession, usage_profile, licence, workplaces, languages, note })
}

fn licence(fields: &mut Fields<'_>) -> Licence {
    let valid_from = fields.required("valid_from");
    if !valid_from.is_empty() && !is_day(&valid_from) {
        fields.fault("valid_from", DAY);
    }
    let valid_until = fields.parsed("valid_until", |text| if is_day(&text) { Ok(text) } else { Err(DAY.to_owned()) });
    if valid_until.as_ref().is_some_and(|until| *until <= valid_from) {
        fields.fault("valid_until", "the first day without the licence comes after its first day");
    }
    Licence { valid_from, valid_until }
}

/// What a day looks like.
pub(super) const DAY: &str = "a day has the form YYYY-MM-DD and exists in the calendar";

/// Whether it is a day of the calendar.
pub(super) fn is_day(text: &str) -> bool {
    let dashes_fit = text.len() == 10 && text.bytes().enumerate().all(|(at, byte)| (byte == b'-') == matches!(at, 4 | 7));
    dashes_fit && PartialDate::try_from(text.replace('-', "")).is_ok()
}
