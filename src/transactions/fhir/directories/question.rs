//! What a request asks of a directory.

use serde_json::Value;

use super::filters::{Filter, alternatives};
use super::paging::Page;
use super::parameters;
use crate::access::{DirectoryQuery, DirectoryView, Failure};
use crate::model::directory::Stamp;
use crate::model::ids::Oid;
use crate::transactions::fhir::times::{narrow_instants, range};
use crate::transactions::fhir::{FhirRequest, Refusal};
use crate::wire::fhir_directory::patient_of_logical_id;

/// Parameters that say how to answer rather than what to look for.
const OF_THE_ANSWER: [&str; 2] = ["_format", "_pretty"];

/// A search.
pub(super) struct Question {
    /// What narrows it down by the indexes of the directory.
    pub(super) query: DirectoryQuery,
    /// For each parameter that names entries by id or identifier, its alternatives.
    pub(super) names: Vec<Vec<String>>,
    /// The systems of which alone identifiers are told (PDQm, ITI TF-2: 3.78.4.1.2.3); any, if there is none.
    pub(super) domains: Vec<String>,
    filters: Vec<Filter>,
    /// Which part of what is found.
    pub(super) page: Page,
}

impl Question {
    /// The search of a request.
    ///
    /// # Errors
    /// 400 for a parameter that is not known or not understood.
    pub(super) fn of(request: &FhirRequest<'_>, resource_type: &str) -> Result<Self, Refusal> {
        let known = parameters::of(resource_type);
        let (mut query, mut names, mut domains) = (DirectoryQuery::default(), Vec::new(), Vec::new());
        let (mut filters, mut changed) = (Vec::new(), (None, None));
        for (whole, value) in request.parameters.iter().filter(|(name, value)| !OF_THE_ANSWER.contains(&name.as_str()) && !value.is_empty())
        {
            let (name, modifier) = whole.split_once(':').map_or((whole.as_str(), None), |(name, modifier)| (name, Some(modifier)));
            if Page::knows(name) {
                continue;
            }
            let Some(parameter) = known.iter().find(|parameter| parameter.name == name) else {
                let all: Vec<_> = known.iter().map(|parameter| parameter.name).collect();
                let mend = format!("search with {}", all.join(", "));
                return Err(Refusal::invalid(&format!("http.{name}"), "this search parameter is not known here", &mend));
            };
            let systems: Vec<_> = alternatives(value).filter_map(|one| one.strip_suffix('|')).map(str::to_owned).collect();
            let filter = Filter::of(parameter, modifier, value, parameters::paths(resource_type, name))?;
            match name {
                // No index leads to what is not there.
                _ if modifier == Some("missing") => filters.push(filter),
                "identifier" if !systems.is_empty() => {
                    domains.extend(systems);
                    filters.push(filter);
                }
                // The id of what is a part of an entry begins with that of the entry.
                "_id" if matches!(resource_type, "PractitionerRole" | "HealthcareService") => {
                    names.push(alternatives(value).map(|id| id.rsplit_once('.').map_or(id, |(entry, _)| entry).to_owned()).collect());
                    filters.push(filter);
                }
                // An identifier of a patient may have become that of another record; those of others are as they stand.
                "identifier" if resource_type != "Patient" => {
                    names.push(alternatives(value).map(str::to_owned).collect());
                    filters.push(filter);
                }
                "_id" | "identifier" | "practitioner" | "patient" => names.push(alternatives(value).map(str::to_owned).collect()),
                "organization" if resource_type != "PractitionerRole" => names.push(alternatives(value).map(str::to_owned).collect()),
                _ => {
                    let part = match name {
                        "family" => Some(Some("family")),
                        "given" => Some(Some("given")),
                        "name" => Some(None),
                        _ => None,
                    };
                    query.names.extend(part.zip(filter.words().map(<[String]>::to_vec)));
                    if let Some(bounds) = filter.only_bounds() {
                        narrow_instants(&mut changed.0, &mut changed.1, bounds);
                    }
                    query.born = query.born.or_else(|| filter.only_date().cloned());
                    filters.push(filter);
                }
            }
        }
        query.changed = (changed != (None, None)).then(|| range(changed));
        Ok(Self { query, names, domains, filters, page: Page::of(request)? })
    }

    /// Whether a resource that the query finds fits the whole question.
    pub(super) fn fits(&self, resource: &Value, stamp: Stamp) -> bool {
        self.filters.iter().all(|filter| filter.fits(resource, stamp))
    }
}

/// Of several parameters, all have to name the entry; values that no entry can have find none.
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
