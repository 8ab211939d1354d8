//! Associations between documents ⇄ `relatesTo` (MHD 4.2, concept map *AssociationType vs RelatesTo*).

use crate::model::association::AssociationType;

/// The `relatesTo.code` of an association; nothing for a membership.
pub(super) fn relation_of(association: AssociationType) -> Option<&'static str> {
    match association {
        AssociationType::Replaces | AssociationType::TransformsAndReplaces => Some("replaces"),
        AssociationType::Transforms | AssociationType::IsSnapshotOf => Some("transforms"),
        AssociationType::Appends => Some("appends"),
        AssociationType::Signs => Some("signs"),
        AssociationType::HasMember => None,
    }
}

/// The association that a `relatesTo.code` asks for.
pub(super) fn association_of(code: &str) -> Option<AssociationType> {
    let asked_for = [AssociationType::Replaces, AssociationType::Transforms, AssociationType::Appends, AssociationType::Signs];
    asked_for.into_iter().find(|association| relation_of(*association) == Some(code))
}
