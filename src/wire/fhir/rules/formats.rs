//! How primitive values are written (FHIR R4, datatypes.html#primitive).

use uuid::Uuid;

use crate::wire::fhir::dates;
use crate::wire::fhir::search::is_id;

/// What is expected, if the text is not written as its type asks.
pub(super) fn fault(kind: &str, text: &str) -> Option<&'static str> {
    let is_date = || dates::period(text).is_ok();
    let (fits, expected) = match kind {
        "date" => (!text.contains('T') && is_date(), "a date as YYYY, YYYY-MM or YYYY-MM-DD"),
        "dateTime" => (is_date(), "a date as YYYY, YYYY-MM or YYYY-MM-DD, or a time as YYYY-MM-DDThh:mm:ss with Z or an offset"),
        "instant" => (text.contains('T') && is_date(), "a time as YYYY-MM-DDThh:mm:ss with Z or an offset"),
        "time" => (is_time(text), "a time of day as hh:mm:ss"),
        "id" => (is_id(text), "an id of 1 to 64 letters, digits, hyphens and points"),
        "code" => (is_code(text), "a code without spaces at its ends and without two in a row"),
        "uri" | "url" | "canonical" => (!text.contains(char::is_whitespace), "a URI without spaces"),
        "oid" => (is_oid(text), "an OID as urn:oid:1.2.3"),
        "uuid" => (text.strip_prefix("urn:uuid:").is_some_and(|id| Uuid::parse_str(id).is_ok()), "a UUID as urn:uuid:…"),
        "base64Binary" => (is_base64(text), "base64 (RFC 4648, 4)"),
        _ => return None,
    };
    (!fits).then_some(expected)
}

fn is_time(text: &str) -> bool {
    dates::period(&format!("2000-01-01T{text}Z")).is_ok()
}

fn is_code(text: &str) -> bool {
    text.split(' ').all(|word| !word.is_empty() && !word.contains(char::is_whitespace))
}

fn is_oid(text: &str) -> bool {
    let arcs = text.strip_prefix("urn:oid:").map(|oid| oid.split('.').collect::<Vec<_>>()).unwrap_or_default();
    arcs.len() > 1 && arcs.iter().all(|arc| !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The alphabet alone: whoever decodes it finds the rest.
fn is_base64(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=') || byte.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_has_its_format() {
        for (kind, good, bad) in [
            ("date", "2025-03", "2025-3"),
            ("dateTime", "2025-03-17T09:00:00+01:00", "2025-03-17 09:00"),
            ("instant", "2025-03-17T09:00:00Z", "2025-03-17"),
            ("time", "09:00:00", "9"),
            ("id", "a-b.1", "a_b"),
            ("code", "two words", " padded"),
            ("uri", "urn:x", "a b"),
            ("oid", "urn:oid:1.2", "1.2"),
            ("uuid", "urn:uuid:00000000-0000-4000-8000-000000000001", "urn:uuid:1"),
            ("base64Binary", "YQ==", "a-b"),
        ] {
            assert_eq!(fault(kind, good), None, "{kind}");
            assert!(fault(kind, bad).is_some(), "{kind}");
        }
        assert_eq!(fault("string", " "), None);
    }
}
