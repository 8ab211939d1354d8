//! What a request asks of a directory.

use crate::access::{DirectoryQuery, DirectoryView, Failure};
use crate::model::ids::Oid;
use crate::model::patient_feed::PartialDate;
use crate::transactions::fhir::{FhirRequest, Refusal};
use crate::wire::fhir_directory::patient_of_logical_id;

/// Parameters that say how to answer rather than what to look for.
const OF_THE_ANSWER: [&str; 2] = ["_format", "_pretty"];

/// The parameters of a search, each of a known name; at least one.
pub(super) fn parameters<'r>(request: &'r FhirRequest<'_>, known: &[&str]) -> Result<Vec<(&'r str, &'r str)>, Refusal> {
    let asked = request.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let asked: Vec<_> = asked.filter(|(name, _)| !OF_THE_ANSWER.contains(name)).collect();
    let mend = || format!("search with {}", known.join(", "));
    match asked.iter().find(|(name, _)| !known.contains(name)) {
        Some((name, _)) => Err(Refusal::invalid(&format!("http.{name}"), "this search parameter is not known here", &mend())),
        None if asked.is_empty() => Err(Refusal::invalid("http", "the search asks for nothing in particular", &mend())),
        None => Ok(asked),
    }
}

/// A query without identifiers, which each directory has in its own way, and those identifiers.
pub(super) fn query<'r>(asked: &[(&'r str, &'r str)]) -> Result<(DirectoryQuery, Vec<&'r str>), Refusal> {
    let (mut query, mut identifiers) = (DirectoryQuery::default(), Vec::new());
    for (name, value) in asked {
        match *name {
            "name" => query.names.push((None, (*value).to_owned())),
            "family" => query.names.push((Some("family"), (*value).to_owned())),
            "given" => query.names.push((Some("given"), (*value).to_owned())),
            "birthdate" => query.born = Some(born(value)?),
            _ => identifiers.push(*value),
        }
    }
    Ok((query, identifiers))
}

fn born(value: &str) -> Result<PartialDate, Refusal> {
    let day = value.strip_prefix("eq").unwrap_or(value).replace('-', "");
    let mend = "write the whole date, its month or its year: YYYY-MM-DD, YYYY-MM or YYYY, without another prefix than eq";
    PartialDate::try_from(day).map_err(|_| Refusal::invalid("http.birthdate", "it is no date", mend))
}

/// Of several identifiers, all have to be those of the entry; values that no entry can have find none.
pub(super) fn keys_of_all(mut keys: Vec<Vec<String>>) -> Option<Vec<String>> {
    let last = keys.pop()?;
    Some(last.into_iter().filter(|key| keys.iter().all(|others| others.contains(key))).collect())
}

/// The identifiers of patients as CX: `system|value`, or a value of the domain's own authority.
pub(super) fn patient_keys(value: &str, own: &Oid) -> Vec<String> {
    let id = match value.split_once('|') {
        Some((system, value)) => system.strip_prefix("urn:oid:").map(|authority| format!("{authority}-{value}")),
        None => Some(value.to_owned()),
    };
    id.and_then(|id| patient_of_logical_id(&id, own)).map(|patient_id| patient_id.to_string()).into_iter().collect()
}

/// The key of an entry: its own identifier, or the OID of an establishment.
pub(super) fn keys(view: &mut DirectoryView<'_>, value: &str) -> Result<Vec<String>, Failure> {
    let (system, value) = value.split_once('|').unwrap_or(("", value));
    let oid = value.strip_prefix("urn:oid:").and_then(|oid| oid.parse::<Oid>().ok());
    Ok(match oid {
        Some(oid) if matches!(system, "" | "urn:ietf:rfc:3986") => view.establishment_of_oid(&oid)?.into_iter().collect(),
        _ => vec![value.to_owned()],
    })
}
