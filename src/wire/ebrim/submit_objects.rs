//! SubmitObjectsRequest: a submission on the wire (ITI TF-2: 3.42.4.1.2).

use std::collections::HashSet;
use std::io::{self, Write};

use crate::model::ids::EntryUuid;
use crate::model::registry_error::RegistryError;
use crate::model::submission_request::SubmissionRequest;
use crate::wire::xml::{Element, XmlWriter, ns};

use super::attributes::{Attributes, Ids, quoted};
use super::document_entry::ContentRule;
use super::raw_object::RawObject;
use super::{association, document_entry, folder, schemes, submission_set};

/// What kind of registry object a child of RegistryObjectList is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    SubmissionSet,
    Entry,
    Folder,
    Association,
}

/// A submission, with the ids that its documents have in the message: each entry's `id` as sent, in the order of
/// [`SubmissionRequest::entries`].
#[derive(Debug)]
pub struct SubmittedObjects {
    /// The submission.
    pub request: SubmissionRequest,
    /// `id` of the ExtrinsicObjects as sent.
    pub entry_ids: Vec<String>,
    ids: Ids,
}

impl SubmittedObjects {
    /// Errors in the terms of the message: objects are named by the ids that they have there.
    pub fn as_sent(&self, errors: Vec<RegistryError>) -> Vec<RegistryError> {
        self.ids.as_sent(errors)
    }
}

/// Reads `lcm:SubmitObjectsRequest`; gives every fault found.
pub fn read_submit_objects(request: &Element, rule: ContentRule) -> Result<SubmittedObjects, Vec<RegistryError>> {
    let Some(list) = request.child(ns::RIM, "RegistryObjectList") else {
        return Err(vec![RegistryError::metadata(
            "SubmitObjectsRequest",
            "the element rim:RegistryObjectList is missing; it holds the metadata objects",
        )]);
    };
    let mut faults = Vec::new();
    let objects = classified(list, &mut faults);
    let mut ids = Ids::default();
    let numbered: Vec<_> = objects.into_iter().map(|(kind, raw)| (kind, ids.assign(raw.id), raw)).collect();
    let mut read = Objects::default();
    for (kind, uuid, raw) in numbered {
        let name = raw.id.to_owned();
        match kind {
            Kind::SubmissionSet => {
                read.submission_sets += 1;
                read.submission_set = submission_set::read(Attributes::new("SubmissionSet", raw, &mut faults), uuid);
            }
            Kind::Entry => {
                let mut attributes = Attributes::new("DocumentEntry", raw, &mut faults);
                attributes.check_first_version(uuid);
                let entry = document_entry::read(attributes, uuid, rule);
                read.entries.extend(entry.map(|entry| (entry, name)));
            }
            Kind::Folder => {
                let mut attributes = Attributes::new("Folder", raw, &mut faults);
                attributes.check_first_version(uuid);
                read.folders.extend(folder::read(attributes, uuid));
            }
            Kind::Association => {
                read.associations.extend(association::read(Attributes::new("Association", raw, &mut faults), uuid, &ids));
            }
        }
    }
    read.assemble(faults, ids)
}

/// The objects that were read so far.
#[derive(Default)]
struct Objects {
    submission_sets: usize,
    submission_set: Option<crate::model::submission_set::SubmissionSet>,
    entries: Vec<(crate::model::document_entry::DocumentEntry, String)>,
    folders: Vec<crate::model::folder::Folder>,
    associations: Vec<crate::model::association::Association>,
}

impl Objects {
    fn assemble(self, mut faults: Vec<RegistryError>, ids: Ids) -> Result<SubmittedObjects, Vec<RegistryError>> {
        if self.submission_sets != 1 {
            let context = format!(
                "the message holds {} SubmissionSets; a submission has exactly one RegistryPackage classified as {} (ITI TF-3: 4.2.1.5)",
                self.submission_sets,
                schemes::SET_NODE.uuid
            );
            faults.push(RegistryError::metadata("RegistryObjectList", context));
        }
        let (entries, entry_ids): (Vec<_>, Vec<_>) = self.entries.into_iter().unzip();
        match self.submission_set {
            Some(submission_set) if faults.is_empty() => {
                let request = SubmissionRequest { submission_set, entries, folders: self.folders, associations: self.associations };
                let request = request.check().map_err(|errors| ids.as_sent(errors))?;
                Ok(SubmittedObjects { request, entry_ids, ids })
            }
            _ => Err(faults),
        }
    }
}

/// The objects of a list with their kinds. RegistryPackages are told apart by a classification node, which stands inside
/// them or beside them; what is none of the standard's objects is a fault.
pub(super) fn classified<'e>(list: &'e Element, faults: &mut Vec<RegistryError>) -> Vec<(Kind, RawObject<'e>)> {
    let nodes = Nodes::beside(list);
    let mut objects = Vec::new();
    for element in list.elements() {
        let kind = match element.name.local.as_str() {
            "ExtrinsicObject" => Some(Kind::Entry),
            "Association" => Some(Kind::Association),
            "RegistryPackage" => package_kind(element, &nodes, faults),
            // Classifications were looked at above; ObjectRefs only repeat the UUIDs of schemes.
            "Classification" | "ObjectRef" => None,
            other => {
                let context = format!(
                    "the element {other} is no object of Document Sharing metadata: ExtrinsicObject, RegistryPackage, Association, Classification, ObjectRef"
                );
                faults.push(RegistryError::metadata("RegistryObjectList", context));
                None
            }
        };
        let raw = RawObject::read(element);
        faults.extend(not_an_id(raw.id));
        objects.extend(kind.map(|kind| (kind, raw)));
    }
    objects
}

/// What is wrong with an id that is meant to be a UUID, which is what its prefix says; all others are symbolic (ITI TF-3: 4.2.3.2.7).
fn not_an_id(id: &str) -> Option<RegistryError> {
    let invalid = id.get(..9).filter(|prefix| prefix.eq_ignore_ascii_case("urn:uuid:")).and_then(|_| id.parse::<EntryUuid>().err())?;
    Some(RegistryError::metadata(
        "entryUUID",
        format!("the id {} is not {}; a symbolic id does not start with urn:uuid:", quoted(id), invalid.expected),
    ))
}

/// The ids of packages whose classification node stands beside them; looked up, for a message may hold very many of both.
#[derive(Default)]
struct Nodes<'e> {
    sets: HashSet<&'e str>,
    folders: HashSet<&'e str>,
}

impl<'e> Nodes<'e> {
    fn beside(list: &'e Element) -> Self {
        let mut nodes = Self::default();
        for classification in list.children_named(ns::RIM, "Classification") {
            let value = |name| classification.attribute(name).map(str::trim);
            let (Some(object), Some(node)) = (value("classifiedObject"), value("classificationNode")) else { continue };
            if node.eq_ignore_ascii_case(schemes::SET_NODE.uuid) {
                nodes.sets.insert(object);
            } else if node.eq_ignore_ascii_case(schemes::FOLDER_NODE.uuid) {
                nodes.folders.insert(object);
            }
        }
        nodes
    }
}

fn package_kind(element: &Element, nodes: &Nodes<'_>, faults: &mut Vec<RegistryError>) -> Option<Kind> {
    let raw = RawObject::read(element);
    let set = raw.is_classified_by(schemes::SET_NODE) || nodes.sets.contains(raw.id);
    let folder = raw.is_classified_by(schemes::FOLDER_NODE) || nodes.folders.contains(raw.id);
    match (set, folder) {
        (true, false) => Some(Kind::SubmissionSet),
        (false, true) => Some(Kind::Folder),
        _ => {
            let context = format!(
                "the RegistryPackage is classified neither as SubmissionSet ({}) nor as Folder ({}), or as both",
                schemes::SET_NODE.uuid,
                schemes::FOLDER_NODE.uuid
            );
            faults.push(RegistryError::metadata("RegistryPackage", context));
            None
        }
    }
}

/// Writes `lcm:SubmitObjectsRequest`, declaring the namespaces it uses.
pub fn write_submit_objects<W: Write>(xml: &mut XmlWriter<W>, request: &SubmissionRequest) -> io::Result<()> {
    xml.start("lcm:SubmitObjectsRequest", &[("xmlns:lcm", ns::LCM), ("xmlns:rim", ns::RIM)])?;
    xml.start("rim:RegistryObjectList", &[])?;
    submission_set::write(xml, &request.submission_set)?;
    request.entries.iter().try_for_each(|entry| document_entry::write(xml, entry))?;
    request.folders.iter().try_for_each(|folder| folder::write(xml, folder))?;
    request.associations.iter().try_for_each(|association| association::write(xml, association))?;
    xml.end("rim:RegistryObjectList")?;
    xml.end("lcm:SubmitObjectsRequest")
}
