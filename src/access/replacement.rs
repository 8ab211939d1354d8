//! What a replacement implies for the replaced document (ITI TF-2: 3.42.4.1.3, ITI TF-3: 4.2.2.2.2).

use crate::model::association::{Association, AssociationType};
use crate::model::ids::EntryUuid;
use crate::model::stored_query::MetadataLevel;
use crate::model::submission_request::SubmissionRequest;

use super::filing::deprecated_target;
use super::{Failure, WritableRecord};

impl WritableRecord<'_> {
    /// Replaced documents become obsolete with all that was added to them, and their successors take their places in folders.
    pub(super) fn carry_out_replacements(&mut self, request: &SubmissionRequest) -> Result<(), Failure> {
        for association in request.associations.iter().filter(|association| association.association_type.replaces()) {
            self.replace(association, &request.associations, request.submission_set.entry_uuid)?;
        }
        Ok(())
    }

    /// Carries out one replacement that `submission_set` brings; `stated` are the associations that its source sent.
    pub(super) fn replace(&mut self, association: &Association, stated: &[Association], submission_set: EntryUuid) -> Result<(), Failure> {
        let (successor, replaced) = (association.source, association.target);
        if !self.tx.deprecate_entry(replaced)? {
            return Err(Failure::refused(deprecated_target(association.entry_uuid, replaced)));
        }
        self.deprecate_addenda(replaced)?;
        let current = MetadataLevel::One;
        let folders = self.tx.associations_to(&self.whole, &[replaced], &[AssociationType::HasMember], current)?;
        for membership in folders {
            let joined = membership.source;
            if !states_membership(stated, joined, successor) && !self.tx.is_submission_set(joined)? {
                self.join_folder(joined, successor, submission_set)?;
            }
        }
        Ok(())
    }

    /// Appendices and transformations of an obsolete document are obsolete too, however many steps away.
    fn deprecate_addenda(&mut self, replaced: EntryUuid) -> Result<(), Failure> {
        let mut obsolete = vec![replaced];
        // Each round makes entries obsolete that were approved, of which there is an end.
        while !obsolete.is_empty() {
            let types = [AssociationType::Appends, AssociationType::Transforms];
            let addenda = self.tx.associations_to(&self.whole, &obsolete, &types, MetadataLevel::One)?;
            obsolete.clear();
            for addendum in addenda {
                // One that was obsolete before has been followed then.
                if self.tx.deprecate_entry(addendum.source)? {
                    obsolete.push(addendum.source);
                }
            }
        }
        Ok(())
    }
}

/// Whether the source puts the entry into the folder itself.
fn states_membership(stated: &[Association], folder: EntryUuid, entry: EntryUuid) -> bool {
    let states = |link: &Association| link.association_type == AssociationType::HasMember && link.source == folder && link.target == entry;
    stated.iter().any(states)
}
