//! What a writer may refer to: what they do not see is as good as not there.

use crate::model::dsp::{Activation, DocumentFacts};
use crate::model::ids::EntryUuid;
use crate::store::StoreError;

use super::WritableRecord;

impl WritableRecord<'_> {
    /// Whether an object of any kind is in this record and in the caller's sight. Where no access rules are in force,
    /// everything is, also what is in other records or nowhere.
    pub(super) fn sees(&mut self, id: EntryUuid) -> Result<bool, StoreError> {
        if self.authority.under_rules().is_none() {
            return Ok(true);
        }
        self.tx.is_in_view(&self.view, id)
    }

    /// The facts of a document of this record that the caller sees, or may replace unseen because they sent it: the CNS reads
    /// nothing.
    pub(super) fn facts_in_sight(&mut self, id: EntryUuid, replaced: bool) -> Result<Option<DocumentFacts>, StoreError> {
        let Some(facts) = self.tx.document_facts(&[id])?.remove(&id) else { return Ok(None) };
        let of_record = self.tx.is_in_view(&self.whole, id)?;
        let own = self.authority.under_rules().and_then(|under| under.standing.signature.clone());
        let replaceable = replaced && own.as_ref() == Some(&facts.author) && facts.activation == Activation::Active;
        Ok((of_record && (replaceable || self.view.visibility().shows(&facts))).then_some(facts))
    }
}
