//! Changing what is said of a document, without a new document (access rules, 6: as a new version of it).

use super::document::{Activation, Author, DocumentFacts};
use super::habilitation::DocumentType;
use super::mandate::MandateKind;
use super::reason::{Denial, Ground};
use super::rules::Rules;
use super::standing::Standing;
use super::verdict::Verdict;

impl Standing {
    /// Whether the caller may change metadata of the document, which is then of type `to`: its author while they may write
    /// both types, the holder what was said in their name. The level has rules of its own.
    pub fn change_metadata(&self, document: &DocumentFacts, to: &DocumentType, rules: &Rules) -> Verdict {
        self.try_change_metadata(document, to, rules).into()
    }

    fn try_change_metadata(&self, document: &DocumentFacts, to: &DocumentType, rules: &Rules) -> Result<Ground, Denial> {
        if let Verdict::Deny(reason) = self.read(document, &rules.matrix) {
            return Err(reason);
        }
        if !self.clauses.iter().any(|clause| clause.write.is_some()) {
            return Err(self.otherwise);
        }
        let own_expression = self.has(MandateKind::Holder) && matches!(document.author, Author::Person(_));
        if !self.wrote(document) && !own_expression {
            return Err(Denial::NotTheAuthor);
        }
        let writes = |kind: &DocumentType| self.clauses.iter().find(|clause| self.may_write(clause, kind, rules));
        writes(&document.document_type).ok_or(Denial::NoHabilitation)?;
        writes(to).map(|clause| Ground::Mandate(clause.mandate)).ok_or(Denial::NoHabilitation)
    }

    /// Whether the caller may arrange documents: make folders, and put into them what they see.
    pub fn arrange(&self) -> Verdict {
        let writing = self.clauses.iter().find(|clause| clause.write.is_some());
        writing.map(|clause| Ground::Mandate(clause.mandate)).ok_or(self.otherwise).into()
    }

    /// Whether the caller may put anything into the record of another patient (access rules, 6).
    pub fn move_to_patient(&self) -> Verdict {
        let mandate = MandateKind::RecordAdministrator;
        if self.has(mandate) { Verdict::Allow(Ground::Mandate(mandate)) } else { Verdict::Deny(Denial::NotEntitled) }
    }

    /// The same for this document: one that was taken away for good stays where it is.
    pub fn move_document(&self, document: &DocumentFacts) -> Verdict {
        match self.move_to_patient() {
            Verdict::Allow(_) if document.activation == Activation::Confirmed => Verdict::Deny(Denial::State),
            verdict => verdict,
        }
    }
}
