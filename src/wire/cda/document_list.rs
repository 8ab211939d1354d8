//! A CDA document that lists documents (HL7 CDA Release 2, schema `CDA.xsd`).

use std::io::{self, Write};

use crate::model::author::Author;
use crate::model::code::Code;
use crate::model::document_entry::DocumentEntry;
use crate::model::ids::{Oid, RepositoryUniqueId, UniqueId};
use crate::model::patient_feed::PatientDemographics;
use crate::model::timestamp::Dtm;
use crate::wire::xml::{XmlWriter, ns};

use super::list_words::{Words, words};

/// HL7 code system AdministrativeGender; of table 0001 it has these codes.
const GENDER_SYSTEM: &str = "2.16.840.1.113883.5.1";
const GENDERS: [&str; 2] = ["F", "M"];

/// What a list is made from.
#[derive(Debug, Clone, Copy)]
pub struct DocumentList<'a> {
    /// The id of the list itself.
    pub unique_id: &'a UniqueId,
    /// The moment of which the list is true, in UTC and to the second.
    pub at: &'a Dtm,
    /// The entry that promises the list: its title, type, confidentiality, language and patient.
    pub entry: &'a DocumentEntry,
    /// Who the patient is, as far as known.
    pub demographics: &'a PatientDemographics,
    /// The repository that makes the list and keeps it.
    pub repository: &'a RepositoryUniqueId,
    /// The documents, in the order in which they are listed.
    pub documents: &'a [DocumentEntry],
}

/// Writes the whole document.
pub fn write_document_list<W: Write>(xml: &mut XmlWriter<W>, list: &DocumentList<'_>) -> io::Result<()> {
    let words = words(&list.entry.language_code);
    let title = list.entry.title.first().unwrap_or(words.title);
    let at = format!("{}+0000", list.at);
    xml.declaration()?;
    xml.start("ClinicalDocument", &[("xmlns", ns::HL7V3), ("classCode", "DOCCLIN"), ("moodCode", "EVN")])?;
    xml.empty("typeId", &[("root", "2.16.840.1.113883.1.3"), ("extension", "POCD_HD000040")])?;
    identifier(xml, list.unique_id)?;
    code(xml, "code", &list.entry.type_code)?;
    xml.leaf("title", &[], title)?;
    xml.empty("effectiveTime", &[("value", &at)])?;
    match list.entry.confidentiality_codes.first() {
        Some(label) => code(xml, "confidentialityCode", label)?,
        None => xml.empty("confidentialityCode", &[("nullFlavor", "NI")])?,
    }
    xml.empty("languageCode", &[("code", &list.entry.language_code)])?;
    record_target(xml, list)?;
    author(xml, &at, list.repository)?;
    custodian(xml, list.repository)?;
    xml.start("component", &[])?;
    xml.start("structuredBody", &[])?;
    xml.start("component", &[])?;
    xml.start("section", &[])?;
    xml.leaf("title", &[], words.title)?;
    xml.start("text", &[])?;
    if list.documents.is_empty() {
        xml.leaf("paragraph", &[], words.none)?
    } else {
        table(xml, words, list.documents)?
    }
    ["text", "section", "component", "structuredBody", "component", "ClinicalDocument"].into_iter().try_for_each(|name| xml.end(name))
}

/// An OID with its extension, as type II has them; another id stands in the extension of nothing known.
fn identifier<W: Write>(xml: &mut XmlWriter<W>, unique_id: &UniqueId) -> io::Result<()> {
    let (root, extension) = unique_id.as_str().split_once('^').map_or((unique_id.as_str(), None), |(root, rest)| (root, Some(rest)));
    match (root.parse::<Oid>(), extension) {
        (Ok(root), None) => xml.empty("id", &[("root", root.as_str())]),
        (Ok(root), Some(extension)) => xml.empty("id", &[("root", root.as_str()), ("extension", extension)]),
        (Err(_), _) => xml.empty("id", &[("nullFlavor", "OTH"), ("extension", unique_id.as_str())]),
    }
}

/// A coded value. A scheme that is no OID is named, and a code that type CS cannot hold is left to its name.
fn code<W: Write>(xml: &mut XmlWriter<W>, name: &str, code: &Code) -> io::Result<()> {
    let mut attributes = Vec::new();
    if code.code.is_empty() || code.code.contains(char::is_whitespace) {
        attributes.push(("nullFlavor", "OTH"));
    } else {
        attributes.push(("code", code.code.as_str()));
    }
    attributes.push((if code.scheme.parse::<Oid>().is_ok() { "codeSystem" } else { "codeSystemName" }, &code.scheme));
    attributes.push(("displayName", shown(code)));
    xml.empty(name, &attributes)
}

fn shown(code: &Code) -> &str {
    code.display.first().filter(|text| !text.is_empty()).unwrap_or(&code.code)
}

fn record_target<W: Write>(xml: &mut XmlWriter<W>, list: &DocumentList<'_>) -> io::Result<()> {
    let patient_id = &list.entry.patient_id;
    xml.start("recordTarget", &[])?;
    xml.start("patientRole", &[])?;
    xml.empty("id", &[("root", patient_id.assigning_authority().as_str()), ("extension", patient_id.id())])?;
    if let Some(name) = &list.demographics.name {
        xml.start("patient", &[])?;
        xml.start("name", &[])?;
        let optional = |xml: &mut XmlWriter<W>, element: &str, text: &Option<String>| {
            text.as_ref().map_or(Ok(()), |text| xml.leaf(element, &[], text))
        };
        optional(xml, "prefix", &name.prefix)?;
        name.given.iter().try_for_each(|given| xml.leaf("given", &[], given))?;
        optional(xml, "family", &name.family)?;
        optional(xml, "suffix", &name.suffix)?;
        xml.end("name")?;
        let gender = list.demographics.sex.map(|sex| sex.code()).filter(|code| GENDERS.contains(code));
        if let Some(gender) = gender {
            xml.empty("administrativeGenderCode", &[("code", gender), ("codeSystem", GENDER_SYSTEM)])?;
        }
        if let Some(birth_date) = &list.demographics.birth_date {
            xml.empty("birthTime", &[("value", birth_date.as_str())])?;
        }
        xml.end("patient")?;
    }
    xml.end("patientRole")?;
    xml.end("recordTarget")
}

/// The list is the work of this program, not of a person.
fn author<W: Write>(xml: &mut XmlWriter<W>, at: &str, repository: &RepositoryUniqueId) -> io::Result<()> {
    xml.start("author", &[])?;
    xml.empty("time", &[("value", at)])?;
    xml.start("assignedAuthor", &[])?;
    xml.empty("id", &[("root", repository.as_str())])?;
    xml.start("assignedAuthoringDevice", &[])?;
    xml.leaf("softwareName", &[], "Dossier")?;
    xml.end("assignedAuthoringDevice")?;
    xml.end("assignedAuthor")?;
    xml.end("author")
}

fn custodian<W: Write>(xml: &mut XmlWriter<W>, repository: &RepositoryUniqueId) -> io::Result<()> {
    let around = ["custodian", "assignedCustodian", "representedCustodianOrganization"];
    around.into_iter().try_for_each(|name| xml.start(name, &[]))?;
    xml.empty("id", &[("root", repository.as_str())])?;
    around.into_iter().rev().try_for_each(|name| xml.end(name))
}

fn table<W: Write>(xml: &mut XmlWriter<W>, words: &Words, documents: &[DocumentEntry]) -> io::Result<()> {
    xml.start("table", &[])?;
    xml.start("thead", &[])?;
    row(xml, "th", words.columns)?;
    xml.end("thead")?;
    xml.start("tbody", &[])?;
    for entry in documents {
        let authors = entry.authors.iter().map(in_words).filter(|name| !name.is_empty()).collect::<Vec<_>>().join("; ");
        let time = entry.creation_time.as_ref().map(readable).unwrap_or_default();
        let title = entry.title.first().unwrap_or("");
        row(xml, "td", [title, shown(&entry.class_code), shown(&entry.type_code), &time, &authors, entry.unique_id.as_str()])?;
    }
    xml.end("tbody")?;
    xml.end("table")
}

fn row<W: Write>(xml: &mut XmlWriter<W>, cell: &str, texts: [&str; 6]) -> io::Result<()> {
    xml.start("tr", &[])?;
    texts.into_iter().try_for_each(|text| xml.leaf(cell, &[], text))?;
    xml.end("tr")
}

/// The person, or where none is named the institutions.
fn in_words(author: &Author) -> String {
    let person = author.person.as_ref().map(|person| format!("{} {}", person.given(), person.family()).trim().to_owned());
    let identified = || author.person.as_ref().map(|person| person.id().to_owned());
    let institutions = || author.institutions.iter().map(|institution| institution.name()).collect::<Vec<_>>().join(", ");
    person.filter(|name| !name.is_empty()).or_else(identified).filter(|name| !name.is_empty()).unwrap_or_else(institutions)
}

/// `2025-03-17 08:30:00`, as precise as the time is.
fn readable(time: &Dtm) -> String {
    const BEFORE: [(usize, &str); 5] = [(4, "-"), (6, "-"), (8, " "), (10, ":"), (12, ":")];
    let mut text = String::new();
    for (at, digit) in time.as_str().chars().enumerate() {
        text.extend(BEFORE.iter().filter(|(before, _)| *before == at).map(|(_, sign)| *sign));
        text.push(digit);
    }
    text
}

#[cfg(test)]
#[path = "document_list_tests.rs"]
mod tests;
