//! What a standing lets see of a record, as data: worked out once, then asked of every document, by the database or by
//! [`Visibility::shows`] (access rules, 5). Both have to say what [`Standing::read`] says.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::document::{Activation, Author, DocumentFacts};
use super::habilitation::{DocumentType, HabilitationMatrix};
use super::level::{Level, LevelSet};
use super::standing::Standing;

/// How much of a record somebody sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visibility {
    /// All of it.
    Everything,
    /// Some documents, and what hangs on them.
    Limited(Arc<Sight>),
}

/// Which documents are in sight.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sight {
    /// What mandates open: these types at these levels.
    pub opened: Vec<(LevelSet, BTreeSet<DocumentType>)>,
    /// Whose own documents are in sight without any mandate.
    pub own: Option<Author>,
    /// Whether documents that identito-vigilance took away are in sight.
    pub deactivated: bool,
}

impl Sight {
    /// Whether some mandate lets read something, and not authorship alone.
    pub fn mandated(&self) -> bool {
        !self.opened.is_empty()
    }

    fn shows(&self, document: &DocumentFacts) -> bool {
        let in_sight = self.deactivated || document.activation == Activation::Active;
        let opens = |(levels, types): &(LevelSet, BTreeSet<DocumentType>)| {
            levels.contains(document.level) && types.contains(&document.document_type)
        };
        in_sight && (self.own.as_ref() == Some(&document.author) || self.opened.iter().any(opens))
    }
}

impl Visibility {
    /// Whether a document is in sight.
    pub fn shows(&self, document: &DocumentFacts) -> bool {
        match self {
            Self::Everything => true,
            Self::Limited(sight) => sight.shows(document),
        }
    }
}

impl Standing {
    /// What the caller sees of the record.
    pub fn visibility(&self, matrix: &HabilitationMatrix) -> Visibility {
        let mut opened: Vec<(Vec<Level>, BTreeSet<DocumentType>)> = Vec::new();
        for level in Level::ALL {
            let types = self.types_at(level, matrix);
            match opened.iter_mut().find(|(_, known)| *known == types) {
                _ if types.is_empty() => {}
                Some((levels, _)) => levels.push(level),
                None => opened.push((vec![level], types)),
            }
        }
        let opened = opened.into_iter().map(|(levels, types)| (LevelSet::of(&levels), types)).collect();
        let own = self.signature.clone().filter(|_| self.reads_own);
        Visibility::Limited(Arc::new(Sight { opened, own, deactivated: self.sees_deactivated }))
    }

    /// The types that some mandate opens at a level.
    fn types_at(&self, level: Level, matrix: &HabilitationMatrix) -> BTreeSet<DocumentType> {
        let clauses: Vec<_> = self.clauses.iter().filter(|clause| clause.levels.contains(level)).collect();
        matrix.types().filter(|kind| clauses.iter().any(|clause| clause.read.contains(kind, matrix))).cloned().collect()
    }
}
