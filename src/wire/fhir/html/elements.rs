//! The elements of a resource as lists.

use serde_json::Value;

use crate::wire::fhir::fields::text;
use crate::wire::fhir::is_resource_type;
use crate::wire::fhir::search::is_id;

/// Where links may lead: into this interface, and nowhere else.
#[derive(Debug, Clone, Copy)]
pub(super) struct Links<'b> {
    pub(super) base_url: &'b str,
}

impl Links<'_> {
    /// The address of what a text names within this interface.
    pub(super) fn to(&self, text: &str) -> Option<String> {
        if let Some(rest) = text.strip_prefix(self.base_url) {
            return rest.starts_with(['/', '?']).then(|| text.to_owned());
        }
        let (kind, id) = text.split_once('/')?;
        (is_resource_type(kind) && is_id(id)).then(|| format!("{}/{text}", self.base_url))
    }
}

/// What programs need; people read all else first.
const LAST: [&str; 4] = ["id", "meta", "contained", "extension"];

/// A definition list of the elements of an object. Narrative is left out: it says again what the elements say, as markup.
pub(super) fn fields(object: &Value, links: &Links<'_>) -> String {
    let Some(fields) = object.as_object() else { return value(object, links) };
    let shown = fields.iter().filter(|(name, value)| *name != "resourceType" && !(*name == "text" && value.get("div").is_some()));
    let (last, first): (Vec<_>, Vec<_>) = shown.partition(|(name, _)| LAST.contains(&name.as_str()));
    let items: String = first
        .into_iter()
        .chain(last)
        .map(|(name, inside)| format!("<dt>{}</dt><dd>{}</dd>", escaped(name), value(inside, links)))
        .collect();
    if items.is_empty() { "<p>Without elements.</p>".to_owned() } else { format!("<dl>{items}</dl>") }
}

fn value(value: &Value, links: &Links<'_>) -> String {
    match value {
        Value::Object(_) => match text(value, "resourceType") {
            Some(kind) => format!("<p class=\"kind\">{}</p>{}", escaped(kind), fields(value, links)),
            None => fields(value, links),
        },
        Value::Array(items) => {
            let items: String = items.iter().map(|item| format!("<li>{}</li>", self::value(item, links))).collect();
            format!("<ul>{items}</ul>")
        }
        Value::String(text) => match links.to(text) {
            Some(url) => format!("<a href=\"{}\">{}</a>", escaped(&url), escaped(text)),
            None => escaped(text),
        },
        other => escaped(&other.to_string()),
    }
}

/// Text that is no markup, in an element or in a quoted attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
