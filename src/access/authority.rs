//! Under what authority a record is open: what its opener sees of it, and may do in it.

use std::sync::Arc;

use crate::model::document_entry::DocumentEntry;
use crate::model::dsp::{Activation, Author, DocumentFacts, DocumentType, Level, Rules, Standing, Visibility};

/// Under what authority a record is open.
#[derive(Debug, Clone)]
pub(super) enum Authority {
    /// The open policy, or the registry on its own account.
    Open,
    /// The access rules.
    Rules(Box<UnderRules>),
}

/// Where the caller stands, and by which rules.
#[derive(Debug, Clone)]
pub(super) struct UnderRules {
    pub(super) standing: Standing,
    pub(super) rules: Arc<Rules>,
}

impl Authority {
    /// What is seen of the record.
    pub(super) fn visibility(&self) -> Visibility {
        match self {
            Self::Open => Visibility::Everything,
            Self::Rules(under) => under.standing.visibility(&under.rules.matrix),
        }
    }

    /// The access rules, where they are in force.
    pub(super) fn under_rules(&self) -> Option<&UnderRules> {
        match self {
            Self::Open => None,
            Self::Rules(under) => Some(under),
        }
    }

    /// What the rules have to know of a new document. Where none are in force, nobody asks for a level that is not one.
    pub(super) fn facts_of_new(&self, entry: &DocumentEntry) -> DocumentFacts {
        let level = Level::among(&entry.confidentiality_codes).unwrap_or(Level::Standard);
        match self {
            Self::Open => DocumentFacts { level, ..DocumentFacts::of_no_rules() },
            Self::Rules(under) => DocumentFacts {
                document_type: under.document_type(entry),
                level,
                author: under.standing.signature.clone().unwrap_or(Author::Unknown),
                activation: Activation::Active,
            },
        }
    }
}

impl UnderRules {
    /// The type that the entry's typeCode means; one that the matrix does not know where it means none.
    pub(super) fn document_type(&self, entry: &DocumentEntry) -> DocumentType {
        self.rules.type_codes.document_type(&entry.type_code).cloned().unwrap_or_else(|| DocumentFacts::of_no_rules().document_type)
    }
}
