//! Practitioner (mCSD, ITI TF-2: 3.90; FHIR R4, practitioner.html): professionals. Where they work is in their roles.

use serde_json::{Value, json};

use super::elements::{PROFILES, days, extension, extensions, fault, identifier, items, key, period, put, text};
use crate::model::directory::{Account, DayPeriod, Licence, Professional};
use crate::model::dsp::Professions;
use crate::wire::fhir::FhirFault;

/// A professional; active on a day on which the account is in use. Suspensions are told to the operator only.
pub fn practitioner(entry: &Professional, day: &str, for_operator: bool) -> Value {
    let mut name = json!({ "family": entry.family });
    put(&mut name, "given", entry.given.iter().map(|given| Value::from(given.as_str())).collect());
    let language = |tag: &String| json!({ "coding": [{ "system": "urn:ietf:bcp:47", "code": tag }] });
    let mut resource = json!({
        "resourceType": "Practitioner",
        "id": entry.id,
        "identifier": [identifier(&entry.assigning_authority, &entry.id)],
        "active": entry.account.is_active_on(day),
        "name": [name],
    });
    put(&mut resource, "qualification", Value::Array(qualifications(entry)));
    put(&mut resource, "communication", entry.languages.iter().map(language).collect());
    put(&mut resource, "extension", Value::Array(if for_operator { own_extensions(entry) } else { Vec::new() }));
    resource
}

/// One for each licence, or one without a period where the work needs none.
fn qualifications(entry: &Professional) -> Vec<Value> {
    let mut code = json!({ "text": entry.profession });
    let coding = entry.usage_profile.iter().map(|profile| json!({ "system": PROFILES, "code": profile }));
    put(&mut code, "coding", coding.collect());
    if entry.licences.is_empty() {
        return vec![json!({ "code": code })];
    }
    let licence = |licence: &Licence| {
        let days = period(Some(&licence.valid_from), licence.valid_until.as_deref());
        json!({ "code": code.clone(), "period": days })
    };
    entry.licences.iter().map(licence).collect()
}

fn own_extensions(entry: &Professional) -> Vec<Value> {
    let suspension = |days: &DayPeriod| extension("suspension", "valuePeriod", period(Some(&days.from), days.until.as_deref()));
    let mut extensions: Vec<_> = entry.account.suspensions.iter().map(suspension).collect();
    extensions.extend(entry.account.closed.iter().map(|day| extension("closed", "valueDate", day.as_str().into())));
    extensions.extend(entry.self_employed.iter().map(|flag| extension("self-employed", "valueBoolean", (*flag).into())));
    extensions
}

/// The professional that a resource describes, without workplaces. The usage profile follows from the profession, whatever the
/// resource says. One that is not active is suspended, since ever where no suspension is stated.
///
/// # Errors
/// What is missing or wrong.
pub fn read_practitioner(resource: &Value, professions: &Professions) -> Result<Professional, FhirFault> {
    let (assigning_authority, id) = key(resource)?;
    let family = text(resource, "/name/0/family").ok_or_else(|| fault("name", "a family name is required"))?;
    let profession = items(resource, "qualification").find_map(|found| text(found, "/code/text"));
    let profession = profession.ok_or_else(|| fault("qualification", "a profession is required, as the text of its code"))?;
    let licence = |period: &Value| match days(period, "qualification.period")? {
        (Some(valid_from), valid_until) => Ok(Licence { valid_from, valid_until }),
        (None, _) => Err(fault("qualification.period", "the first day of the right to practise is required")),
    };
    let licences: Result<Vec<_>, FhirFault> =
        items(resource, "qualification").filter_map(|found| found.get("period")).map(licence).collect();
    let given: Vec<_> =
        resource.pointer("/name/0/given").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    Ok(Professional {
        id: id.to_owned(),
        assigning_authority,
        family: family.to_owned(),
        given: Some(given.join(" ")).filter(|given| !given.is_empty()),
        profession: profession.to_owned(),
        usage_profile: professions.usage_profile(profession).map(|profile| profile.as_str().to_owned()),
        licences: licences?,
        self_employed: extensions(resource, "self-employed", "valueBoolean").next().and_then(Value::as_bool),
        workplaces: Vec::new(),
        account: account(resource)?,
        languages: items(resource, "communication").filter_map(|found| text(found, "/coding/0/code")).map(str::to_owned).collect(),
        note: None,
    })
}

const SINCE_EVER: &str = "1900-01-01";

fn account(resource: &Value) -> Result<Account, FhirFault> {
    let suspension = |period: &Value| match days(period, "extension")? {
        (Some(from), until) => Ok(DayPeriod { from, until }),
        (None, _) => Err(fault("extension", "the first day of a suspension is required")),
    };
    let suspensions: Result<Vec<_>, FhirFault> = extensions(resource, "suspension", "valuePeriod").map(suspension).collect();
    let closed = extensions(resource, "closed", "valueDate").next().and_then(Value::as_str).map(str::to_owned);
    let mut account = Account { suspensions: suspensions?, closed };
    if resource.get("active") == Some(&Value::Bool(false)) && account == Account::default() {
        account.suspensions.push(DayPeriod { from: SINCE_EVER.to_owned(), until: None });
    }
    Ok(account)
}
