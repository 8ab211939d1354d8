//! Which part of what a search finds is answered, in which order, and where the rest is (FHIR R4, search.html#count, #sort).
//!
//! A page begins after the last entry of the one before, which its link names by its id: an entry that comes or goes meanwhile moves
//! nothing, and the link tells nothing that the page did not show.

use std::cmp::Ordering;

use serde_json::Value;

use crate::model::directory::Stamp;
use crate::transactions::fhir::{FhirRequest, Refusal};
use crate::wire::fhir::form;

/// Entries of a page where nothing is said, and at most.
const USUAL: usize = 50;
const MOST: usize = 200;

/// The parameters of this module, and those of which the search takes care by itself.
const NAMES: [&str; 5] = ["_count", "_cursor", "_sort", "_include", "_revinclude"];

/// What one may sort by, and where it stands.
const ORDERS: [(&str, &[&str]); 5] = [
    ("_id", &["/id"]),
    ("family", &["/name/0/family"]),
    ("given", &["/name/0/given/0"]),
    ("name", &["/name", "/name/0/family"]),
    ("birthdate", &["/birthDate"]),
];

/// One page.
pub(super) struct Page {
    count: usize,
    after: Option<String>,
    order: Vec<(&'static [&'static str], bool)>,
}

/// A page of what was found.
pub(super) struct Shown {
    /// How many there are in all.
    pub(super) total: u64,
    /// The resources of the page with their versions.
    pub(super) entries: Vec<(Value, Stamp)>,
    /// The id of its last entry, where there are more.
    pub(super) last: Option<String>,
}

impl Page {
    /// Whether a parameter is one of the answer.
    pub(super) fn knows(name: &str) -> bool {
        NAMES.contains(&name)
    }

    /// The page that a request asks for.
    ///
    /// # Errors
    /// 400 for a count that is no number and for an order that is not known.
    pub(super) fn of(request: &FhirRequest<'_>) -> Result<Self, Refusal> {
        let count = match request.parameter("_count") {
            None => USUAL,
            Some(text) => {
                text.parse::<usize>().map_err(|_| Refusal::invalid("http._count", "it is no whole number", "write 0 or more"))?.min(MOST)
            }
        };
        let mut order = Vec::new();
        for key in request.parameter("_sort").into_iter().flat_map(|keys| keys.split(',')) {
            let (name, down) = key.strip_prefix('-').map_or((key, false), |name| (name, true));
            let Some((_, paths)) = ORDERS.iter().find(|(known, _)| *known == name) else {
                let all: Vec<_> = ORDERS.iter().map(|(known, _)| *known).collect();
                let mend = format!("sort by {}, each perhaps after a hyphen", all.join(", "));
                return Err(Refusal::invalid("http._sort", "what is found cannot be sorted by this", &mend));
            };
            order.push((*paths, down));
        }
        Ok(Self { count, after: request.parameter("_cursor").map(str::to_owned), order })
    }

    /// This page of all that was found.
    pub(super) fn take(&self, mut found: Vec<(Value, Stamp)>) -> Shown {
        found.sort_by(|(one, _), (other, _)| self.compare(one, other));
        let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
        let begin = self.after.as_deref().map_or(0, |after| {
            let at = found.iter().position(|(resource, _)| id(resource) == after);
            // It is gone: where nothing else is asked, entries stand in the order of their ids.
            at.map_or_else(|| found.iter().filter(|(resource, _)| id(resource) <= after).count(), |at| at + 1)
        });
        let has_more = self.count > 0 && found.len() > begin.saturating_add(self.count);
        let entries: Vec<_> = found.into_iter().skip(begin).take(self.count).collect();
        let last = entries.last().map(|(resource, _)| id(resource).to_owned()).filter(|_| has_more);
        Shown { total, entries, last }
    }

    fn compare(&self, one: &Value, other: &Value) -> Ordering {
        let by = |(paths, down): &(&[&str], bool)| {
            let key = |value: &Value| paths.iter().find_map(|path| Some(value.pointer(path)?.as_str()?.to_lowercase()));
            // Who lacks it comes last in either direction.
            match (key(one), key(other)) {
                (Some(one), Some(other)) if *down => other.cmp(&one),
                (Some(one), Some(other)) => one.cmp(&other),
                (one, other) => other.is_some().cmp(&one.is_some()),
            }
        };
        self.order.iter().map(by).find(|order| order.is_ne()).unwrap_or_else(|| id(one).cmp(id(other)))
    }
}

fn id(resource: &Value) -> &str {
    resource.get("id").and_then(Value::as_str).unwrap_or_default()
}

/// The address of a search, and of its next page after this entry.
pub(super) fn address(request: &FhirRequest<'_>, resource_type: &str, after: Option<&str>) -> String {
    let asked = request.parameters.iter().filter(|(name, _)| after.is_none() || name != "_cursor");
    let pairs = asked.map(|(name, value)| (name.as_str(), value.as_str())).chain(after.map(|after| ("_cursor", after)));
    let query: Vec<_> = pairs.map(|(name, value)| format!("{}={}", form::encoded(name), form::encoded(value))).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}/{resource_type}{mark}{}", request.base_url, query.join("&"))
}
