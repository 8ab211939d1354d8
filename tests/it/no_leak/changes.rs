//! Submissions, updates and removals that refer to what is hidden.

use dossier::model::association::{Association, AssociationType, SubmissionSetStatus};
use dossier::model::ids::EntryUuid;
use dossier::model::submission_request::SubmissionRequest;
use dossier::model::text::Slot;

use super::queries::OPEN;
use super::row::{
    ITI41, ITI42, ITI57, ITI61, ITI62, ITI86, ITI92, REGISTRY, Row, STORE, document_requests, naming, provide_and_register, submit_objects,
};
use super::scene::{make_on_demand, member_of, titled};
use crate::access::scene::letter;
use crate::support::metadata::{APPROVED, DEPRECATED, SUBMIT_ASSOCIATION, UPDATE_STATUS, association};
use crate::support::submissions::fresh_oid;
use crate::xds_scene::folder;

/// Every change for this patient that refers to `{entry}` and its like, as somebody sends it who writes this type.
pub fn rows(patient: &str, document_type: &str) -> Vec<Row> {
    let fresh = || registered(titled(letter(patient, document_type, None)));
    let mut rows = Vec::new();
    for (number, (what, name, links)) in RELATIONS.iter().enumerate() {
        let mut row = |transaction, endpoint, action, mut request: SubmissionRequest, write: fn(&SubmissionRequest) -> String| {
            let body = naming(name, |id| {
                let links = links(&request, id);
                request.associations.extend(links);
                write(&request)
            });
            rows.push(Row::soap(format!("{transaction} {what} {{{name}}}"), endpoint, action, body));
        };
        // All three file a submission alike; each is tried with some relations.
        match number % 3 {
            0 => row("ITI-41", STORE, ITI41, titled(letter(patient, document_type, None)), provide_and_register),
            1 => row("ITI-42", REGISTRY, ITI42, fresh(), |request| submit_objects(request, "")),
            _ => row("ITI-61", REGISTRY, ITI61, promise(patient, document_type), |request| submit_objects(request, "")),
        }
        if number % 3 != 0 {
            row("ITI-41", STORE, ITI41, titled(letter(patient, document_type, None)), provide_and_register);
        }
    }
    rows.push(Row::soap("ITI-57 of {entry}", REGISTRY, ITI57, naming("entry", |id| later_entry(fresh(), id))));
    rows.push(Row::soap("ITI-57 of {folder}", REGISTRY, ITI57, naming("folder", |id| later_folder(fresh(), id))));
    rows.push(Row::soap("ITI-92 of {entry}", REGISTRY, ITI92, naming("entry", |id| later_entry(fresh(), id))));
    for name in ["entry", "folder", "in_folder", "appends"] {
        let status = naming(name, |id| {
            let status = [("OriginalStatus", APPROVED), ("NewStatus", DEPRECATED)];
            with_operation(fresh(), |set| association("op", UPDATE_STATUS, set, &id.to_string(), &status))
        });
        rows.push(Row::soap(format!("ITI-57 status of {{{name}}}"), REGISTRY, ITI57, status));
    }
    for (kind, source, target) in [
        (AssociationType::Appends, "open_entry", "entry"),
        (AssociationType::Appends, "entry", "open_entry"),
        (AssociationType::HasMember, "folder", "open_entry"),
        (AssociationType::HasMember, "open_folder", "entry"),
        (AssociationType::Replaces, "open_entry", "entry"),
    ] {
        let body = naming(source, |from| naming(target, |to| with_link(fresh(), kind, from, to)));
        rows.push(Row::soap(format!("ITI-57 {kind:?} {{{source}}} {{{target}}}"), REGISTRY, ITI57, body));
    }
    rows.push(Row::soap("ITI-62", REGISTRY, ITI62, remove_objects(&["entry", "set", "folder", "in_folder"])));
    rows.push(Row::soap("ITI-86", STORE, ITI86, remove_documents(&["{unique_id}", OPEN])));
    rows
}

/// A submission of each kind for this patient, which refers to nothing.
pub fn submissions(patient: &str, document_type: &str) -> Vec<Row> {
    let fresh = || titled(letter(patient, document_type, None));
    vec![
        Row::soap("ITI-41", STORE, ITI41, provide_and_register(&fresh())),
        Row::soap("ITI-42", REGISTRY, ITI42, submit_objects(&registered(fresh()), "")),
        Row::soap("ITI-61", REGISTRY, ITI61, submit_objects(&promise(patient, document_type), "")),
        Row::soap("ITI-57", REGISTRY, ITI57, update(patient, document_type)),
        Row::soap("ITI-92", REGISTRY, ITI92, update(patient, document_type)),
    ]
}

/// A submission of an on-demand entry.
pub fn promise(patient: &str, document_type: &str) -> SubmissionRequest {
    let mut request = titled(letter(patient, document_type, None));
    make_on_demand(&mut request);
    request
}

/// A submission of a document that another repository holds.
pub fn registered(mut request: SubmissionRequest) -> SubmissionRequest {
    let entry = &mut request.entries[0];
    entry.repository_unique_id = Some("2.999.77".parse().unwrap());
    entry.hash = Some("68c1fef70eda4125475251c897943837a8a08b57".to_owned().try_into().unwrap());
    entry.size = Some(7);
    request
}

/// A second version of `{entry}`.
pub fn update(patient: &str, document_type: &str) -> String {
    naming("entry", |id| later_entry(registered(titled(letter(patient, document_type, None))), id))
}

/// The metadata of these objects are to go (ITI-62).
pub fn remove_objects(names: &[&str]) -> String {
    let references: String = names.iter().map(|name| format!(r#"<ObjectRef id="urn:uuid:{{{name}}}"/>"#)).collect();
    format!(
        r#"<l:RemoveObjectsRequest xmlns:l="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"><ObjectRefList xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0">{references}</ObjectRefList></l:RemoveObjectsRequest>"#
    )
}

/// These documents are to go (ITI-86).
pub fn remove_documents(unique_ids: &[&str]) -> String {
    document_requests("RemoveDocumentsRequest", "urn:ihe:iti:rmd:2017", unique_ids)
}

/// What a new document has to do with one that is there.
type Relation = (&'static str, &'static str, fn(&SubmissionRequest, EntryUuid) -> Vec<Association>);

const RELATIONS: &[Relation] = &[
    ("appends to", "entry", |request, id| document_link(request, AssociationType::Appends, id)),
    ("transforms", "entry", |request, id| document_link(request, AssociationType::Transforms, id)),
    ("brings again", "folder", |request, id| vec![reference_to(request, id)]),
    ("is a snapshot of", "on_demand", |request, id| document_link(request, AssociationType::IsSnapshotOf, id)),
    ("replaces", "entry", |request, id| document_link(request, AssociationType::Replaces, id)),
    ("replaces", "on_demand", |request, id| document_link(request, AssociationType::Replaces, id)),
    ("signs", "entry", |request, id| document_link(request, AssociationType::Signs, id)),
    ("brings again", "entry", |request, id| vec![reference_to(request, id)]),
    ("brings again", "in_folder", |request, id| vec![reference_to(request, id)]),
    ("transforms and replaces", "entry", |request, id| document_link(request, AssociationType::TransformsAndReplaces, id)),
    ("is put into", "folder", |request, id| {
        let joining = Association::new(EntryUuid::random(), AssociationType::HasMember, id, request.entries[0].entry_uuid);
        vec![member_of(request, joining.entry_uuid), joining]
    }),
];

fn reference_to(request: &SubmissionRequest, id: EntryUuid) -> Association {
    Association { submission_set_status: Some(SubmissionSetStatus::Reference), ..member_of(request, id) }
}

fn document_link(request: &SubmissionRequest, kind: AssociationType, target: EntryUuid) -> Vec<Association> {
    vec![Association::new(EntryUuid::random(), kind, request.entries[0].entry_uuid, target)]
}

/// A submission that brings the second version of an entry.
fn later_entry(mut request: SubmissionRequest, logical_id: EntryUuid) -> String {
    request.entries[0].logical_id = logical_id;
    follow_up(&mut request);
    submit_objects(&request, "")
}

fn later_folder(mut request: SubmissionRequest, logical_id: EntryUuid) -> String {
    let mut later = folder(&request.submission_set.patient_id.to_string(), &fresh_oid(), "kind");
    later.logical_id = logical_id;
    request.entries.clear();
    request.associations = vec![member_of(&request, later.entry_uuid)];
    request.folders.push(later);
    follow_up(&mut request);
    submit_objects(&request, "")
}

fn follow_up(request: &mut SubmissionRequest) {
    request.associations[0].extras.slots.push(Slot { name: "PreviousVersion".to_owned(), slot_type: None, values: vec!["1".to_owned()] });
}

/// An update of nothing but one operation.
fn with_operation(mut request: SubmissionRequest, operation: impl FnOnce(&str) -> String) -> String {
    request.entries.clear();
    request.associations.clear();
    let set = request.submission_set.entry_uuid.to_string();
    submit_objects(&request, &operation(&set))
}

/// An update that submits an association.
fn with_link(request: SubmissionRequest, kind: AssociationType, from: EntryUuid, to: EntryUuid) -> String {
    let id = EntryUuid::random().to_string();
    with_operation(request, |set| {
        association(&id, kind.urn(), &from.to_string(), &to.to_string(), &[]) + &association("op", SUBMIT_ASSOCIATION, set, &id, &[])
    })
}
