//! Signs how far the chains have come.

use std::collections::HashMap;

use diesel::prelude::*;
use openssl::sha::sha256;

use super::links::writer_column;
use super::{ChainedRow, merkle};
use crate::model::timestamp::Instant;
use crate::model::trail::{ChainHead, Seal};
use crate::store::rows::{from_json, to_json};
use crate::store::schema::{audit_events, audit_seals, audit_writers};
use crate::store::{Read, StoreError, Write};

/// So many records at a time become links that were in no chain.
const BATCH: i64 = 1_000;

/// A seal as it is kept.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_seals)]
pub(super) struct SealRow {
    pub(super) number: i64,
    pub(super) content: String,
    pub(super) signature: Vec<u8>,
}

impl SealRow {
    /// What the next seal calls it.
    pub(super) fn hash(&self) -> String {
        hex::encode(sha256(&[self.content.as_bytes(), &self.signature].concat()))
    }
}

/// The Merkle root over heads: each leaf is writer, number and digest with spaces between.
pub(super) fn root_of(heads: &[ChainHead]) -> String {
    let leaf = |head: &ChainHead| format!("{} {} {}", writer_column(head.writer), head.number, head.digest).into_bytes();
    hex::encode(merkle::root(&heads.iter().map(leaf).collect::<Vec<_>>()))
}

impl Write {
    /// Seals what was written since the seal before, with the hash by which later seals name this one; nothing where nothing
    /// was written. Records from before there were chains become links with the first seal.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] where another server was quicker.
    pub fn seal_trail(&mut self, now: Instant) -> Result<Option<(Seal, String)>, StoreError> {
        let last: Option<SealRow> =
            audit_seals::table.order(audit_seals::number.desc()).select(SealRow::as_select()).first(self.connection()).optional()?;
        if last.is_none() {
            self.chain_earlier_records()?;
        }
        let heads = self.heads_since_last_seal()?;
        if heads.is_empty() {
            return Ok(None);
        }
        let key = self.audit_keys().current();
        let seal = Seal {
            number: last.as_ref().map_or(1, |last| last.number + 1),
            sealed_at: now,
            key: key.id().to_owned(),
            previous: last.as_ref().map(SealRow::hash).unwrap_or_default(),
            root: root_of(&heads),
            heads,
        };
        let content = to_json(&seal)?;
        let signature = key.sign(content.as_bytes()).map_err(|_| StoreError::Failed("OpenSSL refuses to seal the audit trail"))?;
        let row = SealRow { number: seal.number, content, signature };
        diesel::insert_into(audit_seals::table).values(&row).execute(self.connection())?;
        for head in &seal.heads {
            diesel::update(audit_writers::table.find(writer_column(head.writer)))
                .set(audit_writers::sealed.eq(head.number))
                .execute(self.connection())?;
        }
        Ok(Some((seal, row.hash())))
    }

    fn heads_since_last_seal(&mut self) -> Result<Vec<ChainHead>, StoreError> {
        let writers: Vec<(String, i64)> = audit_writers::table.order(audit_writers::writer).load(self.connection())?;
        let mut heads = Vec::new();
        for (writer, sealed) in writers {
            let newest = audit_events::table.filter(audit_events::writer.eq(&writer)).filter(audit_events::number.gt(sealed));
            let newest = newest.order(audit_events::number.desc()).select(ChainedRow::as_select());
            let Some(row) = newest.first::<ChainedRow>(self.connection()).optional()? else { continue };
            let (Some((_, number, digest)), Ok(writer)) = (row.link(), writer.parse()) else { continue };
            heads.push(ChainHead { writer, number, digest: hex::encode(digest) });
        }
        Ok(heads)
    }

    fn chain_earlier_records(&mut self) -> Result<(), StoreError> {
        loop {
            let unchained = audit_events::table.filter(audit_events::writer.is_null()).order(audit_events::sequence).limit(BATCH);
            let rows: Vec<ChainedRow> = unchained.select(ChainedRow::as_select()).load(self.connection())?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in rows {
                let head = self.next_link(&row.fields())?;
                let link = (
                    audit_events::writer.eq(writer_column(head.writer)),
                    audit_events::number.eq(head.number),
                    audit_events::digest.eq(head.digest),
                );
                diesel::update(audit_events::table.find(row.sequence)).set(link).execute(self.connection())?;
            }
        }
    }
}

impl Read {
    /// Seals after the one of this number, in order, at most `limit`.
    pub(super) fn seals_after(&mut self, number: i64, limit: i64) -> Result<Vec<SealRow>, StoreError> {
        let after = audit_seals::table.filter(audit_seals::number.gt(number)).order(audit_seals::number).limit(limit);
        Ok(after.select(SealRow::as_select()).load(self.connection())?)
    }
}

/// The links that seals say they cover, by chain; the last of each.
pub(super) type SealedLinks = HashMap<String, SealedLink>;

/// A link that a seal says it covers.
pub(super) struct SealedLink {
    pub(super) number: i64,
    pub(super) digest: String,
    pub(super) seal: i64,
}

/// What a seal says; nothing where it is none.
pub(super) fn seal_of(row: &SealRow) -> Option<Seal> {
    from_json("audit_seals", &row.content).ok()
}
