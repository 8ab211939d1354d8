//! Professionals.

use crate::model::directory::{Account, DayPeriod, Licence, Professional, Workplace};
use crate::model::dsp::Professions;

use super::Fault;
use super::csv_table::{Cell, Column};
use super::establishment::issuer;
use super::fields::{Fields, Item};

pub(super) const COLUMNS: [Column; 15] = [
    ("id", Cell::Text),
    ("assigning_authority", Cell::Text),
    ("family", Cell::Text),
    ("given", Cell::Text),
    ("profession", Cell::Text),
    ("usage_profile", Cell::Text),
    ("licence.valid_from", Cell::Text),
    ("licence.valid_until", Cell::Text),
    ("licences", Cell::Periods("valid_from", "valid_until")),
    ("self_employed", Cell::Flag),
    ("workplaces", Cell::Workplaces),
    ("account.suspensions", Cell::Periods("from", "until")),
    ("account.closed", Cell::Text),
    ("languages", Cell::Texts),
    ("note", Cell::Text),
];

const NAMES: [&str; 13] = [
    "id",
    "assigning_authority",
    "family",
    "given",
    "profession",
    "usage_profile",
    "licence",
    "licences",
    "self_employed",
    "workplaces",
    "account",
    "languages",
    "note",
];

pub(super) fn read(item: &Item, professions: &Professions, faults: &mut Vec<Fault>) -> Option<Professional> {
    let mut fields = Fields::of(item, &NAMES, faults);
    let (id, family, given) = (fields.required("id"), fields.required("family"), fields.text("given"));
    let assigning_authority = issuer(&mut fields);
    let profession = fields.required("profession");
    let usage_profile = usage_profile(&mut fields, &profession, professions);
    let licences = licences(&mut fields);
    let self_employed = fields.optional_flag("self_employed");
    let workplaces = fields.objects("workplaces", &["kind", "establishment", "from", "until"], workplace);
    if workplaces.is_empty() {
        fields.fault("workplaces", "at least one workplace is required");
    }
    let account = fields.inside("account", &["suspensions", "closed"], account).unwrap_or_default();
    let (languages, note) = (fields.texts("languages"), fields.text("note"));
    Some(Professional {
        id,
        assigning_authority: assigning_authority?,
        family,
        given,
        profession,
        usage_profile,
        licences,
        self_employed,
        workplaces,
        account,
        languages,
        note,
    })
}

/// What follows from the profession. A file may state it too, and then has to state the same.
fn usage_profile(fields: &mut Fields<'_>, profession: &str, professions: &Professions) -> Option<String> {
    let follows = professions.usage_profile(profession).map(|profile| profile.as_str().to_owned());
    let stated = fields.text("usage_profile");
    if stated.is_some() && stated != follows {
        let text = match &follows {
            Some(follows) => format!("from this profession follows the usage profile {follows}; state that one, or none"),
            None => "no usage profile follows from this profession, see professions.csv of the profile; state none, and there is no right"
                .to_owned(),
        };
        fields.fault("usage_profile", text);
    }
    follows
}

fn licences(fields: &mut Fields<'_>) -> Vec<Licence> {
    const NAMES: [&str; 2] = ["valid_from", "valid_until"];
    let one = fields.inside("licence", &NAMES, licence);
    let several = fields.objects("licences", &NAMES, licence);
    if one.is_some() && !several.is_empty() {
        fields.fault("licences", "either licence or licences is stated, not both");
    }
    one.into_iter().chain(several).collect()
}

fn licence(fields: &mut Fields<'_>) -> Licence {
    let (valid_from, valid_until) = required_period(fields, "valid_from", "valid_until");
    Licence { valid_from, valid_until }
}

fn workplace(fields: &mut Fields<'_>) -> Workplace {
    let (kind, establishment) = (fields.required("kind"), fields.text("establishment"));
    let (from, until) = fields.period("from", "until");
    Workplace { kind, establishment, from, until }
}

fn account(fields: &mut Fields<'_>) -> Account {
    let suspensions = fields.objects("suspensions", &["from", "until"], |fields| {
        let (from, until) = required_period(fields, "from", "until");
        DayPeriod { from, until }
    });
    Account { suspensions, closed: fields.day("closed") }
}

/// A period whose first day has to be there.
pub(super) fn required_period(fields: &mut Fields<'_>, from: &str, until: &str) -> (String, Option<String>) {
    fields.required(from);
    let (first, end) = fields.period(from, until);
    (first.unwrap_or_default(), end)
}
