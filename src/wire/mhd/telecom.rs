//! XTN ⇄ ContactPoint.

use serde_json::{Value, json};

use super::people::{plain, written};

/// A ContactPoint; nothing for a kind of address that FHIR has no system for.
pub(super) fn contact_point(xtn: &str) -> Option<Value> {
    let component = |at: usize| xtn.split('^').nth(at).unwrap_or_default();
    let (kind, mail) = (component(2), component(3));
    if kind.eq_ignore_ascii_case("internet") && !mail.is_empty() {
        return Some(json!({ "system": "email", "value": plain(mail) }));
    }
    let number = [component(11), component(0)].into_iter().find(|number| !number.is_empty())?;
    let system = if kind.eq_ignore_ascii_case("fx") { "fax" } else { "phone" };
    Some(json!({ "system": system, "value": plain(number) }))
}

/// The XTN of a ContactPoint.
pub(super) fn xtn_of(contact: &Value) -> Option<String> {
    let value = written(contact.get("value")?.as_str()?);
    Some(match contact.get("system").and_then(Value::as_str) {
        Some("email") => format!("^^Internet^{value}"),
        Some("fax") => format!("^^FX^^^^^^^^^{value}"),
        _ => format!("^^PH^^^^^^^^^{value}"),
    })
}
