//! The associations of a metadata update: memberships of new versions, operations, and what operations add
//! (ITI TF-2: 3.57.4.1.3.3).

use std::collections::{HashMap, HashSet};

use crate::model::association::{Association, AssociationType, SubmissionSetStatus};
use crate::model::availability_status::AvailabilityStatus;
use crate::model::ids::{EntryUuid, InvalidIdentifier};
use crate::model::registry_error::RegistryError;
use crate::model::text::Slot;
use crate::model::update_request::{StatusUpdate, UpdateRule, UpdateScope};

use super::association;
use super::attributes::{Attributes, Ids, quoted};
use super::raw_object::RawObject;

/// Tells a new status of its target.
const UPDATE_AVAILABILITY_STATUS: &str = "urn:ihe:iti:2010:AssociationType:UpdateAvailabilityStatus";
/// Tells that its target is an association to add.
const SUBMIT_ASSOCIATION: &str = "urn:ihe:iti:2010:AssociationType:SubmitAssociation";

/// What the associations may refer to.
pub(super) struct Message<'u> {
    pub(super) scope: UpdateScope,
    pub(super) ids: &'u Ids,
    pub(super) set_id: EntryUuid,
    /// New versions of entries.
    pub(super) entries: HashSet<EntryUuid>,
    /// New versions of folders.
    pub(super) folders: HashSet<EntryUuid>,
}

/// Which version a new one follows, as its membership in the submission set says.
pub(super) struct Annotation {
    pub(super) previous_version: u32,
    pub(super) propagates_associations: bool,
}

/// What the associations say.
#[derive(Default)]
pub(super) struct Links {
    /// By new version; nothing where a fault, which is noted, leaves it incomplete.
    pub(super) annotations: HashMap<EntryUuid, Option<Annotation>>,
    pub(super) memberships: Vec<Association>,
    pub(super) associations: Vec<Association>,
    pub(super) status_updates: Vec<StatusUpdate>,
}

/// Reads all associations; each is part of one operation (ITI TF-2: 3.57.4.1.3.1).
pub(super) fn read_links(message: &Message<'_>, links: Vec<(EntryUuid, RawObject<'_>)>, faults: &mut Vec<RegistryError>) -> Links {
    let target = |raw: &RawObject<'_>| message.ids.resolve(raw.element.attribute("targetObject")?.trim());
    let submitted: HashSet<_> =
        links.iter().filter(|(_, raw)| type_of(raw) == SUBMIT_ASSOCIATION).filter_map(|(_, raw)| target(raw)).collect();
    let own: HashSet<_> = links.iter().map(|(uuid, _)| *uuid).collect();
    let mut read = Links::default();
    for (uuid, raw) in links {
        match type_of(&raw) {
            UPDATE_AVAILABILITY_STATUS => read.status_update(message, Attributes::submitted("Association", raw, faults)),
            SUBMIT_ASSOCIATION => check_submission(message, &own, Attributes::submitted("Association", raw, faults)),
            _ if submitted.contains(&uuid) => {
                read.associations.extend(association::read(Attributes::submitted("Association", raw, faults), uuid, message.ids));
            }
            _ => read.membership(message, uuid, raw, faults),
        }
    }
    read
}

fn type_of<'e>(raw: &RawObject<'e>) -> &'e str {
    raw.element.attribute("associationType").map_or("", str::trim)
}

impl Links {
    /// `UpdateAvailabilityStatus`, from the SubmissionSet to the object (ITI TF-2: 3.57.4.1.3.3.2).
    fn status_update(&mut self, message: &Message<'_>, mut from: Attributes<'_, '_>) {
        check_operation(message, &mut from);
        let original = status(message, &mut from, "OriginalStatus");
        let new = status(message, &mut from, "NewStatus");
        let target = association::end(&mut from, "targetObject", message.ids);
        if let (Some(target), Some(original), Some(new)) = (target, original, new) {
            self.status_updates.push(StatusUpdate { target, original, new });
        }
    }

    /// The HasMember association of a new version (ITI TF-2: 3.57.4.1.3.1, 3.92.4.1.2.2).
    fn membership(&mut self, message: &Message<'_>, uuid: EntryUuid, raw: RawObject<'_>, faults: &mut Vec<RegistryError>) {
        let mut from = Attributes::submitted("Association", raw, faults);
        for slot in ["OriginalStatus", "NewStatus"] {
            if from.value(slot).is_some() {
                from.fault_as(
                    message.scope.code(UpdateRule::Operation),
                    slot,
                    "the slot belongs to an UpdateAvailabilityStatus association",
                );
            }
        }
        let (annotation, kept) = annotation(message, &mut from);
        let Some(mut membership) = association::read(from, uuid, message.ids) else { return };
        let mut fault = |rule, context: &str| {
            faults.push(RegistryError::new(message.scope.code(rule), format!("Association({uuid})"), context));
        };
        if membership.association_type != AssociationType::HasMember || membership.source != message.set_id {
            fault(
                UpdateRule::Operation,
                "the association is part of no operation; a new one is named by a SubmitAssociation of the SubmissionSet (ITI TF-2: 3.57.4.1.3.3.6)",
            );
        } else if !message.entries.contains(&membership.target) && !message.folders.contains(&membership.target) {
            fault(
                UpdateRule::Operation,
                "the targetObject is no new version of a DocumentEntry or Folder of this message (ITI TF-2: 3.57.4.1.3.1)",
            );
        } else if !is_original(message, &membership) {
            fault(
                UpdateRule::Annotation,
                "the slot SubmissionSetStatus of the HasMember association of a new version has the value Original (ITI TF-2: 3.57.4.1.3.1)",
            );
        } else if self.annotations.insert(membership.target, annotation).is_some() {
            fault(
                UpdateRule::Operation,
                "a second HasMember association has this targetObject; one says which version the new one follows",
            );
        }
        membership.extras.slots.extend(kept);
        self.memberships.push(membership);
    }
}

/// Entries are told to be original, folders may be (ITI TF-3: 4.2.2.1.1).
fn is_original(message: &Message<'_>, membership: &Association) -> bool {
    match membership.submission_set_status {
        Some(status) => status == SubmissionSetStatus::Original,
        None => message.folders.contains(&membership.target),
    }
}

/// The slots that annotate a new version, and what of them is kept with the membership.
fn annotation(message: &Message<'_>, from: &mut Attributes<'_, '_>) -> (Option<Annotation>, Vec<Slot>) {
    let code = message.scope.code(UpdateRule::Annotation);
    let (previous, propagation) = (from.value("PreviousVersion"), from.value("AssociationPropagation"));
    let slot = |name: &str, value: &Option<String>| {
        value.as_ref().map(|value| Slot { name: name.to_owned(), slot_type: None, values: vec![value.clone()] })
    };
    let kept = slot("PreviousVersion", &previous).into_iter().chain(slot("AssociationPropagation", &propagation)).collect();
    let previous_version = match previous.as_deref().map(|text| (text, version(text))) {
        Some((_, Ok(version))) => Some(version),
        Some((text, Err(error))) => {
            from.fault_as(code, "PreviousVersion", format!("{} is not {error}", quoted(text)));
            None
        }
        None => {
            from.fault_as(
                code,
                "PreviousVersion",
                "the slot is missing; it holds the version that the new one follows (ITI TF-2: 3.57.4.1.3.1)",
            );
            None
        }
    };
    let propagates_associations = match propagation.as_deref() {
        None | Some("yes") => true,
        Some("no") => false,
        Some(text) => {
            from.fault_as(code, "AssociationPropagation", format!("{} is neither yes nor no", quoted(text)));
            return (None, kept);
        }
    };
    (previous_version.map(|previous_version| Annotation { previous_version, propagates_associations }), kept)
}

fn version(text: &str) -> Result<u32, InvalidIdentifier> {
    const VERSION: InvalidIdentifier = InvalidIdentifier { expected: "a version: digits without leading zeros, from 1" };
    let digits = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    if digits { text.parse().map_err(|_| VERSION) } else { Err(VERSION) }
}

fn status(message: &Message<'_>, from: &mut Attributes<'_, '_>, slot: &str) -> Option<AvailabilityStatus> {
    let code = message.scope.code(UpdateRule::Request);
    let Some(text) = from.value(slot) else {
        from.fault_as(code, slot, "the slot is missing or empty, and it is required (ITI TF-2: 3.57.4.1.3.3.2)");
        return None;
    };
    let status = AvailabilityStatus::from_urn(&text);
    if status.is_none() {
        from.fault_as(
            code,
            slot,
            format!("{} is neither {} nor {}", quoted(&text), AvailabilityStatus::Approved.urn(), AvailabilityStatus::Deprecated.urn()),
        );
    }
    status
}

/// An operation comes from the SubmissionSet, and a restricted update knows none.
fn check_operation(message: &Message<'_>, from: &mut Attributes<'_, '_>) {
    if message.scope == UpdateScope::Restricted {
        let code = message.scope.code(UpdateRule::Operation);
        from.fault_as(
            code,
            "associationType",
            "a restricted update changes attributes of DocumentEntries alone (ITI TF-2: 3.92.4.1.3); use Update Document Set (ITI-57)",
        );
    }
    if association::end(from, "sourceObject", message.ids).is_some_and(|source| source != message.set_id) {
        from.fault_as(message.scope.code(UpdateRule::Request), "sourceObject", "the sourceObject is not the SubmissionSet of this message");
    }
}

/// `SubmitAssociation`, from the SubmissionSet to an association of the message (ITI TF-2: 3.57.4.1.3.3.6).
fn check_submission(message: &Message<'_>, own: &HashSet<EntryUuid>, mut from: Attributes<'_, '_>) {
    check_operation(message, &mut from);
    if association::end(&mut from, "targetObject", message.ids).is_some_and(|target| !own.contains(&target)) {
        from.fault_as(message.scope.code(UpdateRule::Request), "targetObject", "the targetObject is no association of this message");
    }
}
