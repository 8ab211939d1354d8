//! Searches for entries in an opened record, page by page, each entry with the documents to which it is related.

use crate::model::association::AssociationType;
use crate::model::document_entry::DocumentEntry;
use crate::model::entry_search::{EntryNames, EntrySearch};
use crate::model::ids::EntryUuid;
use crate::model::stored_query::{MetadataLevel, ObjectIds};
use crate::model::timestamp::Instant;
use crate::store::RegisteredEntry;

use super::record_queries::one_more;
use super::{Failure, ReadableRecord};

/// An entry as a search gives it.
#[derive(Debug)]
pub struct FoundEntry {
    /// The entry.
    pub entry: DocumentEntry,
    /// When this version of it was registered.
    pub registered_at: Instant,
    /// The associations that start at it, with the documents at their ends.
    pub relations: Vec<(AssociationType, EntryUuid)>,
}

/// A page of what a search finds.
#[derive(Debug, Default)]
pub struct EntryPage {
    /// The entries, in order.
    pub entries: Vec<FoundEntry>,
    /// How many the search finds in all.
    pub total: u64,
    /// Whether there are more behind this page.
    pub has_more: bool,
}

impl ReadableRecord<'_> {
    /// Whether the search names entries of which none is in sight.
    fn names_nothing(&mut self, search: &EntrySearch) -> Result<bool, Failure> {
        let view = self.view.clone();
        for EntryNames { ids, unique_ids } in &search.names {
            let mut found = false;
            for names in [ObjectIds::EntryUuids(ids.clone()), ObjectIds::LogicalIds(ids.clone()), ObjectIds::UniqueIds(unique_ids.clone())]
            {
                found |= !self.tx.entries_named(&view, &names, MetadataLevel::One, 1)?.is_empty();
            }
            if !found {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A page of the entries in sight. The patient of the search is that of the record, whatever the search says.
    pub fn page(&mut self, search: &EntrySearch) -> Result<EntryPage, Failure> {
        // By the ids first: a look through the record would take longer the more there is in it, also of what is hidden.
        if self.names_nothing(search)? {
            return Ok(EntryPage::default());
        }
        let view = self.view.clone();
        let mut found = self.tx.page_of_entries(&view, search, one_more(search.count))?;
        let has_more = found.len() > search.count;
        // A first page that is the last holds all that there is.
        let total = if has_more || search.after.is_some() { self.tx.count_entries(&view, search)? } else { found.len() as i64 };
        let total = u64::try_from(total).unwrap_or(0);
        found.truncate(search.count);
        let ids: Vec<_> = found.iter().map(|found| found.entry.entry_uuid).collect();
        self.audit.object_ids.extend(ids.iter().map(ToString::to_string));
        let types: Vec<_> = AssociationType::ALL.into_iter().filter(|kind| kind.relates_documents()).collect();
        let links = self.tx.associations_from(&view, &ids, &types, MetadataLevel::One)?;
        let entries = found.into_iter().map(|RegisteredEntry { entry, registered_at }| {
            let of_entry = links.iter().filter(|link| link.source == entry.entry_uuid);
            let relations = of_entry.map(|link| (link.association_type, link.target)).collect();
            FoundEntry { entry, registered_at, relations }
        });
        Ok(EntryPage { entries: entries.collect(), total, has_more })
    }
}
