//! Patient identifiers, type II (ITI TF-2: E.2).

use super::error::{DetailCode, Hl7v3Error};
use super::place::Place;
use crate::model::hl7_types::Cx;
use crate::model::ids::Oid;

const SHAPE: &str = "an identifier has the OID of its assigning authority in root and the identifier itself in extension";

/// The most identifiers of one patient in a message: as many repetitions as a field of version 2 may have here.
pub(super) const MOST: usize = 200;

/// The identifiers among the `id` elements of a role whose root is an OID; those with another root, or without a value, are
/// left aside, but one must remain.
pub(super) fn identifiers(role: &Place<'_>) -> Result<Vec<Cx>, Hl7v3Error> {
    if let Some(surplus) = role.all("id").nth(MOST) {
        return Err(too_many(&surplus));
    }
    let found = role.all("id").map(|id| identifier(&id)).filter_map(Result::transpose).collect::<Result<Vec<_>, _>>()?;
    if found.is_empty() { Err(role.below("id", DetailCode::RequiredAttributeMissing, SHAPE)) } else { Ok(found) }
}

/// The further identifiers of a person. One whose root alone is the identifier belongs to no authority and is left aside.
pub(super) fn other_identifiers(role: &Place<'_>) -> Result<Vec<Cx>, Hl7v3Error> {
    role.all("id").filter(|id| id.attribute("extension").is_some()).map(|id| identifier(&id)).filter_map(Result::transpose).collect()
}

/// That a patient has more identifiers than a message may bring, from this place on.
pub(super) fn too_many(surplus: &Place<'_>) -> Hl7v3Error {
    surplus.error(DetailCode::TooManyAttributes, format!("a message names at most {MOST} identifiers of a patient"))
}

fn identifier(id: &Place<'_>) -> Result<Option<Cx>, Hl7v3Error> {
    if id.attribute("nullFlavor").is_some() {
        return Ok(None);
    }
    let root = id.attribute("root").ok_or_else(|| id.below("@root", DetailCode::RequiredAttributeMissing, SHAPE))?;
    let Ok(authority) = root.parse::<Oid>() else { return Ok(None) };
    let extension = id.attribute("extension").ok_or_else(|| id.below("@extension", DetailCode::RequiredAttributeMissing, SHAPE))?;
    let limits = "an identifier has at most 199 characters and none of ^ & | ~";
    Cx::new(extension, authority).map(Some).map_err(|_| id.below("@extension", DetailCode::DataType, limits))
}
