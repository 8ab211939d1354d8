//! The records before the story: what is closed in it is still active, and everybody has their presence code.

use std::collections::HashMap;

use serde_json::Value;

use super::BrokenFixture;
use super::embedded::{PATIENTS, RECORDS};

/// `records.json` with the closed record active, and without what its closing ended; with the presence codes of `patients.json`.
///
/// # Errors
/// [`BrokenFixture`].
pub fn records_before_the_story() -> Result<Vec<u8>, BrokenFixture> {
    let broken = |error: serde_json::Error| BrokenFixture(format!("records.json: {error}"));
    let mut file: Value = serde_json::from_slice(RECORDS).map_err(broken)?;
    let codes = presence_codes()?;
    let records = file.get_mut("records").and_then(Value::as_array_mut).into_iter().flatten();
    for record in records.filter_map(Value::as_object_mut) {
        let code = record.get("patient").and_then(Value::as_str).and_then(|patient| codes.get(patient)).cloned();
        record.extend(code.map(|code| ("presence_code".to_owned(), code)));
        if record.get("status").is_none_or(|status| status != "closed") {
            continue;
        }
        record.insert("status".to_owned(), "active".into());
        let closed_at = record.shift_remove("closed_at");
        let declared = record.get_mut("referring_physicians").and_then(Value::as_array_mut).into_iter().flatten();
        for grant in declared.filter_map(Value::as_object_mut).filter(|grant| grant.get("end") == closed_at.as_ref()) {
            grant.shift_remove("end");
        }
    }
    serde_json::to_vec(&file).map_err(broken)
}

/// The presence code of each patient who has one, by matricule.
fn presence_codes() -> Result<HashMap<String, Value>, BrokenFixture> {
    let broken = |error: serde_json::Error| BrokenFixture(format!("patients.json: {error}"));
    let file: Value = serde_json::from_slice(PATIENTS).map_err(broken)?;
    let text = |patient: &Value, name: &str| patient.get(name).filter(|value| value.is_string()).cloned();
    let code = |patient: &Value| Some((patient.get("matricule")?.as_str()?.to_owned(), text(patient, "presence_code")?));
    Ok(file.get("patients").and_then(Value::as_array).into_iter().flatten().filter_map(code).collect())
}
