//! Submissions read, written and read again; and every rule broken once.

use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::submission_request::SubmissionRequest;
use crate::wire::xml::{Element, XmlLimits, XmlWriter, ns, parse};

use super::{ContentRule, read_submit_objects, schemes, submit_objects, write_submit_objects};

/// The metadata of the sample ITI-41 request.
pub(super) fn sample() -> String {
    let request = include_str!("../../../fixtures/soap/iti41-request.xml");
    let start = request.find("<lcm:SubmitObjectsRequest").unwrap();
    let end = request.find("</lcm:SubmitObjectsRequest>").unwrap() + "</lcm:SubmitObjectsRequest>".len();
    request[start..end].to_owned()
}

pub(super) fn tree(xml: &str) -> Element {
    parse(xml.as_bytes(), &XmlLimits::default()).unwrap()
}

fn read(xml: &str) -> Result<SubmissionRequest, Vec<RegistryError>> {
    read_submit_objects(&tree(xml), ContentRule::InMessage).map(|submitted| submitted.request)
}

fn written(request: &SubmissionRequest) -> String {
    let mut bytes = Vec::new();
    write_submit_objects(&mut XmlWriter::new(&mut bytes), request).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn what_is_written_reads_as_what_was_read() {
    let first = read(&sample()).unwrap();
    assert_eq!(read(&written(&first)).unwrap(), first);
}

#[test]
fn slots_classifications_and_identifiers_of_other_makers_are_kept() {
    let extra_slot = r#"<rim:Slot name="urn:example:ward" slotType="urn:t"><rim:ValueList><rim:Value>B 2</rim:Value><rim:Value>B 3</rim:Value></rim:ValueList></rim:Slot>"#;
    let valueless = r#"<rim:Slot name="urn:example:mark"><rim:ValueList/></rim:Slot>"#;
    let extra_parts = r#"<rim:Classification id="x" classifiedObject="Document01" classificationScheme="urn:uuid:00000000-0000-4000-8000-000000000001" nodeRepresentation="N"><rim:Slot name="s"><rim:ValueList><rim:Value>v</rim:Value></rim:ValueList></rim:Slot></rim:Classification><rim:ExternalIdentifier id="y" registryObject="Document01" identificationScheme="urn:uuid:00000000-0000-4000-8000-000000000002" value="42"/></rim:ExtrinsicObject>"#;
    let xml = sample()
        .replacen(r#"<rim:Slot name="creationTime">"#, &format!(r#"{extra_slot}{valueless}<rim:Slot name="creationTime">"#), 1)
        .replacen("</rim:ExtrinsicObject>", extra_parts, 1);
    let request = read(&xml).unwrap();
    let extras = &request.entries[0].extras;
    assert_eq!(extras.slots[0].values, ["B 2", "B 3"]);
    assert_eq!((extras.slots[1].name.as_str(), extras.slots[1].values.len()), ("urn:example:mark", 0));
    assert_eq!(extras.classifications[0].slots[0].values, ["v"]);
    assert_eq!(extras.identifiers[0].value, "42");
    assert_eq!(read(&written(&request)).unwrap(), request);
}

#[test]
fn errors_name_objects_by_the_ids_they_have_in_the_message() {
    let original = "<rim:Value>Original</rim:Value>";
    let faults = read(&sample().replace(original, "<rim:Value>Reference</rim:Value>")).unwrap_err();
    assert_eq!(faults.iter().map(|fault| fault.location.as_str()).collect::<Vec<_>>(), ["Association(as01)"]);

    let submitted = read_submit_objects(&tree(&sample()), ContentRule::InMessage).unwrap();
    let uuid = submitted.request.entries[0].entry_uuid;
    let elsewhere = "urn:uuid:00000000-0000-4000-8000-000000000001";
    let error = RegistryError::metadata(format!("DocumentEntry({uuid})"), format!("{uuid} is not {elsewhere}"));
    let told = submitted.as_sent(vec![error]).remove(0);
    assert_eq!((told.location.as_str(), told.context), ("DocumentEntry(Document01)", format!("Document01 is not {elsewhere}")));
}

/// Removes all slots, classifications or identifiers whose start tag holds a text.
fn without(local: &str, marked_by: &str) -> String {
    let mut xml = sample();
    let (open, close) = (format!("<rim:{local} "), format!("</rim:{local}>"));
    let marked = |xml: &str, at: usize| xml[at..].find('>').is_some_and(|end| xml[at..at + end].contains(marked_by));
    while let Some((start, _)) = xml.match_indices(&open).find(|(at, _)| marked(&xml, *at)) {
        let end = start + xml[start..].find(&close).unwrap() + close.len();
        xml.replace_range(start..end, "");
    }
    assert_ne!(xml, sample(), "nothing is marked by {marked_by}");
    xml
}

#[test]
fn each_required_attribute_of_an_entry_is_missed_by_name() {
    let slots = ["creationTime", "languageCode", "sourcePatientId"].map(|name| (name, without("Slot", &format!("\"{name}\""))));
    let classifications = [
        ("classCode", "41a5887f-8865-4c09-adf7-e362475b143a"),
        ("typeCode", "f0306f51-975f-434e-a61c-c59651d33983"),
        ("formatCode", "a09d5840-386c-46f2-b5ad-9c3699a4309d"),
        ("healthcareFacilityTypeCode", "f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1"),
        ("practiceSettingCode", "cccf5598-8b07-4b77-a05e-ae952c785ead"),
        ("confidentialityCode", "f4f85eac-e6cb-4883-b524-f2705394840f"),
        ("contentTypeCode", "aa543740-bdda-424e-8c96-df4873be8500"),
    ]
    .map(|(name, uuid)| (name, without("Classification", uuid)));
    let identifiers = [
        ("patientId", "58a6f841-87b3-4a3e-92fd-a8ffeff98427"),
        ("uniqueId", "2e82c1f6-a085-4c72-9da3-8640a32e42ab"),
        ("sourceId", "554ac39e-e3fe-47fe-b233-965d2a147832"),
    ]
    .map(|(name, uuid)| (name, without("ExternalIdentifier", uuid)));
    for (name, xml) in slots.into_iter().chain(classifications).chain(identifiers) {
        let errors = read(&xml).expect_err(name);
        assert_eq!(errors.len(), 1, "{name}: {:?}", errors.iter().map(|e| &e.context).collect::<Vec<_>>());
        assert_eq!(errors[0].code, ErrorCode::RegistryMetadataError);
        assert!(errors[0].location.ends_with(&format!("/{name}")), "{name}: {}", errors[0].location);
    }
}

#[test]
fn registered_metadata_have_to_tell_of_the_content() {
    let errors = read_submit_objects(&tree(&without("Slot", "\"hash\"")), ContentRule::InMetadata).unwrap_err();
    let named: Vec<_> = errors.iter().map(|error| error.location.rsplit('/').next().unwrap()).collect();
    assert_eq!(named, ["hash", "repositoryUniqueId"]);
}

#[test]
fn all_faults_are_reported_together() {
    let xml = sample().replace("fr-LU", "not a language").replace("20250317083000", "yesterday");
    let errors = read(&xml).unwrap_err();
    assert!(errors.len() >= 2, "{}", errors.len());
}

#[test]
fn malformed_values_are_quoted_with_the_form_they_should_have() {
    let errors = read(&sample().replacen("20250317083000", "2025-03-17", 1)).unwrap_err();
    assert!(errors[0].context.contains("'2025-03-17' is not an HL7 DTM"), "{}", errors[0].context);
}

#[test]
fn a_submission_has_one_submission_set() {
    let errors = read(&sample().replace("a54d6aa5-d40d-43f9-88c5-b4633d873bdd", "00000000-0000-4000-8000-000000000000")).unwrap_err();
    assert!(errors.iter().any(|error| error.context.contains("0 SubmissionSets")));
}

#[test]
fn every_entry_is_a_member_of_the_submission_set() {
    let xml = sample();
    let start = xml.find("<rim:Association").unwrap();
    let end = xml.find("</rim:Association>").unwrap() + "</rim:Association>".len();
    let errors = read(&format!("{}{}", &xml[..start], &xml[end..])).unwrap_err();
    assert!(errors[0].context.contains("no HasMember association"), "{}", errors[0].context);
}

#[test]
fn a_member_that_is_submitted_is_original() {
    let errors = read(&sample().replace(">Original<", ">Reference<")).unwrap_err();
    assert!(errors[0].context.contains("SubmissionSetStatus"), "{}", errors[0].context);
}

#[test]
fn an_association_end_has_to_be_an_object() {
    let errors = read(&sample().replace(r#"targetObject="Document01""#, r#"targetObject="Document99""#)).unwrap_err();
    assert!(errors.iter().any(|error| error.location.ends_with("/targetObject")));
}

#[test]
fn an_id_that_is_meant_to_be_a_uuid_is_one() {
    for id in ["urn:uuid:Document01", "URN:UUID:a6e06ca8-0c75-4064-9e5c-88b9045a96f6"] {
        let errors = read(&sample().replace("\"Document01\"", &format!("\"{id}\""))).unwrap_err();
        assert!(errors.iter().any(|error| error.location == "entryUUID" && error.context.contains(id)), "{id}");
    }
    assert!(read(&sample().replace("\"Document01\"", "\"urn:x:Document01\"")).is_ok());
}

#[test]
fn one_submission_is_about_one_patient() {
    let xml = sample();
    let at = xml.rfind("1990122499186").unwrap();
    let xml = format!("{}1990122499187{}", &xml[..at], &xml[at + 13..]);
    assert_eq!(read(&xml).unwrap_err()[0].code, ErrorCode::PatientIdDoesNotMatch);
}

#[test]
fn elements_that_are_no_metadata_are_refused() {
    let xml = sample().replace("</rim:RegistryObjectList>", "<rim:Service id=\"s\"/></rim:RegistryObjectList>");
    assert!(read(&xml).unwrap_err()[0].context.contains("Service"));
}

#[test]
fn no_list_is_a_fault_of_its_own() {
    let xml = format!(r#"<lcm:SubmitObjectsRequest xmlns:lcm="{}"/>"#, ns::LCM);
    assert!(read(&xml).unwrap_err()[0].context.contains("RegistryObjectList"));
}

/// The faults of the sample with one text replaced, as location and context.
fn faults_with(from: &str, to: &str) -> Vec<(String, String)> {
    assert!(sample().contains(from), "{from}");
    read(&sample().replacen(from, to, 1)).err().into_iter().flatten().map(|fault| (fault.location, fault.context)).collect()
}

#[test]
fn every_text_has_the_length_that_ebrim_allows() {
    let slot = |name: &str, value: &str| {
        format!(
            r#"<rim:Slot name="{name}"><rim:ValueList><rim:Value>{value}</rim:Value></rim:ValueList></rim:Slot><rim:Slot name="creationTime">"#
        )
    };
    let creation_time = r#"<rim:Slot name="creationTime">"#;
    let code = |code: &str| ("nodeRepresentation=\"11488-4\"", format!("nodeRepresentation=\"{code}\""));
    let reference = |id: &str| (creation_time, slot("urn:ihe:iti:xds:2013:referenceIdList", id));
    let extra = |value: &str| (creation_time, slot("urn:x:ward", value));
    let name = |name: &str| (creation_time, slot(name, "x"));
    let mime_type = |kind: &str| ("mimeType=\"text/plain\"", format!("mimeType=\"{kind}\""));
    for (attribute, change) in [
        ("typeCode", &code as &dyn Fn(&str) -> (&'static str, String)),
        ("urn:ihe:iti:xds:2013:referenceIdList", &reference),
        ("urn:x:ward", &extra),
        ("Slot/name", &name),
        ("mimeType", &mime_type),
    ] {
        let longest = "é".repeat(256);
        let (from, to) = change(&longest);
        assert_eq!(faults_with(from, &to), [], "{attribute}");
        let (from, to) = change(&format!("{longest}x"));
        let faults = faults_with(from, &to);
        assert_eq!(faults.len(), 1, "{attribute}: {faults:?}");
        let (location, context) = &faults[0];
        assert_eq!(location, &format!("DocumentEntry(Document01)/{attribute}"));
        assert!(context.contains("has 257 characters; 256 are allowed (ebRIM 3.0: LongName); shorten it"), "{context}");
    }
    let title = |length: usize| format!("<rim:LocalizedString value=\"{}\"/>", "é".repeat(length));
    let first_text =
        sample().find("<rim:LocalizedString").map(|at| sample()[at..].split_inclusive("/>").next().unwrap().to_owned()).unwrap();
    assert_eq!(faults_with(&first_text, &title(1024)), []);
    let faults = faults_with(&first_text, &title(1025));
    assert!(
        matches!(&faults[..], [(_, context)] if context.contains("1025 characters; 1024 are allowed (ebRIM 3.0: FreeFormText)")),
        "{faults:?}"
    );
}

/// The sample with a folder in its submission set.
fn with_folder(name: &str, classifications: &str) -> String {
    let patient = read(&sample()).unwrap().submission_set.patient_id.to_string().replace('&', "&amp;");
    let identifier = |scheme: &str, value: &str| format!(r#"<rim:ExternalIdentifier identificationScheme="{scheme}" value="{value}"/>"#);
    let folder = [
        r#"<rim:RegistryPackage id="Folder01">"#,
        name,
        classifications,
        &format!(r#"<rim:Classification classificationNode="{}"/>"#, schemes::FOLDER_NODE.uuid),
        &identifier(schemes::FOLDER_PATIENT_ID.uuid, &patient),
        &identifier(schemes::FOLDER_UNIQUE_ID.uuid, "2.999.7"),
        r#"</rim:RegistryPackage><rim:Association id="as7" associationType="urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember""#,
        r#" sourceObject="SubmissionSet01" targetObject="Folder01"/></rim:RegistryObjectList>"#,
    ];
    sample().replace("</rim:RegistryObjectList>", &folder.concat())
}

#[test]
fn a_folder_has_a_title_and_a_code_unless_its_metadata_are_limited() {
    let name = r#"<rim:Name><rim:LocalizedString value="Dossier"/></rim:Name>"#;
    let code = format!(
        r#"<rim:Classification classificationScheme="{}" nodeRepresentation="c"><rim:Slot name="codingScheme"><rim:ValueList><rim:Value>1.2</rim:Value></rim:ValueList></rim:Slot>{name}</rim:Classification>"#,
        schemes::FOLDER_CODE.uuid
    );
    let limited = format!(r#"<rim:Classification classificationNode="{}"/>"#, schemes::FOLDER_LIMITED.uuid);
    let locations = |xml: &str| read(xml).err().into_iter().flatten().map(|fault| fault.location).collect::<Vec<_>>();
    assert!(locations(&with_folder(name, &code)).is_empty() && locations(&with_folder("", &limited)).is_empty());
    assert_eq!(locations(&with_folder(name, "")), ["Folder(Folder01)/codeList"]);
    assert_eq!(locations(&with_folder("", &code)), ["Folder(Folder01)/title"]);
}

#[test]
fn a_malformed_author_is_one_fault() {
    let person =
        sample().split_once("authorPerson").and_then(|(_, rest)| Some(rest.split_once("<rim:Value>")?.1.split_once('<')?.0.to_owned()));
    let person = person.unwrap();
    let locations =
        |to: &str| read(&sample().replace(&person, to)).err().into_iter().flatten().map(|fault| fault.location).collect::<Vec<_>>();
    let of_authors: Vec<_> = locations("^^").into_iter().filter(|location| location.contains("/author")).collect();
    assert_eq!(of_authors, ["DocumentEntry(Document01)/authorPerson", "SubmissionSet(SubmissionSet01)/authorPerson"]);
    let role_alone = sample().replace("authorPerson", "authorRole");
    assert!(read(&role_alone).is_ok(), "a role is enough (ITI TF-3: 4.2.3.1.4)");
}

#[test]
fn packages_classified_beside_themselves_are_told_apart() {
    let count = 2_000;
    let pieces = (0..count).map(|n| {
        let node = if n % 2 == 0 { schemes::SET_NODE } else { schemes::FOLDER_NODE };
        format!("<RegistryPackage id=\"p{n:05}\"/><Classification classifiedObject=\"p{n:05}\" classificationNode=\"{}\"/>", node.uuid)
    });
    let list = tree(&format!("<RegistryObjectList xmlns=\"{}\">{}</RegistryObjectList>", ns::RIM, pieces.collect::<String>()));
    let mut faults = Vec::new();
    let kinds: Vec<_> = submit_objects::classified(&list, &mut faults).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!((kinds.len(), faults.len()), (count, 0));
    assert!(kinds.chunks(2).all(|pair| pair == [submit_objects::Kind::SubmissionSet, submit_objects::Kind::Folder]));
}
