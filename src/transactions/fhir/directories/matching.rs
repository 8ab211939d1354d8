//! Patient Demographics Match [ITI-119] (PDQm, ITI TF-2: 3.119; FHIR R4, patient-operation-match.html): who may be meant by what is
//! said of a person. `model::patient_feed` says how well somebody fits.

use std::collections::BTreeMap;

use serde_json::Value;

use super::reads::{looked_up, too_costly};
use super::source::Source;
use crate::access::{Call, DirectoryQuery, Failure};
use crate::model::audit_event::Transaction;
use crate::model::patient_feed::{Match, MatchGrade, PatientDemographics};
use crate::transactions::Services;
use crate::transactions::fhir::{Answer, FhirRequest, Params, Refusal};
use crate::wire::fhir::json;
use crate::wire::fhir_directory::{matches, patient, read_demographics, read_match_request};

/// Those who fit best, at most.
const MOST: usize = 50;

/// `POST Patient/$match`.
pub(super) fn perform(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    let body = request.resource()?;
    let place = json::resource_type(&body).to_owned();
    let refused = |fault: crate::wire::fhir::FhirFault| {
        Refusal::invalid(&format!("{place}.{}", fault.expression), &fault.what, "mend the request and send it again")
    };
    let asked = read_match_request(&body).map_err(refused)?;
    let said = read_demographics(asked.patient).map_err(refused)?;
    let questions = questions(&said);
    if questions.is_empty() {
        let mend = "say an identifier, or two of family name, given name and birth date";
        return Err(Refusal::invalid("Patient", "so little is said that anybody could be meant", mend));
    }
    let least = if asked.only_certain { MatchGrade::Certain } else { MatchGrade::Possible };
    let base_url = request.base_url.clone();
    let found = looked_up(services, call, Transaction::Iti119, |source| candidates(source, &said, questions, least))?;
    let Some(mut found) = found.unwrap_or_else(|| Some(Vec::new())) else { return Err(too_costly()) };
    // Several certain matches may be several people: then none of them is certain (3.119.4.1.3, case 5).
    if asked.only_certain && found.len() > 1 {
        found.clear();
    }
    found.sort_by(|(one, a), (other, b)| b.cmp(a).then_with(|| one.to_string().cmp(&other.to_string())));
    found.truncate(asked.count.unwrap_or(MOST).min(MOST));
    Ok(Answer::resource(matches(&base_url, found)))
}

/// What finds those who can fit at all: an identifier, or two of the names and the birth date.
fn questions(said: &PatientDemographics) -> Vec<DirectoryQuery> {
    let name = said.name.clone().unwrap_or_default();
    let family = name.family.map(|family| (Some("family"), vec![family]));
    let given = Some((Some("given"), vec![name.given.join(" ")])).filter(|(_, given)| given.iter().any(|text| !text.trim().is_empty()));
    let named = said.identifiers.iter().map(|id| DirectoryQuery { ids: Some(vec![id.to_string()]), ..DirectoryQuery::default() });
    let pairs = [(&family, &None, true), (&family, &given, false), (&None, &given, true)].into_iter().filter_map(|(one, other, born)| {
        let names: Vec<_> = one.iter().chain(other).cloned().collect();
        let born = if born { Some(said.birth_date.clone()?) } else { None };
        (names.len() + usize::from(born.is_some()) == 2).then(|| DirectoryQuery { names, born, ..DirectoryQuery::default() })
    });
    named.chain(pairs).collect()
}

/// Those in sight who fit well enough, each once; nothing where there are too many to tell.
fn candidates(
    source: &mut Source<'_, '_>,
    said: &PatientDemographics,
    questions: Vec<DirectoryQuery>,
    least: MatchGrade,
) -> Result<Option<Vec<(Value, Match)>>, Failure> {
    let (mut found, mut too_many) = (BTreeMap::new(), false);
    for query in questions {
        let fitting = source.view.patients(&query, |id, known, _| said.match_with(id, known).is_some_and(|found| found.grade >= least))?;
        too_many |= fitting.is_none();
        for ((id, known), _) in fitting.unwrap_or_default() {
            if let Some(fit) = said.match_with(&id, &known) {
                found.insert(id.to_string(), (patient(&id, &known, source.own), fit));
            }
        }
    }
    Ok((!too_many || !found.is_empty()).then(|| found.into_values().collect()))
}
