//! Reading a document (access rules, 5).

use super::document::{Activation, DocumentFacts};
use super::habilitation::{DocumentType, HabilitationMatrix};
use super::level::Level;
use super::reason::{Denial, Ground};
use super::standing::{Clause, Scope, Standing};
use super::verdict::Verdict;

impl Scope {
    /// Whether the type is one of these. A type that the matrix does not know is none of any.
    pub fn contains(&self, document_type: &DocumentType, matrix: &HabilitationMatrix) -> bool {
        match self {
            Self::EveryType => matrix.knows(document_type),
            Self::EveryTypeOf(profile) => matrix.knows(document_type) && matrix.knows_profile(profile),
            Self::Column(profile) => matrix.right(profile, document_type).read,
            Self::Nothing => false,
        }
    }
}

impl Clause {
    fn opens(&self, document: &DocumentFacts, matrix: &HabilitationMatrix) -> bool {
        self.levels.contains(document.level) && self.read.contains(&document.document_type, matrix)
    }
}

impl Standing {
    /// Whether the caller may read the document; if not, it does not exist for them.
    pub fn read(&self, document: &DocumentFacts, matrix: &HabilitationMatrix) -> Verdict {
        if document.activation != Activation::Active && !self.sees_deactivated {
            return Verdict::Deny(Denial::Deactivated);
        }
        if let Some(clause) = self.clauses.iter().find(|clause| clause.opens(document, matrix)) {
            return Verdict::Allow(Ground::Mandate(clause.mandate));
        }
        if self.reads_own && self.wrote(document) {
            return Verdict::Allow(Ground::Author);
        }
        Verdict::Deny(self.why_hidden(document, matrix))
    }

    /// Whether a document that the caller reads shows as masked from the patient (access rules, 5, the exception to *no leak*).
    pub fn sees_mask(&self, document: &DocumentFacts, matrix: &HabilitationMatrix) -> bool {
        self.profile.is_some() && document.level == Level::Announcement && self.read(document, matrix).is_allowed()
    }

    /// Whether the caller sent it, in the quality of this session.
    pub(super) fn wrote(&self, document: &DocumentFacts) -> bool {
        self.signature.as_ref() == Some(&document.author)
    }

    fn why_hidden(&self, document: &DocumentFacts, matrix: &HabilitationMatrix) -> Denial {
        let readable = self.clauses.iter().any(|clause| clause.read.contains(&document.document_type, matrix));
        match (self.clauses.is_empty(), readable) {
            (true, _) => self.otherwise,
            (false, false) => Denial::NoHabilitation,
            (false, true) => Denial::Level,
        }
    }
}
