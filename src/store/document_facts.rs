//! What the access rules have to know of a document, as columns beside its metadata.

use diesel::prelude::*;

use crate::model::dsp::{Activation, Author, DocumentFacts, DocumentType, Level};
use crate::model::ids::EntryUuid;

#[cfg(test)]
use super::rows::uuid_column;
use super::rows::{IDS_PER_STATEMENT, uuid_columns};
use super::schema::document_entries;
use super::{StoreError, Write};

/// The columns. An empty text is a type, or an author, that nobody knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = document_entries)]
pub(super) struct FactColumns {
    document_type: String,
    level: String,
    author_kind: String,
    author_id: String,
    activation: String,
}

impl FactColumns {
    pub(super) fn of(facts: &DocumentFacts) -> Self {
        let (author_kind, author_id) = author_columns(&facts.author);
        Self {
            document_type: facts.document_type.to_string(),
            level: facts.level.code().to_owned(),
            author_kind: author_kind.to_owned(),
            author_id: author_id.to_owned(),
            activation: activation_column(facts.activation).to_owned(),
        }
    }

    pub(super) fn into_model(self) -> Result<DocumentFacts, StoreError> {
        Ok(DocumentFacts {
            document_type: DocumentType::from(self.document_type.as_str()),
            level: Level::of_code(&self.level).ok_or(StoreError::Failed("a stored confidentiality level is unknown"))?,
            author: author_of(&self.author_kind, &self.author_id)?,
            activation: activation_of(&self.activation)?,
        })
    }
}

impl Write {
    /// Takes documents out of sight, or back into it (access rules, 6): the entries of these ids.
    pub fn set_activation(&mut self, ids: &[EntryUuid], activation: Activation) -> Result<(), StoreError> {
        for ids in ids.chunks(IDS_PER_STATEMENT) {
            diesel::update(document_entries::table.filter(document_entries::entry_uuid.eq_any(uuid_columns(ids))))
                .set(document_entries::activation.eq(activation_column(activation)))
                .execute(self.connection())?;
        }
        Ok(())
    }

    #[cfg(test)]
    pub(crate) fn set_document_facts(&mut self, id: EntryUuid, facts: &DocumentFacts) -> Result<(), StoreError> {
        let columns = FactColumns::of(facts);
        let changes = (
            document_entries::document_type.eq(columns.document_type),
            document_entries::level.eq(columns.level),
            document_entries::author_kind.eq(columns.author_kind),
            document_entries::author_id.eq(columns.author_id),
            document_entries::activation.eq(columns.activation),
        );
        diesel::update(document_entries::table.find(uuid_column(id))).set(changes).execute(self.connection())?;
        Ok(())
    }
}

const PROFESSIONAL: &str = "professional";
const PERSON: &str = "person";
const HEALTH_FUND: &str = "health-fund";

/// Kind and key of an author.
pub(super) fn author_columns(author: &Author) -> (&'static str, &str) {
    match author {
        Author::Professional(id) => (PROFESSIONAL, id.as_str()),
        Author::Person(id) => (PERSON, id.as_str()),
        Author::HealthFund => (HEALTH_FUND, ""),
        Author::Unknown => ("", ""),
    }
}

fn author_of(kind: &str, id: &str) -> Result<Author, StoreError> {
    match kind {
        PROFESSIONAL => Ok(Author::Professional(id.into())),
        PERSON => Ok(Author::Person(id.into())),
        HEALTH_FUND => Ok(Author::HealthFund),
        "" => Ok(Author::Unknown),
        _ => Err(StoreError::Failed("a stored kind of author is unknown")),
    }
}

/// The column of a document that is in sight.
pub(super) const ACTIVE: &str = "active";

fn activation_column(activation: Activation) -> &'static str {
    match activation {
        Activation::Active => ACTIVE,
        Activation::Deactivated => "deactivated",
        Activation::Confirmed => "confirmed",
    }
}

fn activation_of(column: &str) -> Result<Activation, StoreError> {
    let all = [Activation::Active, Activation::Deactivated, Activation::Confirmed];
    let found = all.into_iter().find(|activation| activation_column(*activation) == column);
    found.ok_or(StoreError::Failed("a stored activation is unknown"))
}
