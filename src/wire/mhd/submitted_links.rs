//! The associations of a submission: who is a member of what, and which documents are related (MHD 4.2, 2:3.65.4.1.2.3).

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::bundle_entries::{Placed, fault};
use super::lists::members;
use super::references::{Domain, id_of_address};
use super::relations::association_of;
use crate::model::association::{Association, AssociationType, SubmissionSetStatus};
use crate::model::document_entry::DocumentEntry;
use crate::model::folder::Folder;
use crate::model::ids::EntryUuid;
use crate::model::submission_set::SubmissionSet;
use crate::wire::fhir::fields::{at, items, text};
use crate::wire::fhir::{Issue, IssueCode};

/// What references lead to: new objects by their `fullUrl`, and objects of this server.
pub(super) struct Objects<'r> {
    /// The object that each `fullUrl` stands for.
    pub(super) ids: HashMap<&'r str, EntryUuid>,
    /// This server.
    pub(super) domain: Domain<'r>,
}

impl Objects<'_> {
    /// The object that a reference means: one of the bundle, or one of this server by its logical id or its entryUUID.
    fn of(&self, reference: &Value) -> Option<EntryUuid> {
        let by_identifier = || text(reference, "identifier.value").and_then(|value| value.parse().ok());
        let Some(address) = text(reference, "reference") else { return by_identifier() };
        let logical = || ["DocumentReference", "List"].into_iter().find_map(|kind| id_of_address(address, kind, &self.domain));
        let relative = || {
            let is_it = |url: &str| address.contains('/') && url.strip_suffix(address).is_some_and(|base| base.ends_with('/'));
            self.ids.iter().find(|(url, _)| is_it(url)).map(|(_, id)| *id)
        };
        let of_bundle = self.ids.get(address).copied().or_else(relative);
        of_bundle.or_else(|| address.parse().ok()).or_else(logical).or_else(by_identifier)
    }

    /// The objects that a List names, those that lead nowhere among the faults.
    pub(super) fn of_list(&self, path: &str, list: &Value, faults: &mut Vec<Issue>) -> Vec<EntryUuid> {
        let mut objects = Vec::new();
        for (number, reference) in members(list).enumerate() {
            match self.of(reference) {
                Some(id) => objects.push(id),
                None => faults.push(unresolved(&format!("{path}.entry[{number}].item"))),
            }
        }
        objects
    }

    /// The relations that an entry asks for by `relatesTo`.
    pub(super) fn relations(&self, path: &str, resource: &Value, entry: &DocumentEntry, faults: &mut Vec<Issue>) -> Vec<Association> {
        let mut relations = Vec::new();
        for (number, relation) in items(resource, "relatesTo").iter().enumerate() {
            let place = format!("{path}.relatesTo[{number}]");
            let Some(kind) = text(relation, "code").and_then(association_of) else {
                let what = "expected replaces, transforms, appends or signs";
                faults.push(fault(IssueCode::Value, &format!("{place}.code"), what));
                continue;
            };
            match at(relation, "target").and_then(|target| self.of(target)) {
                Some(target) => relations.push(Association::new(EntryUuid::random(), kind, entry.entry_uuid, target)),
                None => faults.push(unresolved(&format!("{place}.target"))),
            }
        }
        one_association(relations)
    }
}

/// A document that replaces and transforms the same document does both in one association (ITI TF-3: 4.2.2.2.4).
fn one_association(mut relations: Vec<Association>) -> Vec<Association> {
    let targets_of = |kind: AssociationType, relations: &[Association]| -> HashSet<EntryUuid> {
        relations.iter().filter(|relation| relation.association_type == kind).map(|relation| relation.target).collect()
    };
    let replaced = targets_of(AssociationType::Replaces, &relations);
    let transformed = targets_of(AssociationType::Transforms, &relations);
    relations.retain(|relation| relation.association_type != AssociationType::Transforms || !replaced.contains(&relation.target));
    for relation in &mut relations {
        if relation.association_type == AssociationType::Replaces && transformed.contains(&relation.target) {
            relation.association_type = AssociationType::TransformsAndReplaces;
        }
    }
    relations
}

fn unresolved(place: &str) -> Issue {
    let what =
        "it leads neither to a resource of the bundle nor to one of this server; write its fullUrl, or DocumentReference/ and its id";
    fault(IssueCode::NotFound, place, what)
}

/// A patched DocumentReference has to be one that a new one replaces: that alone supersedes a document here.
pub(super) fn check_superseded(superseded: &[(Placed<'_>, EntryUuid)], associations: &[Association], faults: &mut Vec<Issue>) {
    for (placed, target) in superseded {
        let is_replaced = |association: &Association| association.association_type.replaces() && association.target == *target;
        if !associations.iter().any(is_replaced) {
            let what = "no DocumentReference of the bundle replaces this one; add relatesTo with the code replaces to the new one (MHD 4.2, 2:3.65.4.1.2.3)";
            faults.push(fault(IssueCode::BusinessRule, &format!("Bundle.entry[{}]", placed.number), what));
        }
    }
}

fn member(set: EntryUuid, member: EntryUuid, status: SubmissionSetStatus) -> Association {
    let mut membership = Association::new(EntryUuid::random(), AssociationType::HasMember, set, member);
    membership.submission_set_status = Some(status);
    membership
}

/// Every new object is a member of the set, whether or not the List says so.
pub(super) fn memberships(set: &SubmissionSet, entries: &[DocumentEntry], folders: &[Folder]) -> Vec<Association> {
    let new = entries.iter().map(|entry| entry.entry_uuid).chain(folders.iter().map(|folder| folder.entry_uuid));
    new.map(|id| member(set.entry_uuid, id, SubmissionSetStatus::Original)).collect()
}

/// The memberships of a folder, each of which the set brings (ITI TF-3: 4.2.2.1).
pub fn folder_members(members: Vec<EntryUuid>, folder: EntryUuid, set: EntryUuid) -> impl Iterator<Item = Association> {
    members.into_iter().flat_map(move |id| {
        let link = Association::new(EntryUuid::random(), AssociationType::HasMember, folder, id);
        [member(set, link.entry_uuid, SubmissionSetStatus::Original), link]
    })
}

/// Members of the set that were there before.
pub(super) fn mentions(members: Vec<EntryUuid>, set: EntryUuid, own: &HashSet<EntryUuid>) -> Vec<Association> {
    let there = members.into_iter().filter(|id| !own.contains(id));
    there.map(|id| member(set, id, SubmissionSetStatus::Reference)).collect()
}
