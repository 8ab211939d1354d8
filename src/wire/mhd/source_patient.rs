//! sourcePatientId and sourcePatientInfo ⇄ a contained Patient (MHD 4.2, 3:4.5.1).

use serde_json::{Value, json};

use super::fields::Fields;
use super::people::{human_name, name_components};
use super::references::patient_identifier;
use super::times::{date_time, dtm_of};
use crate::model::hl7_types::Cx;
use crate::model::timestamp::Dtm;

/// What stands for a source's patient id that was not sent: no information (HL7 NullFlavor).
const NOT_SENT: &str = "NI^^^&2.16.840.1.113883.5.1008&ISO";

/// `administrative-gender` and the codes of PID-8 (HL7 table 0001).
const GENDERS: [(&str, &str); 4] = [("M", "male"), ("F", "female"), ("O", "other"), ("U", "unknown")];

/// The source's patient id that was not sent.
pub(super) fn not_sent() -> Option<Cx> {
    NOT_SENT.parse().ok()
}

/// The Patient as the source knew them.
pub(super) fn write(id: &str, source_id: &Cx, info: &[String]) -> Value {
    let field = |name: &str| info.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix('|'));
    let identifiers = if source_id.to_string() == NOT_SENT { Value::Null } else { json!([patient_identifier(source_id)]) };
    let names: Vec<_> = field("PID-5").into_iter().flat_map(|names| names.split('~')).map(|name| human_name(name, 0)).collect();
    let names: Vec<_> = names.into_iter().filter(|name| name.as_object().is_some_and(|fields| !fields.is_empty())).collect();
    let born = field("PID-7").and_then(|time| Dtm::try_from(time.get(..8).unwrap_or(time).to_owned()).ok());
    let gender = field("PID-8").and_then(|code| GENDERS.iter().find(|(known, _)| *known == code)).map(|(_, gender)| *gender);
    Fields::of_resource("Patient")
        .with("id", id)
        .with("identifier", identifiers)
        .with("name", names)
        .with("gender", gender)
        .with("birthDate", born.map(|time| date_time(&time)))
        .value()
}

/// The id and the `PID-…` lines of a Patient.
pub(super) fn read(patient: &Value) -> (Option<Cx>, Vec<String>) {
    let list = |name: &str| patient.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let cx = |identifier: &Value| {
        let oid = text(identifier, "system").strip_prefix("urn:oid:")?.parse().ok()?;
        Cx::new(&text(identifier, "value"), oid).ok()
    };
    let names: Vec<_> = list("name").iter().map(|name| name_components(name).join("^").trim_end_matches('^').to_owned()).collect();
    let names: Vec<_> = names.into_iter().filter(|name| !name.is_empty()).collect();
    let mut info = Vec::new();
    if !names.is_empty() {
        info.push(format!("PID-5|{}", names.join("~")));
    }
    info.extend(dtm_of(&text(patient, "birthDate")).map(|born| format!("PID-7|{born}")));
    let gender = text(patient, "gender");
    info.extend(GENDERS.iter().find(|(_, known)| *known == gender).map(|(code, _)| format!("PID-8|{code}")));
    (list("identifier").iter().find_map(cx), info)
}
