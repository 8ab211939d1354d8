//! Submitting a document (access rules, 6).

use super::document::{Activation, Author, DocumentFacts};
use super::habilitation::DocumentType;
use super::level::{Level, LevelSet};
use super::mandate::MandateKind;
use super::reason::{Denial, Ground};
use super::rules::{Format, Rules, TypeConstraint};
use super::standing::{Clause, Standing};
use super::verdict::Verdict;

/// A document that is about to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission<'d> {
    /// Its row of the matrix.
    pub document_type: DocumentType,
    /// The level chosen.
    pub level: Level,
    /// Its format.
    pub format: Format,
    /// What it is to a document that is there.
    pub relation: Relation<'d>,
}

/// What a new document is to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation<'d> {
    /// It stands for itself.
    New,
    /// It is a new version of the other.
    Replaces(&'d DocumentFacts),
    /// It appends or transforms the other.
    Extends(&'d DocumentFacts),
}

const PROFESSIONAL_LEVELS: LevelSet = LevelSet::of(&[Level::Standard, Level::Confidential, Level::Announcement]);
const PERSONAL_LEVELS: LevelSet = LevelSet::of(&[Level::Standard, Level::Confidential, Level::Private]);

impl Standing {
    /// Whether the caller may send the document; they become its author.
    pub fn submit(&self, submission: &Submission<'_>, rules: &Rules) -> Verdict {
        self.try_submit(submission, rules).into()
    }

    fn try_submit(&self, submission: &Submission<'_>, rules: &Rules) -> Result<Ground, Denial> {
        if !self.clauses.iter().any(|clause| clause.write.is_some()) {
            return Err(self.otherwise);
        }
        self.check_relation(submission.relation, rules)?;
        let constraints = rules.constraints_of(&submission.document_type);
        let writes = |clause: &&Clause| self.may_write(clause, &submission.document_type, rules);
        let clause = self.clauses.iter().find(writes).ok_or(Denial::NoHabilitation)?;
        if !constraints.iter().all(|constraint| self.meets(constraint, submission.format)) {
            return Err(Denial::TypeConstraint);
        }
        if !self.choosable_levels().contains(submission.level) {
            return Err(Denial::LevelNotChoosable);
        }
        Ok(Ground::Mandate(clause.mandate))
    }

    /// The document it relates to has to be readable; only its author replaces it, and the holder what was said in their name.
    /// An author need not be able to read it for that: the CNS reads nothing.
    fn check_relation(&self, relation: Relation<'_>, rules: &Rules) -> Result<(), Denial> {
        let other = match relation {
            Relation::New => return Ok(()),
            Relation::Replaces(own) if self.wrote(own) && own.activation == Activation::Active => return Ok(()),
            Relation::Replaces(other) | Relation::Extends(other) => other,
        };
        if let Verdict::Deny(reason) = self.read(other, &rules.matrix) {
            return Err(reason);
        }
        let own_expression = self.has(MandateKind::Holder) && matches!(other.author, Author::Person(_));
        if matches!(relation, Relation::Replaces(_)) && !own_expression {
            return Err(Denial::NotTheAuthor);
        }
        Ok(())
    }

    pub(super) fn may_write(&self, clause: &Clause, document_type: &DocumentType, rules: &Rules) -> bool {
        let Some(column) = &clause.write else { return false };
        let known = self.profile.as_ref().is_none_or(|profile| rules.matrix.knows_profile(profile));
        let also = |constraint: &TypeConstraint| match constraint {
            TypeConstraint::AlsoWrittenBy(profile) => self.profile.as_ref() == Some(profile),
            _ => false,
        };
        known && (rules.matrix.right(column, document_type).write || rules.constraints_of(document_type).iter().any(also))
    }

    fn meets(&self, constraint: &TypeConstraint, format: Format) -> bool {
        match constraint {
            TypeConstraint::FromLaboratory => self.laboratory,
            TypeConstraint::FromEmergencyCare => self.emergency_cleared,
            TypeConstraint::WithReferringPhysician => self.referring_physician_declared,
            TypeConstraint::InFormat(formats) => formats.contains(&format),
            TypeConstraint::AlsoWrittenBy(_) => true,
        }
    }

    fn choosable_levels(&self) -> LevelSet {
        if matches!(self.signature, Some(Author::Person(_))) { PERSONAL_LEVELS } else { PROFESSIONAL_LEVELS }
    }
}
