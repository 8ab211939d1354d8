//! What `$match` takes and gives (FHIR R4, patient-operation-match.html; PDQm, ITI TF-2: 3.119.4).

use serde_json::{Value, json};

use super::elements::{fault, items, text};
use crate::model::patient_feed::Match;
use crate::wire::fhir::bundle::searchset;
use crate::wire::fhir::{FhirFault, json as fhir_json};

const GRADE: &str = "http://hl7.org/fhir/StructureDefinition/match-grade";

/// A request.
pub struct MatchRequest<'v> {
    /// The Patient resource with what is said of the person.
    pub patient: &'v Value,
    /// Whether nobody is wanted but who is certain.
    pub only_certain: bool,
    /// How many are wanted at most.
    pub count: Option<usize>,
}

/// The request in a Parameters resource, or a Patient alone.
///
/// # Errors
/// What is missing or wrong.
pub fn read_match_request(body: &Value) -> Result<MatchRequest<'_>, FhirFault> {
    if fhir_json::resource_type(body) == "Patient" {
        return Ok(MatchRequest { patient: body, only_certain: false, count: None });
    }
    let parameter = |name: &str| items(body, "parameter").find(|one| text(one, "/name") == Some(name));
    let patient = parameter("resource").and_then(|one| one.get("resource"));
    let patient = patient.filter(|patient| fhir_json::resource_type(patient) == "Patient");
    let patient = patient.ok_or_else(|| fault("parameter", "a parameter resource with a Patient is required"))?;
    let count = parameter("count").map(|one| {
        let count =
            one.get("valueInteger").and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok()).filter(|count| *count > 0);
        count.ok_or_else(|| fault("parameter", "count is a valueInteger of 1 or more"))
    });
    let only_certain = parameter("onlyCertainMatches").map(|one| {
        let flag = one.get("valueBoolean").and_then(Value::as_bool);
        flag.ok_or_else(|| fault("parameter", "onlyCertainMatches is a valueBoolean"))
    });
    Ok(MatchRequest { patient, only_certain: only_certain.transpose()?.unwrap_or(false), count: count.transpose()? })
}

/// The answer: those who fit in this order, each with score and grade.
pub fn matches(base_url: &str, found: Vec<(Value, Match)>) -> Value {
    let entry = |(resource, fit): (Value, Match)| {
        let id = text(&resource, "/id").unwrap_or_default();
        json!({
            "fullUrl": format!("{base_url}/Patient/{id}"),
            "resource": resource,
            "search": {
                "extension": [{ "url": GRADE, "valueCode": fit.grade.code() }],
                "mode": "match",
                "score": f64::from(fit.score) / 100.0,
            },
        })
    };
    let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
    let mut bundle = searchset(total, Vec::new(), &format!("{base_url}/Patient/$match"), None);
    if let (false, Some(fields)) = (found.is_empty(), bundle.as_object_mut()) {
        fields.insert("entry".to_owned(), found.into_iter().map(entry).collect());
    }
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::patient_feed::MatchGrade;

    #[test]
    fn a_request_is_a_patient_alone_or_with_parameters() {
        let patient = json!({ "resourceType": "Patient" });
        let of = |more: Value| {
            let resource = json!({ "name": "resource", "resource": patient });
            let all = [resource].into_iter().chain(more.as_array().cloned().unwrap()).collect::<Vec<_>>();
            json!({ "resourceType": "Parameters", "parameter": all })
        };
        let read = |body: &Value| read_match_request(body).map(|read| (read.only_certain, read.count)).map_err(|fault| fault.what);
        assert_eq!(read(&patient), Ok((false, None)));
        let both = json!([{ "name": "onlyCertainMatches", "valueBoolean": true }, { "name": "count", "valueInteger": 3 }]);
        assert_eq!(read(&of(both)), Ok((true, Some(3))));
        for wrong in [json!([{ "name": "count", "valueInteger": 0 }]), json!([{ "name": "onlyCertainMatches", "valueString": "true" }])] {
            assert!(read(&of(wrong)).is_err());
        }
        assert!(read(&json!({ "resourceType": "Parameters" })).is_err());
    }

    #[test]
    fn the_answer_is_a_searchset_of_r4() {
        let fit = Match { grade: MatchGrade::Certain, score: 100 };
        for found in [vec![(json!({ "resourceType": "Patient", "id": "1" }), fit)], Vec::new()] {
            let bundle = matches("http://x/fhir", found);
            assert_eq!(fhir_json::read(bundle.to_string().as_bytes()).unwrap(), bundle);
        }
    }
}
