//! What of a submission has no place in Document Sharing metadata and is left out, as its sender is told (MHD 4.2,
//! 2:3.65.4.1.3.1: the handling of such elements is the recipient's).

use serde_json::Value;

use super::bundle_entries::{Placed, fault};
use super::people::{person_of, read_author};
use super::references::Resources;
use crate::wire::fhir::fields::{at, items, text};
use crate::wire::fhir::{Issue, IssueCode, Severity};

fn remark(place: &str, what: &str) -> Issue {
    Issue { severity: Severity::Warning, ..fault(IssueCode::NotSupported, place, what) }
}

/// Patients and people come along for reference only.
pub(super) fn kept_elsewhere(placed: &Placed<'_>) -> Issue {
    let what = "it was used to find out who is meant; patients and people are kept by the patient identity feed and the directories, so nothing of it was stored";
    Issue { severity: Severity::Information, ..fault(IssueCode::Informational, &format!("Bundle.entry[{}]", placed.number), what) }
}

/// Of a DocumentReference.
pub(super) fn left_out_of_document(placed: &Placed<'_>, resources: &Resources<'_>) -> Vec<Issue> {
    let mut remarks = Vec::new();
    for element in ["custodian", "docStatus"] {
        if at(placed.resource, element).is_some() {
            remarks.push(remark(&format!("{}.{element}", placed.path), "Document Sharing metadata have no place for it; it was left out"));
        }
    }
    let person = |reference: &Value| resources.resolve(placed.resource, reference).and_then(person_of);
    if at(placed.resource, "authenticator").is_some_and(|reference| person(reference).is_none()) {
        let what = "a legalAuthenticator is a person with a name or an identifier; what this leads to was left out";
        remarks.push(remark(&format!("{}.authenticator", placed.path), what));
    }
    for (number, author) in items(placed.resource, "author").iter().enumerate() {
        remarks.extend(nobody(author, placed, &format!("author[{number}]"), resources));
    }
    remarks
}

/// Of a List.
pub(super) fn left_out_of_list(placed: &Placed<'_>, resources: &Resources<'_>) -> Vec<Issue> {
    let is_too_long = |value: &str| value.strip_prefix("urn:oid:").is_some_and(|oid| oid.len() > 64);
    let number = items(placed.resource, "identifier").iter().position(|identifier| text(identifier, "value").is_some_and(is_too_long));
    let replaced = number.map(|number| {
        let what =
            "an OID has at most 64 characters (ITI TF-3: Table 4.2.3.1.7-2); the list has one that stands for this, and is found by both";
        remark(&format!("{}.identifier[{number}]", placed.path), what)
    });
    let nobody = at(placed.resource, "source").and_then(|source| nobody(source, placed, "source", resources));
    replaced.into_iter().chain(nobody).collect()
}

fn nobody(reference: &Value, placed: &Placed<'_>, element: &str, resources: &Resources<'_>) -> Option<Issue> {
    let what = match text(reference, "reference") {
        _ if read_author(reference, placed.resource, resources).is_some() => return None,
        Some(address) if !address.starts_with('#') => {
            "it leads to nobody whom this server knows, and nothing is fetched from other servers; the author was left out: send the person in contained, or give the reference an identifier and a display"
        }
        _ => "neither name nor identifier nor address; the author was left out",
    };
    Some(remark(&format!("{}.{element}", placed.path), what))
}
