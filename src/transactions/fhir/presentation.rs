//! What a caller says of the form of an answer among the parameters: `_format`, `_pretty`, `_summary`, `_elements`, `_total`
//! (FHIR R4, http.html#parameters, search.html#summary, #elements, #total).

use serde_json::{Value, json};

use super::{Answer, Content, FhirRequest, Refusal};
use crate::wire::fhir::bundle::outcome_entry;
use crate::wire::fhir::{Issue, IssueCode, Selection, form};

/// The parameters that are taken out before an interaction sees the others. `_format` and `_pretty` are looked at first.
const NAMES: [&str; 5] = ["_format", "_pretty", "_summary", "_elements", "_total"];
/// More elements than any resource has.
const MOST_ELEMENTS: usize = 100;

/// The form of an answer beside its format.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Presentation {
    /// Which part of each resource.
    pub(super) selection: Selection,
    /// `_total=none`: the number of matches is not told.
    pub(super) without_total: bool,
    /// The parameters that said so, for the links of a bundle: empty, or `_summary=text&…`.
    pub(super) query: String,
}

impl Presentation {
    /// Takes it out of a request.
    ///
    /// # Errors
    /// 400 for a value that is none.
    pub(super) fn take(request: &mut FhirRequest<'_>) -> Result<Self, Refusal> {
        let parameters = std::mem::take(&mut request.parameters);
        let (own, others): (Vec<_>, Vec<_>) = parameters.into_iter().partition(|(name, _)| NAMES.contains(&name.as_str()));
        request.parameters = others;
        let own: Vec<_> =
            own.into_iter().filter(|(name, value)| !value.is_empty() && !matches!(name.as_str(), "_format" | "_pretty")).collect();
        let only = |name: &str| own.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let elements: Vec<_> = own.iter().filter(|(name, _)| name == "_elements").flat_map(|(_, names)| names.split(',')).collect();
        let selection = match (summary(only("_summary"))?, elements.is_empty()) {
            (selection, true) => selection,
            (Selection::Whole, false) => Selection::Elements(named(&elements)?),
            (_, false) => return Err(Refusal::invalid("http._elements", "it is given beside _summary", "use one of them")),
        };
        let without_total = match only("_total") {
            None | Some("estimate" | "accurate") => false,
            Some("none") => true,
            Some(_) => return Err(Refusal::invalid("http._total", "this is none of its values", "use none, estimate or accurate")),
        };
        let pairs: Vec<_> = own.iter().map(|(name, value)| format!("{name}={}", form::encoded(value))).collect();
        Ok(Self { selection, without_total, query: pairs.join("&") })
    }

    /// An answer in that form, with warnings among what a search found.
    ///
    /// # Errors
    /// 400 for a count of what is not counted.
    pub(super) fn of(&self, answer: Answer, warnings: &[Issue]) -> Result<Answer, Refusal> {
        let Content::Resource(resource) = answer.content else { return Ok(answer) };
        let mut resource = if self.selection == Selection::Whole { resource } else { self.selection.of(resource) };
        let is_search = resource.get("type").and_then(Value::as_str) == Some("searchset");
        if let Some(bundle) = resource.as_object_mut().filter(|_| is_search) {
            if self.selection == Selection::Count && !bundle.contains_key("total") {
                let text = "http._summary: what this search finds is not counted; read its pages";
                return Err(Refusal::of(400, Issue::error(IssueCode::NotSupported, text).at("http._summary")).audited());
            }
            if self.without_total && self.selection != Selection::Count {
                bundle.shift_remove("total");
            }
            for link in bundle.get_mut("link").and_then(Value::as_array_mut).into_iter().flatten().filter(|_| !self.query.is_empty()) {
                self.extend(link);
            }
            if !warnings.is_empty() {
                let entries = bundle.entry("entry").or_insert_with(|| json!([]));
                entries.as_array_mut().into_iter().for_each(|entries| entries.push(outcome_entry(warnings)));
            }
        }
        Ok(Answer { content: Content::Resource(resource), ..answer })
    }

    /// The link of a page leads to pages of the same form.
    fn extend(&self, link: &mut Value) {
        let Some(url) = link.get("url").and_then(Value::as_str) else { return };
        let url = format!("{url}{}{}", if url.contains('?') { '&' } else { '?' }, self.query);
        if let Some(fields) = link.as_object_mut() {
            fields.insert("url".to_owned(), url.into());
        }
    }
}

fn summary(value: Option<&str>) -> Result<Selection, Refusal> {
    match value {
        None | Some("false") => Ok(Selection::Whole),
        Some("true") => Ok(Selection::Summary),
        Some("text") => Ok(Selection::Text),
        Some("data") => Ok(Selection::Data),
        Some("count") => Ok(Selection::Count),
        Some(_) => Err(Refusal::invalid("http._summary", "this is none of its values", "use true, text, data, count or false")),
    }
}

/// The names of elements; of `Patient.name` and `name.family`, the element `name`.
fn named(elements: &[&str]) -> Result<Vec<String>, Refusal> {
    let name = |text: &&str| {
        let mut steps = text.trim().split('.').filter(|step| !step.starts_with(|first: char| first.is_ascii_uppercase()));
        let name = steps.next()?;
        (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())).then(|| name.to_owned())
    };
    let names: Option<Vec<_>> = elements.iter().map(name).collect();
    names.filter(|names| names.len() <= MOST_ELEMENTS).ok_or_else(|| {
        let mend = format!("write at most {MOST_ELEMENTS} names of elements at the root of the resource, with commas between");
        Refusal::invalid("http._elements", "it holds what is no name of an element", &mend)
    })
}
