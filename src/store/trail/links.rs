//! What a link of a chain is made of.

use diesel::prelude::*;
use openssl::sha::Sha256;
use uuid::Uuid;

use super::Head;
use crate::store::schema::{audit_events, audit_writers};
use crate::store::{StoreError, Write};

/// All of a record of the trail that says something, as its row holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct Fields {
    pub(in crate::store) id: String,
    pub(in crate::store) occurred_at: i64,
    pub(in crate::store) transaction_id: String,
    pub(in crate::store) outcome: String,
    pub(in crate::store) patient_id: Option<String>,
    pub(in crate::store) actor: Option<String>,
    pub(in crate::store) content: String,
}

impl Fields {
    /// SHA-256 of these, with the place in the chain before them, each as a netstring: its length in bytes, a colon, the
    /// bytes and a comma; "-," where there is nothing.
    pub(in crate::store) fn hash(&self, writer: &str, number: i64) -> Vec<u8> {
        let (number, occurred_at) = (number.to_string(), self.occurred_at.to_string());
        let fields = [
            Some(writer),
            Some(&number),
            Some(&self.id),
            Some(&occurred_at),
            Some(&self.transaction_id),
            Some(&self.outcome),
            self.patient_id.as_deref(),
            self.actor.as_deref(),
            Some(&self.content),
        ];
        hash_of_fields(&fields.map(|field| field.map(str::as_bytes)))
    }
}

/// SHA-256 of fields, each as [`Fields::hash`] has it.
pub(in crate::store) fn hash_of_fields(fields: &[Option<&[u8]>]) -> Vec<u8> {
    let mut hash = Sha256::new();
    for field in fields {
        match field {
            Some(bytes) => {
                hash.update(format!("{}:", bytes.len()).as_bytes());
                hash.update(bytes);
                hash.update(b",");
            }
            None => hash.update(b"-,"),
        }
    }
    hash.finish().to_vec()
}

/// A record with its place in the trail.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = audit_events)]
pub(in crate::store) struct ChainedRow {
    pub(in crate::store) sequence: i64,
    occurred_at: i64,
    pub(in crate::store) transaction_id: String,
    outcome: String,
    patient_id: Option<String>,
    pub(in crate::store) content: String,
    pub(in crate::store) id: String,
    actor: Option<String>,
    pub(in crate::store) writer: Option<String>,
    pub(in crate::store) number: Option<i64>,
    pub(in crate::store) digest: Option<Vec<u8>>,
}

impl ChainedRow {
    /// Its fields without its place.
    pub(in crate::store) fn fields(&self) -> Fields {
        Fields {
            id: self.id.clone(),
            occurred_at: self.occurred_at,
            transaction_id: self.transaction_id.clone(),
            outcome: self.outcome.clone(),
            patient_id: self.patient_id.clone(),
            actor: self.actor.clone(),
            content: self.content.clone(),
        }
    }

    #[cfg(test)]
    pub(super) fn set_fields(&mut self, fields: Fields) {
        let Fields { id, occurred_at, transaction_id, outcome, patient_id, actor, content } = fields;
        Self { id, occurred_at, transaction_id, outcome, patient_id, actor, content, ..self.clone() }.clone_into(self);
    }

    /// Its chain, its number there, and what closes it; nothing where it is in none.
    pub(in crate::store) fn link(&self) -> Option<(&str, i64, &[u8])> {
        Some((self.writer.as_deref()?, self.number?, self.digest.as_deref()?))
    }
}

impl Write {
    /// Makes a record the next link of this transaction's chain; gives the end of the chain with it.
    pub(in crate::store) fn next_link(&mut self, fields: &Fields) -> Result<Head, StoreError> {
        let head = self.chain_head();
        let writer = writer_column(head.writer);
        if head.number == 0 {
            diesel::insert_into(audit_writers::table).values(audit_writers::writer.eq(&writer)).execute(self.connection())?;
        }
        let record_hash = fields.hash(&writer, head.number + 1);
        let next = head.closed_over(&record_hash, self.audit_keys())?;
        self.keep_chain_head(next.clone());
        Ok(next)
    }
}

/// A writer as columns have it.
pub(in crate::store) fn writer_column(writer: Uuid) -> String {
    writer.as_hyphenated().to_string()
}
