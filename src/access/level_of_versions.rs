//! The level of a document is that of all its versions (access rules, 5.8): those that updates made, and the documents that
//! replaced each other.

use std::collections::HashSet;

use crate::model::association::AssociationType;
use crate::model::audit_action::AuditAction;
use crate::model::code::Code;
use crate::model::document_entry::DocumentEntry;
use crate::model::dsp::{LEVEL_SYSTEM, Level};
use crate::model::ids::EntryUuid;
use crate::model::stored_query::{MetadataLevel, ObjectIds};
use crate::store::{RecordView, StoreError};

use super::WritableRecord;

impl WritableRecord<'_> {
    /// Gives all versions of a document the level of the newest, which follows `earlier`.
    pub(super) fn carry_level(&mut self, newest: &DocumentEntry, level: Level, earlier: EntryUuid) -> Result<(), StoreError> {
        if self.authority.under_rules().is_none() || self.facts_of(earlier)?.level == level {
            return Ok(());
        }
        let stated = newest.confidentiality_codes.iter().find(|code| code.scheme == LEVEL_SYSTEM).cloned();
        let code = stated.unwrap_or_else(|| Code::new(level.code(), LEVEL_SYSTEM, level.code()));
        let versions = self.versions_of(newest, &self.whole.clone())?;
        self.audit.action = Some(AuditAction::ChangeLevel);
        self.tx.set_level(&versions, level, &code)
    }

    /// All versions of a document of a record, and of those that it replaced or that replaced it, however many steps away.
    pub(super) fn versions_of(&mut self, entry: &DocumentEntry, record: &RecordView) -> Result<Vec<EntryUuid>, StoreError> {
        const REPLACING: [AssociationType; 2] = [AssociationType::Replaces, AssociationType::TransformsAndReplaces];
        let mut known: HashSet<EntryUuid> = HashSet::new();
        let mut new: Vec<EntryUuid> = vec![entry.logical_id, entry.entry_uuid];
        // Each round finds versions that were not known, of which there is an end.
        while !new.is_empty() {
            let among = self.tx.entries(&ObjectIds::EntryUuids(new.clone()))?;
            let logical_ids = ObjectIds::LogicalIds(among.iter().map(|entry| entry.logical_id).collect());
            let versions: Vec<_> = self.tx.entries(&logical_ids)?.iter().map(|entry| entry.entry_uuid).collect();
            let mut links = self.tx.associations_from(record, &versions, &REPLACING, MetadataLevel::Two)?;
            links.extend(self.tx.associations_to(record, &versions, &REPLACING, MetadataLevel::Two)?);
            let ends = links.iter().flat_map(|link| [link.source, link.target]);
            known.extend(new);
            let found: HashSet<_> = versions.iter().copied().chain(ends).filter(|id| !known.contains(id)).collect();
            new = found.into_iter().collect();
        }
        Ok(known.into_iter().collect())
    }
}
