//! Elements that several resources share.

use serde_json::{Value, json};

use crate::model::civil_day::{day_after, day_before};
use crate::model::ids::Oid;
use crate::wire::fhir::{FhirFault, IssueCode};

/// The code system of usage profiles.
pub(super) const PROFILES: &str = "urn:oid:2.999.442.1.5";
/// The code system of kinds of establishments.
pub(super) const KINDS: &str = "urn:oid:2.999.442.1.4";
/// The identifier system of identifiers that are URIs themselves (FHIR R4, identifier-registry).
pub(super) const URIS: &str = "urn:ietf:rfc:3986";

const EXTENSION: &str = "urn:dossier:fhir:";

/// Adds an element unless it says nothing: FHIR knows neither null nor empty lists.
pub(super) fn put(resource: &mut Value, name: &str, value: Value) {
    let says_nothing = match &value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    };
    if let (false, Some(fields)) = (says_nothing, resource.as_object_mut()) {
        fields.insert(name.to_owned(), value);
    }
}

/// An extension of this server with one value, `valueBoolean` or the like.
pub(super) fn extension(name: &str, kind: &str, value: Value) -> Value {
    json!({ "url": format!("{EXTENSION}{name}"), kind: value })
}

/// The values of all extensions of this name.
pub(super) fn extensions<'v>(resource: &'v Value, name: &'v str, kind: &'v str) -> impl Iterator<Item = &'v Value> {
    let is = move |found: &&Value| text(found, "/url").and_then(|url| url.strip_prefix(EXTENSION)) == Some(name);
    items(resource, "extension").filter(is).filter_map(move |found| found.get(kind))
}

/// The items of a list, none if it is not there.
pub(super) fn items<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// The text at a JSON pointer.
pub(super) fn text<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer).and_then(Value::as_str)
}

/// An identifier that an authority with an OID issued.
pub(super) fn identifier(authority: &Oid, value: &str) -> Value {
    json!({ "system": format!("urn:oid:{authority}"), "value": value })
}

/// Authority and value of an identifier whose system is an OID.
pub(super) fn of_oid(identifier: &Value) -> Option<(Oid, &str)> {
    let authority = text(identifier, "/system")?.strip_prefix("urn:oid:")?.parse().ok()?;
    Some((authority, text(identifier, "/value")?))
}

/// The first identifier whose system is an OID, which names the entry.
pub(super) fn key(resource: &Value) -> Result<(Oid, &str), FhirFault> {
    let found = items(resource, "identifier").find_map(of_oid);
    found.ok_or_else(|| fault("identifier", "an identifier is required whose system is urn:oid: and the OID of who issued it"))
}

/// A period of the directories: first day, first day after it.
pub(super) fn period(from: Option<&str>, until: Option<&str>) -> Value {
    let mut period = json!({});
    put(&mut period, "start", from.into());
    put(&mut period, "end", until.and_then(day_before).into());
    period
}

/// First day and first day after it of a period of FHIR. Of a time within a day, the day counts.
pub(super) fn days(period: &Value, path: &str) -> Result<(Option<String>, Option<String>), FhirFault> {
    let day = |name: &str| {
        let text = text(period, name)?.split('T').next()?;
        Some(text.to_owned())
    };
    let wrong = || fault(path, "a period has start and end as days YYYY-MM-DD, and the end is its last day");
    let check = |day: Option<String>| day.map(|day| day_after(&day).map(|next| (day, next)).ok_or_else(wrong)).transpose();
    let (start, end) = (check(day("/start"))?, check(day("/end"))?);
    let (start, end) = (start.map(|(day, _)| day), end.map(|(_, next)| next));
    if start.is_some() && end.is_some() && end <= start { Err(wrong()) } else { Ok((start, end)) }
}

/// The id of a reference to a resource of this type, relative or absolute.
pub(super) fn reference<'v>(resource: &'v Value, element: &str, resource_type: &str) -> Option<&'v str> {
    let reference = text(resource.get(element)?, "/reference")?;
    let (before, id) = reference.rsplit_once('/')?;
    (before == resource_type || before.ends_with(&format!("/{resource_type}"))).then_some(id)
}

/// A value that is missing or wrong; the place is completed by whoever knows the whole resource.
pub(super) fn fault(path: &str, what: &str) -> FhirFault {
    FhirFault { code: IssueCode::Value, what: what.to_owned(), expression: path.to_owned() }
}
