//! Updates of metadata as they are read; what a registry makes of them is tested with it.

use crate::model::document_entry::DocumentEntryType;
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::update_request::{UpdateRequest, UpdateScope};
use crate::wire::xml::ns;

use super::tests::{sample, tree};
use super::{ContentRule, read_submit_objects, read_update_objects};

const LOGICAL_ID: &str = "urn:uuid:00000000-0000-4000-8000-000000000001";

fn slot(name: &str, value: &str) -> String {
    format!(r#"<rim:Slot name="{name}"><rim:ValueList><rim:Value>{value}</rim:Value></rim:ValueList></rim:Slot>"#)
}

/// The sample submission as an update of its entry.
fn update() -> String {
    let repository = slot("repositoryUniqueId", "2.999.442.9.2");
    sample()
        .replacen(r#"id="Document01""#, &format!(r#"id="Document01" lid="{LOGICAL_ID}""#), 1)
        .replacen(r#"<rim:Slot name="creationTime">"#, &format!(r#"{repository}<rim:Slot name="creationTime">"#), 1)
        .replacen(
            r#"<rim:Slot name="SubmissionSetStatus">"#,
            &format!(r#"{}<rim:Slot name="SubmissionSetStatus">"#, slot("PreviousVersion", "7")),
            1,
        )
}

fn read(xml: &str, scope: UpdateScope) -> Result<UpdateRequest, Vec<RegistryError>> {
    read_update_objects(&tree(xml), scope)
}

fn codes(xml: &str, scope: UpdateScope) -> Vec<ErrorCode> {
    read(xml, scope).unwrap_err().iter().map(|error| error.code).collect()
}

#[test]
fn a_later_version_knows_what_it_follows() {
    for scope in [UpdateScope::Full, UpdateScope::Restricted] {
        let request = read(&update(), scope).unwrap();
        let [version] = request.entries.as_slice() else { panic!("one entry was sent") };
        assert_eq!((version.previous_version, version.propagates_associations), (7, true));
        assert_eq!(version.object.logical_id, LOGICAL_ID.parse().unwrap());
        assert_ne!(version.object.entry_uuid, version.object.logical_id);
        let [membership] = request.memberships.as_slice() else { panic!("one membership was sent") };
        assert_eq!(membership.target, version.object.entry_uuid);
        assert_eq!(membership.extras.slots[0].values, ["7"], "what the source sent is kept");
    }
    let silent = update().replacen("PreviousVersion\">", "PreviousVersion\">\u{20}", 1);
    let propagation = format!(r#"{}<rim:Slot name="PreviousVersion">"#, slot("AssociationPropagation", "no"));
    let silent = silent.replacen(r#"<rim:Slot name="PreviousVersion">"#, &propagation, 1);
    assert!(!read(&silent, UpdateScope::Full).unwrap().entries[0].propagates_associations);
}

fn without(xml: &str, name: &str) -> String {
    let start = xml.find(&format!(r#"<rim:Slot name="{name}">"#)).unwrap();
    let end = start + xml[start..].find("</rim:Slot>").unwrap() + "</rim:Slot>".len();
    format!("{}{}", &xml[..start], &xml[end..])
}

#[test]
fn a_first_on_demand_entry_says_nothing_of_content() {
    let repository = slot("repositoryUniqueId", "2.999.442.9.2");
    let first = sample().replacen(r#"<rim:Slot name="creationTime">"#, &format!(r#"{repository}<rim:Slot name="creationTime">"#), 1);
    let on_demand = first.replace(DocumentEntryType::Stable.uuid(), DocumentEntryType::OnDemand.uuid());
    let places = |xml: &str, rule| {
        let errors = read_submit_objects(&tree(xml), rule).unwrap_err();
        errors.iter().map(|error| error.location.rsplit('/').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(places(&on_demand, ContentRule::OnDemand), ["creationTime", "hash", "size"]);
    let bare = ["hash", "size", "creationTime"].iter().fold(on_demand, |xml, name| without(&xml, name));
    assert!(read_submit_objects(&tree(&bare), ContentRule::OnDemand).is_ok());
    for rule in [ContentRule::InMetadata, ContentRule::InMessage] {
        assert_eq!(places(&bare, rule), ["objectType"], "{rule:?}");
    }
    assert_eq!(places(&first, ContentRule::OnDemand), ["objectType"]);
}

#[test]
fn an_on_demand_entry_has_no_content_yet() {
    let bare = ["hash", "size", "creationTime"].iter().fold(update(), |xml, name| without(&xml, name));
    assert_eq!(codes(&bare, UpdateScope::Full), [ErrorCode::RegistryMetadataError; 3]);
    let on_demand = bare.replace(DocumentEntryType::Stable.uuid(), DocumentEntryType::OnDemand.uuid());
    assert_eq!(read(&on_demand, UpdateScope::Full).unwrap().entries[0].object.object_type, DocumentEntryType::OnDemand);
}

#[test]
fn all_faults_are_reported_together_in_the_words_of_the_transaction() {
    let broken = update().replace(LOGICAL_ID, "Document01").replace(">7<", ">-1<").replace("fr-LU", "not a language");
    let [metadata, full, restricted, annotation] = [
        ErrorCode::RegistryMetadataError,
        ErrorCode::MetadataUpdateError,
        ErrorCode::InvalidRequestException,
        ErrorCode::MetadataAnnotationError,
    ];
    assert_eq!(codes(&broken, UpdateScope::Full), [full, metadata, full]);
    assert_eq!(codes(&broken, UpdateScope::Restricted), [restricted, metadata, annotation]);
}

#[test]
fn a_version_is_a_plain_positive_number() {
    for bad in ["0", "01", "+1", "1.0", "4294967296", "eins", "١"] {
        assert_eq!(codes(&update().replace(">7<", &format!(">{bad}<")), UpdateScope::Full), [ErrorCode::MetadataUpdateError], "{bad}");
    }
    assert!(read(&update().replace(">7<", ">4294967295<"), UpdateScope::Full).is_ok());
}

#[test]
fn an_update_without_objects_is_none() {
    let empty = format!(r#"<lcm:SubmitObjectsRequest xmlns:lcm="{}"/>"#, ns::LCM);
    assert_eq!(codes(&empty, UpdateScope::Full), [ErrorCode::RegistryMetadataError]);
    let list = format!(
        r#"<lcm:SubmitObjectsRequest xmlns:lcm="{}" xmlns:rim="{}"><rim:RegistryObjectList/></lcm:SubmitObjectsRequest>"#,
        ns::LCM,
        ns::RIM
    );
    assert_eq!(codes(&list, UpdateScope::Full), [ErrorCode::MetadataUpdateError]);
}
