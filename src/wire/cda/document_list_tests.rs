use serde_json::json;

use super::*;
use crate::model::hl7_types::{Cx, Xcn, Xon};
use crate::model::samples;
use crate::model::text::InternationalString;
use crate::wire::xml::{XmlLimits, parse};

/// What a list says that holds the given documents and is promised by an entry after `change`.
fn written(documents: &[DocumentEntry], change: impl FnOnce(&mut DocumentEntry, &mut PatientDemographics)) -> String {
    let patient_id: Cx = "1958031498124^^^&1.3.182.4.4&ISO".parse().unwrap();
    let mut entry = samples::entry(samples::uuid(1), &patient_id, "2.999.61");
    let mut demographics = PatientDemographics::default();
    change(&mut entry, &mut demographics);
    let list = DocumentList {
        unique_id: &"2.25.61".parse().unwrap(),
        at: &samples::dtm("20251122203000"),
        entry: &entry,
        demographics: &demographics,
        repository: &"2.999.442.9.2".parse().unwrap(),
        documents,
    };
    let mut xml = XmlWriter::new(Vec::new());
    write_document_list(&mut xml, &list).unwrap();
    let bytes = xml.into_inner();
    parse(&bytes, &XmlLimits::default()).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn author(person: Option<&str>, institution: Option<&str>) -> Author {
    Author {
        person: person.map(|person| Xcn::try_from(person.to_owned()).unwrap()),
        institutions: institution.map(|name| Xon::try_from(name.to_owned()).unwrap()).into_iter().collect(),
        ..Author::default()
    }
}

fn document(number: u128, title: &str, authors: Vec<Author>) -> DocumentEntry {
    let patient_id: Cx = "1958031498124^^^&1.3.182.4.4&ISO".parse().unwrap();
    let entry = samples::entry(samples::uuid(number), &patient_id, &format!("2.999.62.{number}"));
    DocumentEntry { title: InternationalString::plain(title), authors, creation_time: Some(samples::dtm("202503170830")), ..entry }
}

#[test]
fn a_list_names_patient_moment_and_documents() {
    let authors = vec![author(Some("D05^Lambert^Sophie"), None), author(Some("D06"), None), author(None, Some("Clinique Exemple"))];
    let documents = [document(2, "Compte rendu <1> & \"suite\"", authors), document(3, "", Vec::new())];
    let text = written(&documents, |entry, demographics| {
        entry.title = InternationalString::plain("Liste");
        *demographics = serde_json::from_value(json!({ "name": { "family": "Exemple", "given": ["Jeanne", "Marie"], "prefix": "Dr" },
            "birth_date": "19580314", "sex": "female" }))
        .unwrap();
    });
    insta::assert_snapshot!("document_list", text.replace("><", ">\n<"));
}

#[test]
fn headings_follow_the_language_and_an_empty_record_says_so() {
    for (language, words) in
        [("fr-LU", "Il n'y a pas de documents."), ("DE", "Es gibt keine Dokumente."), ("lb", "There are no documents.")]
    {
        let text = written(&[], |entry, _| entry.language_code = language.to_owned());
        assert!(text.contains(words) && !text.contains("<table>"), "{text}");
    }
}

#[test]
fn what_cda_cannot_hold_as_a_code_is_left_to_its_name() {
    let text = written(&[], |entry, demographics| {
        entry.type_code = Code::new("two words", "urn:scheme", "Two words");
        entry.class_code = samples::code("class");
        *demographics = serde_json::from_value(json!({ "name": {}, "sex": "ambiguous" })).unwrap();
    });
    assert!(text.contains(r#"<code nullFlavor="OTH" codeSystemName="urn:scheme" displayName="Two words"/>"#), "{text}");
    assert!(text.contains("<patient><name></name></patient>"), "a sex that CDA does not know is left out: {text}");
}

#[test]
fn ids_are_written_as_cda_types_them() {
    let write = |id: &str| {
        let mut xml = XmlWriter::new(Vec::new());
        identifier(&mut xml, &id.parse().unwrap()).unwrap();
        String::from_utf8(xml.into_inner()).unwrap()
    };
    assert_eq!(write("2.999.1"), r#"<id root="2.999.1"/>"#);
    assert_eq!(write("2.999.1^x"), r#"<id root="2.999.1" extension="x"/>"#);
    assert_eq!(write("urn:x:y"), r#"<id nullFlavor="OTH" extension="urn:x:y"/>"#);
}

#[test]
fn times_are_as_precise_as_they_were_given() {
    for (time, shown) in
        [("2025", "2025"), ("202503", "2025-03"), ("2025031708", "2025-03-17 08"), ("20250317083059", "2025-03-17 08:30:59")]
    {
        assert_eq!(readable(&samples::dtm(time)), shown);
    }
}
