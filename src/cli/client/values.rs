//! Values of flags that HL7 and SAML give a form.

use crate::client::soap::WrittenAssertion;
use crate::demo;

/// A patient identifier as CX: `ID^^^&OID&ISO` (ITI TF-3: Table 4.2.3.1.7-2), or the name of a patient of the demo, as `P01`.
///
/// # Errors
/// The identifier or the OID of its assigning authority is missing.
pub fn patient(text: &str) -> Result<String, String> {
    if let Some(known) = sample_patient(text) {
        return Ok(known);
    }
    let (id, authority) = text.split_once("^^^").unwrap_or((text, ""));
    let oid = authority.strip_prefix('&').and_then(|rest| rest.strip_suffix("&ISO"));
    let is_oid = |oid: &str| oid.contains('.') && oid.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    match oid {
        Some(oid) if !id.is_empty() && !id.contains(['^', '&']) && is_oid(oid) => Ok(text.to_owned()),
        Some(_) | None => Err("write ID^^^&OID&ISO, such as '1958031498124^^^&1.3.182.4.4&ISO'".to_owned()),
    }
}

fn sample_patient(name: &str) -> Option<String> {
    let patients = demo::patients().ok()?;
    patients.into_iter().find(|patient| patient.name == name).map(|patient| patient.patient_id.to_string())
}

/// A point in time as DTM: `YYYY[MM[DD[hh[mm[ss]]]]]`, in UTC (ITI TF-3: Table 4.2.3.1.7-2).
///
/// # Errors
/// Not 4, 6, 8, 10, 12 or 14 digits.
pub fn dtm(text: &str) -> Result<String, String> {
    let digits_only = text.bytes().all(|byte| byte.is_ascii_digit());
    if digits_only && matches!(text.len(), 4 | 6 | 8 | 10 | 12 | 14) {
        Ok(text.to_owned())
    } else {
        Err("write YYYY[MM[DD[hh[mm[ss]]]]] in UTC, such as 20260401 or 20260401093000".to_owned())
    }
}

/// The assertion in a file (SAML 2.0).
///
/// # Errors
/// The file cannot be read or holds something else.
pub fn assertion(path: &str) -> Result<WrittenAssertion, String> {
    let document = std::fs::read(path).map_err(|error| format!("the file cannot be read: {error}"))?;
    WrittenAssertion::new(&document).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patient_has_an_identifier_and_an_authority() {
        assert!(patient("P1^^^&1.3.182.4.4&ISO").is_ok());
        assert_eq!(patient("P01").as_deref(), Ok("1958031498124^^^&1.3.182.4.4&ISO"));
        for text in ["", "P1", "P99", "^^^&1.2.3&ISO", "P1^^^&&ISO", "P1^^^Clinic", "P^1^^^&1.2.3&ISO", "P1^^^&x.y&ISO"] {
            assert!(patient(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_have_whole_parts() {
        assert!(dtm("2026").is_ok() && dtm("20260401093000").is_ok());
        for text in ["", "202", "20260", "2026-04-01", "202604010930001"] {
            assert!(dtm(text).is_err(), "{text}");
        }
    }
}
