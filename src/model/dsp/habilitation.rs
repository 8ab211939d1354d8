//! The habilitation matrix: what a usage profile may do with a type of document (access rules, 4; Charte, annexes 1 to 3).

use std::collections::{BTreeMap, BTreeSet};

use super::key::key;
key! {
    /// A column of the matrix, such as `medecin`.
    UsageProfile
}
key! {
    /// A row of the matrix, such as `resultats-biologie`.
    DocumentType
}

/// One cell of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Right {
    /// May read documents of the type.
    pub read: bool,
    /// May send documents of the type.
    pub write: bool,
}

/// Every profile with every type; what is not in it gives no right.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HabilitationMatrix {
    profiles: BTreeSet<UsageProfile>,
    types: BTreeSet<DocumentType>,
    cells: BTreeMap<(UsageProfile, DocumentType), Right>,
}

impl HabilitationMatrix {
    /// A matrix of these cells.
    pub fn new(cells: impl IntoIterator<Item = (UsageProfile, DocumentType, Right)>) -> Self {
        let mut matrix = Self::default();
        for (profile, document_type, right) in cells {
            matrix.profiles.insert(profile.clone());
            matrix.types.insert(document_type.clone());
            matrix.cells.insert((profile, document_type), right);
        }
        matrix
    }

    /// The right of a profile to a type: none where either is unknown.
    pub fn right(&self, profile: &UsageProfile, document_type: &DocumentType) -> Right {
        self.cells.get(&(profile.clone(), document_type.clone())).copied().unwrap_or_default()
    }

    /// Whether the type is a row of the matrix.
    pub fn knows(&self, document_type: &DocumentType) -> bool {
        self.types.contains(document_type)
    }

    /// Whether the profile is a column of the matrix.
    pub fn knows_profile(&self, profile: &UsageProfile) -> bool {
        self.profiles.contains(profile)
    }

    /// The rows, in the order of their names.
    pub fn types(&self) -> impl Iterator<Item = &DocumentType> {
        self.types.iter()
    }

    /// The columns, in the order of their names.
    pub fn profiles(&self) -> BTreeSet<&UsageProfile> {
        self.profiles.iter().collect()
    }
}
