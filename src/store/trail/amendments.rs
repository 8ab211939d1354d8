//! What the server itself takes out of the chains: the trace of a purged record, and what is technical and old.

use diesel::prelude::*;
use openssl::sha::Sha256;
use uuid::Uuid;

use super::ChainedRow;
use crate::model::trail::TrailRemoval;
use crate::store::schema::audit_amendments;
use crate::store::{StoreError, Write};

/// One stretch of a chain that is gone, or one link whose record says less than it did.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_amendments)]
pub(in crate::store) struct Amendment {
    pub(in crate::store) writer: String,
    pub(in crate::store) first: i64,
    pub(in crate::store) last: i64,
    pub(in crate::store) generation: i64,
    pub(in crate::store) digest: Vec<u8>,
    pub(in crate::store) record_hash: Option<Vec<u8>>,
    pub(in crate::store) removal: String,
}

impl Amendment {
    /// As the hash of a removal takes it: its columns with spaces between and a line feed.
    fn line(&self) -> String {
        let Self { writer, first, last, generation, digest, record_hash, .. } = self;
        let record_hash = record_hash.as_ref().map_or_else(|| "-".to_owned(), hex::encode);
        format!("{writer} {first} {last} {generation} {} {record_hash}\n", hex::encode(digest))
    }
}

/// SHA-256 of the amendments of one removal; they are put in order here.
pub(super) fn hash_of(amendments: &mut [Amendment]) -> String {
    amendments.sort_by(|a, b| (&a.writer, a.first, a.generation).cmp(&(&b.writer, b.first, b.generation)));
    let mut hash = Sha256::new();
    amendments.iter().for_each(|amendment| hash.update(amendment.line().as_bytes()));
    hex::encode(hash.finish())
}

/// The amendments of one removal, while it is under way.
pub(in crate::store) struct Amendments {
    removal: Uuid,
    removed: Vec<(String, i64, Vec<u8>)>,
    redacted: Vec<Amendment>,
}

impl Amendments {
    /// None yet.
    pub(in crate::store) fn new() -> Self {
        Self { removal: Uuid::new_v4(), removed: Vec::new(), redacted: Vec::new() }
    }

    /// This record goes. One that is in no chain leaves none behind.
    pub(in crate::store) fn remove(&mut self, row: &ChainedRow) {
        self.removed.extend(row.link().map(|(writer, number, digest)| (writer.to_owned(), number, digest.to_owned())));
    }

    /// This record becomes another.
    pub(in crate::store) fn redact(&mut self, before: &ChainedRow, after: &super::Fields) {
        let Some((writer, number, digest)) = before.link() else { return };
        self.redacted.push(Amendment {
            record_hash: Some(after.hash(writer, number)),
            writer: writer.to_owned(),
            first: number,
            last: number,
            generation: 0,
            digest: digest.to_owned(),
            removal: self.removal.to_string(),
        });
    }

    /// Stretches of links that follow each other.
    fn stretches(&mut self) -> Vec<Amendment> {
        self.removed.sort();
        let mut stretches: Vec<Amendment> = Vec::new();
        for (writer, number, digest) in self.removed.drain(..) {
            match stretches.last_mut() {
                Some(stretch) if stretch.writer == writer && stretch.last + 1 == number => {
                    stretch.last = number;
                    stretch.digest = digest;
                }
                _ => stretches.push(Amendment {
                    writer,
                    first: number,
                    last: number,
                    generation: 0,
                    digest,
                    record_hash: None,
                    removal: self.removal.to_string(),
                }),
            }
        }
        stretches
    }
}

impl Write {
    /// Keeps the amendments of a removal; gives its name for the certificate, or nothing where it touched no chain.
    pub(in crate::store) fn insert_amendments(&mut self, mut amendments: Amendments) -> Result<Option<TrailRemoval>, StoreError> {
        let mut rows = amendments.stretches();
        rows.append(&mut amendments.redacted);
        for row in &mut rows {
            row.generation = self.next_generation(row)?;
            diesel::insert_into(audit_amendments::table).values(&*row).execute(self.connection())?;
        }
        let sha256 = hash_of(&mut rows);
        Ok((!rows.is_empty()).then_some(TrailRemoval { id: amendments.removal, sha256 }))
    }

    /// A link can be redacted several times, and be removed in the end.
    fn next_generation(&mut self, row: &Amendment) -> Result<i64, StoreError> {
        let earlier =
            audit_amendments::table.filter(audit_amendments::writer.eq(&row.writer)).filter(audit_amendments::first.eq(row.first));
        Ok(earlier.count().get_result::<i64>(self.connection())? + 1)
    }
}
