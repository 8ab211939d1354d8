//! The sample establishments.

use serde::Deserialize;

use super::embedded::ESTABLISHMENTS;

#[derive(Deserialize)]
struct Establishments {
    establishments: Vec<Establishment>,
}

#[derive(Deserialize)]
struct Establishment {
    id: String,
    oid: Option<String>,
}

/// The id of the establishment with an OID, as in `E1`.
pub fn establishment_of(oid: &str) -> Option<String> {
    let all: Establishments = serde_json::from_slice(ESTABLISHMENTS).ok()?;
    all.establishments.into_iter().find(|establishment| establishment.oid.as_deref() == Some(oid)).map(|found| found.id)
}
