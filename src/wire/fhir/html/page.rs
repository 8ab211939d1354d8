//! The page around a resource.

use serde_json::Value;

use super::elements::{Links, escaped, fields};
use crate::wire::fhir::fields::{at, items, text};

/// What the page may load and do: the one style sheet in it, and nothing else. The hash is that of `style.css`.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'sha256-mtQXya/1x2D3ztoF26EVYcCwLBPbNxfhtlBIO95V1Dc='; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const STYLE: &str = include_str!("style.css");

/// A resource, or what an interface at `base_url` answers instead, as a page. `status` is that of the answer.
pub fn page(resource: &Value, status: u16, base_url: &str) -> Vec<u8> {
    let links = Links { base_url };
    let title = title(resource);
    let body = match text(resource, "resourceType") {
        Some("OperationOutcome") => outcome(resource, status, base_url),
        Some("Bundle") => bundle(resource, &links),
        _ => format!("<article>{}</article>", fields(resource, &links)),
    };
    let heading = heading(resource, &title);
    let formats = address(resource, base_url).map(|address| {
        let mark = if address.contains('?') { '&' } else { '?' };
        let link = |format: &str| {
            format!("<li><a href=\"{}\">As {}</a></li>", escaped(&format!("{address}{mark}_format={format}")), format.to_uppercase())
        };
        link("json") + &link("xml")
    });
    // The title stays in the history of the browser, so it names nobody.
    let (title, base, formats) = (escaped(&title), escaped(base_url), formats.unwrap_or_default());
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title} - Dossier</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#content\">To the content</a>\n\
         <header><nav aria-label=\"Site\"><ul><li><strong>Dossier</strong></li>\
         <li><a href=\"{base}/metadata?_format=html\">What this interface can do</a></li>{formats}</ul></nav></header>\n\
         <main id=\"content\">\n{heading}\n{body}\n</main>\n</body>\n</html>\n"
    )
    .into_bytes()
}

fn title(resource: &Value) -> String {
    let kind = text(resource, "resourceType").unwrap_or("Resource");
    match (kind, text(resource, "id"), text(resource, "type")) {
        ("OperationOutcome", ..) => "The request was answered with a message".to_owned(),
        ("Bundle", _, Some("searchset")) => "What was found".to_owned(),
        ("Bundle", _, Some("history")) => "Versions".to_owned(),
        ("Bundle", _, Some(other)) => format!("Bundle: {other}"),
        (kind, Some(id), _) => format!("{kind} {id}"),
        (kind, None, _) => kind.to_owned(),
    }
}

/// What people call it, with its type and id below; of what has no name, these alone.
fn heading(resource: &Value, title: &str) -> String {
    match name(resource) {
        Some(name) => format!("<h1>{}</h1>\n<p class=\"kind\">{}</p>", escaped(&name), escaped(title)),
        None => format!("<h1>{}</h1>", escaped(title)),
    }
}

/// The title of a document, the name of a person or an organization, or at least what kind of thing it is.
fn name(resource: &Value) -> Option<String> {
    let person = at(resource, "name.0").map(|name| {
        let given = items(name, "given").iter().filter_map(Value::as_str);
        given.chain(text(name, "family")).collect::<Vec<_>>().join(" ")
    });
    let places = ["content.0.attachment.title", "title", "name", "name.0.text"];
    let named = places.iter().find_map(|place| text(resource, place)).map(str::to_owned);
    let kind = || text(resource, "type.coding.0.display").or_else(|| text(resource, "code.coding.0.display")).map(str::to_owned);
    named.or(person).filter(|name| !name.is_empty()).or_else(kind)
}

/// Where the same is in another format.
fn address(resource: &Value, base_url: &str) -> Option<String> {
    match text(resource, "resourceType")? {
        "Bundle" => link(resource, "self").map(str::to_owned),
        "CapabilityStatement" => Some(format!("{base_url}/metadata")),
        kind => Some(format!("{base_url}/{kind}/{}", text(resource, "id")?)),
    }
}

fn link<'r>(bundle: &'r Value, relation: &str) -> Option<&'r str> {
    items(bundle, "link").iter().find(|link| text(link, "relation") == Some(relation)).and_then(|link| text(link, "url"))
}

fn bundle(bundle: &Value, links: &Links<'_>) -> String {
    let total = bundle.get("total").map(|total| format!("<p>{} in all.</p>", escaped(&total.to_string()))).unwrap_or_default();
    let entries: String = items(bundle, "entry").iter().map(|entry| article(entry, links)).collect();
    let entries = if entries.is_empty() { "<p>There is nothing to show.</p>".to_owned() } else { entries };
    let next = link(bundle, "next")
        .and_then(|url| links.to(url))
        .map(|url| format!("<nav aria-label=\"Pages\"><ul><li><a rel=\"next\" href=\"{}\">Next page</a></li></ul></nav>", escaped(&url)));
    format!("{total}{entries}{}", next.unwrap_or_default())
}

fn article(entry: &Value, links: &Links<'_>) -> String {
    let resource = entry.get("resource").unwrap_or(entry);
    let (title, name) = (title(resource), name(resource));
    let heading = escaped(name.as_ref().unwrap_or(&title));
    let kind = name.as_ref().map(|_| format!("<p class=\"kind\">{}</p>", escaped(&title))).unwrap_or_default();
    let heading = match text(entry, "fullUrl").and_then(|url| links.to(url)) {
        Some(url) => format!("<a href=\"{}\">{heading}</a>", escaped(&url)),
        None => heading,
    };
    let elements = fields(resource, links);
    format!("<article><h2>{heading}</h2>{kind}<details><summary>Elements</summary>{elements}</details></article>")
}

fn outcome(outcome: &Value, status: u16, base_url: &str) -> String {
    let issue = |issue: &Value| {
        let part = |name: &str| escaped(text(issue, name).unwrap_or_default());
        format!("<p><strong>{}</strong> ({}): {}</p>", part("severity"), part("code"), part("diagnostics"))
    };
    let issues: String = items(outcome, "issue").iter().map(issue).collect();
    let hint = match status {
        401 => format!(
            "<section class=\"note\"><h2>You are not signed in</h2><p>This interface knows people by access tokens, which browsers do not \
             send on their own. Use an application that gets one from the authorization server named in \
             <a href=\"{0}/.well-known/smart-configuration\">the SMART configuration</a>.</p></section>",
            escaped(base_url)
        ),
        _ => String::new(),
    };
    format!("<section class=\"note\"><h2>Status {status}</h2>{issues}</section>{hint}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wire::xml::{XmlLimits, parse};

    fn shown(resource: &Value, status: u16) -> String {
        String::from_utf8(page(resource, status, "https://a.example/fhir")).unwrap()
    }

    #[test]
    fn no_value_becomes_markup_and_no_foreign_address_a_link() {
        let evil = "<script>alert(1)</script>\" onmouseover=\"x";
        let patient = json!({
            "resourceType": "Patient", "id": evil, "name": [{ "family": evil, "given": [evil, evil] }], "active": true,
            "text": { "status": "generated", "div": evil }, "photo": [{ "url": "javascript:alert(1)" }],
            "managingOrganization": { "reference": "Organization/E1" }, "generalPractitioner": [{ "reference": "https://b.example/x" }],
            "extension": [{ "url": evil, "valueUri": "https://a.example/fhir.evil/x" }],
        });
        for resource in [
            patient.clone(),
            json!({ "resourceType": "Bundle", "type": "searchset", "total": 1,
            "link": [{ "relation": "next", "url": "javascript:x" }], "entry": [{ "fullUrl": "javascript:x", "resource": patient }] }),
        ] {
            let text = shown(&resource, 200);
            assert!(!text.contains("<script") && !text.contains("\" onmouseover"), "{text}");
            assert!(
                !text.contains("href=\"javascript")
                    && !text.contains("href=\"https://b")
                    && !text.contains("href=\"https://a.example/fhir.evil")
            );
            assert!(text.contains("href=\"https://a.example/fhir/Organization/E1\""));
        }
    }

    #[test]
    fn a_page_has_a_language_one_main_heading_and_balanced_elements() {
        let list = json!({ "resourceType": "List", "id": "1", "status": "current", "entry": [{ "item": { "reference": "List/2" } }] });
        let text = shown(&list, 200);
        assert!(text.contains("<html lang=\"en\">") && text.matches("<h1>").count() == 1);
        let (_, body) = text.split_once("<body>").unwrap();
        let (body, _) = body.split_once("</body>").unwrap();
        parse(format!("<body>{body}</body>").as_bytes(), &XmlLimits::default()).unwrap();
    }

    #[test]
    fn who_is_not_known_is_told_how_to_become_it() {
        let outcome =
            json!({ "resourceType": "OperationOutcome", "issue": [{ "severity": "error", "code": "login", "diagnostics": "a<b" }] });
        let text = shown(&outcome, 401);
        assert!(text.contains("smart-configuration") && text.contains("a&lt;b"));
        assert!(!shown(&outcome, 404).contains("smart-configuration"));
    }
}
