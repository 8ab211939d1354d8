//! What a replacement implies for the replaced document (ITI TF-2: 3.42.4.1.3, ITI TF-3: 4.2.2.2.2).

use crate::model::association::{Association, AssociationType};
use crate::model::ids::EntryUuid;
use crate::model::submission_request::SubmissionRequest;

use super::filing::deprecated_target;
use super::{Failure, WritableRecord};

/// How far addenda of addenda are followed; longer chains than this are no medical record.
const DEEPEST_CHAIN: usize = 64;

impl WritableRecord<'_> {
    /// Replaced documents become obsolete with all that was added to them, and their successors take their places in folders.
    pub(super) fn carry_out_replacements(&mut self, request: &SubmissionRequest) -> Result<(), Failure> {
        for association in request.associations.iter().filter(|association| association.association_type.replaces()) {
            self.replace(association, request.submission_set.entry_uuid)?;
        }
        Ok(())
    }

    fn replace(&mut self, association: &Association, submission_set: EntryUuid) -> Result<(), Failure> {
        let (successor, replaced) = (association.source, association.target);
        if !self.tx.deprecate_entry(replaced)? {
            return Err(Failure::refused(deprecated_target(association.entry_uuid, replaced)));
        }
        self.deprecate_addenda(replaced)?;
        let folders = self.tx.associations_to(&self.patient_id, &[replaced], &[AssociationType::HasMember])?;
        for membership in folders {
            if !self.tx.is_submission_set(membership.source)? {
                self.join_folder(membership.source, successor, submission_set)?;
            }
        }
        Ok(())
    }

    /// Appendices and transformations of an obsolete document are obsolete too, however many steps away.
    fn deprecate_addenda(&mut self, replaced: EntryUuid) -> Result<(), Failure> {
        let mut obsolete = vec![replaced];
        for _ in 0..DEEPEST_CHAIN {
            let addenda = self.tx.associations_to(&self.patient_id, &obsolete, &[AssociationType::Appends, AssociationType::Transforms])?;
            obsolete.clear();
            for addendum in addenda {
                // One that was obsolete before has been followed then.
                if self.tx.deprecate_entry(addendum.source)? {
                    obsolete.push(addendum.source);
                }
            }
            if obsolete.is_empty() {
                break;
            }
        }
        Ok(())
    }
}
