//! The records before the story: what is closed in it is still active.

use serde_json::Value;

use super::BrokenFixture;
use super::embedded::RECORDS;

/// `records.json` with the closed record active, and without what its closing ended.
///
/// # Errors
/// [`BrokenFixture`].
pub fn records_before_the_story() -> Result<Vec<u8>, BrokenFixture> {
    let broken = |error: serde_json::Error| BrokenFixture(format!("records.json: {error}"));
    let mut file: Value = serde_json::from_slice(RECORDS).map_err(broken)?;
    let records = file.get_mut("records").and_then(Value::as_array_mut).into_iter().flatten();
    for record in records.filter(|record| record.get("status").is_some_and(|status| status == "closed")).filter_map(Value::as_object_mut) {
        record.insert("status".to_owned(), "active".into());
        let closed_at = record.shift_remove("closed_at");
        let declared = record.get_mut("referring_physicians").and_then(Value::as_array_mut).into_iter().flatten();
        for grant in declared.filter_map(Value::as_object_mut).filter(|grant| grant.get("end") == closed_at.as_ref()) {
            grant.shift_remove("end");
        }
    }
    serde_json::to_vec(&file).map_err(broken)
}
