//! Which part of what a search finds is answered, in which order, and where the rest is (FHIR R4, search.html#count, #sort).
//!
//! A page begins after the last entry of the one before, which its link names by its id and by when it was changed: an entry that comes,
//! goes or changes meanwhile moves nothing, and the link tells nothing that the page did not show.

use std::cmp::Ordering;

use serde_json::Value;

use super::parameters::LAST_UPDATED;
use crate::model::directory::Stamp;
use crate::model::timestamp::Instant;
use crate::transactions::fhir::{FhirRequest, Refusal};
use crate::wire::fhir::form;

/// Entries of a page where nothing is said, and at most.
const USUAL: usize = 50;
const MOST: usize = 200;

/// The parameters of this module, and those of which the search takes care by itself.
const NAMES: [&str; 5] = ["_count", "_cursor", "_sort", "_include", "_revinclude"];

/// What one may sort by.
const ORDERS: [(&str, Key); 6] = [
    ("_id", Key::Text(&["/id"])),
    (LAST_UPDATED, Key::Changed),
    ("family", Key::Text(&["/name/0/family"])),
    ("given", Key::Text(&["/name/0/given/0"])),
    ("name", Key::Text(&["/name", "/name/0/family"])),
    ("birthdate", Key::Text(&["/birthDate"])),
];

/// What entries are sorted by.
#[derive(Clone, Copy)]
enum Key {
    /// The text that stands at the first of these places that there is.
    Text(&'static [&'static str]),
    /// When the entry was changed last.
    Changed,
}

/// One page.
pub(super) struct Page {
    count: usize,
    after: Option<Cursor>,
    order: Vec<(Key, bool)>,
}

/// The last entry of the page before, as its link names it: `id`, or `id@microseconds` where it is known when it was changed.
struct Cursor {
    id: String,
    changed: Option<Instant>,
}

impl Cursor {
    fn of(text: &str) -> Self {
        let (id, changed) = text.split_once('@').map_or((text, None), |(id, at)| (id, at.parse().ok()));
        Self { id: id.to_owned(), changed: changed.map(Instant) }
    }

    fn text((resource, stamp): &(Value, Stamp)) -> String {
        stamp.updated_at.map_or_else(|| id(resource).to_owned(), |at| format!("{}@{}", id(resource), at.0))
    }
}

/// A page of what was found.
pub(super) struct Shown {
    /// How many there are in all.
    pub(super) total: u64,
    /// The resources of the page with their versions.
    pub(super) entries: Vec<(Value, Stamp)>,
    /// Where the next page begins, where there are more.
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
            let Some((_, sorted_by)) = ORDERS.iter().find(|(known, _)| *known == name) else {
                let all: Vec<_> = ORDERS.iter().map(|(known, _)| *known).collect();
                let mend = format!("sort by {}, each perhaps after a hyphen", all.join(", "));
                return Err(Refusal::invalid("http._sort", "what is found cannot be sorted by this", &mend));
            };
            order.push((*sorted_by, down));
        }
        Ok(Self { count, after: request.parameter("_cursor").map(Cursor::of), order })
    }

    /// This page of all that was found.
    pub(super) fn take(&self, mut found: Vec<(Value, Stamp)>) -> Shown {
        found.sort_by(|one, other| self.compare(one, other));
        let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
        let begin = self.after.as_ref().map_or(0, |after| self.begin(after, &found));
        let has_more = self.count > 0 && found.len() > begin.saturating_add(self.count);
        let entries: Vec<_> = found.into_iter().skip(begin).take(self.count).collect();
        let last = entries.last().map(Cursor::text).filter(|_| has_more);
        Shown { total, entries, last }
    }

    /// How many of these, in their order, stand on the pages before.
    fn begin(&self, after: &Cursor, found: &[(Value, Stamp)]) -> usize {
        if let Some((Key::Changed, down)) = self.order.first() {
            // An entry that was changed since stands elsewhere; the time leads to where it stood.
            let is_before = |(resource, stamp): &(Value, Stamp)| {
                let by_time = in_order(stamp.updated_at, after.changed, *down);
                by_time.then_with(|| id(resource).cmp(&after.id)).is_le()
            };
            // Among entries of one time another order may have been asked for, in which the entry still stands.
            let at = found.iter().position(|(resource, stamp)| id(resource) == after.id && stamp.updated_at == after.changed);
            return at.map_or_else(|| found.iter().filter(|entry| is_before(entry)).count(), |at| at + 1);
        }
        let at = found.iter().position(|(resource, _)| id(resource) == after.id);
        // It is gone: where nothing else is asked, entries stand in the order of their ids.
        at.map_or_else(|| found.iter().filter(|(resource, _)| id(resource) <= after.id.as_str()).count(), |at| at + 1)
    }

    fn compare(&self, one: &(Value, Stamp), other: &(Value, Stamp)) -> Ordering {
        let by = |(key, down): &(Key, bool)| match key {
            Key::Text(paths) => {
                let text = |value: &Value| paths.iter().find_map(|path| Some(value.pointer(path)?.as_str()?.to_lowercase()));
                in_order(text(&one.0), text(&other.0), *down)
            }
            Key::Changed => in_order(one.1.updated_at, other.1.updated_at, *down),
        };
        self.order.iter().map(by).find(|order| order.is_ne()).unwrap_or_else(|| id(&one.0).cmp(id(&other.0)))
    }
}

/// Which of two comes first. What lacks the key comes last in either direction.
fn in_order<T: Ord>(one: Option<T>, other: Option<T>, down: bool) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) if down => other.cmp(&one),
        (Some(one), Some(other)) => one.cmp(&other),
        (one, other) => other.is_some().cmp(&one.is_some()),
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
