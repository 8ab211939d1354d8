//! How far the trail is delivered to audit record repositories, and who delivers.

use diesel::dsl::{max, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::model::audit_event::AuditEvent;
use crate::model::timestamp::Instant;

use super::connection::StoreConnection;
use super::rows::from_json;
use super::schema::{audit_deliveries, audit_events};
use super::{Read, StoreError, Write};

/// The end of the trail as one snapshot sees it.
///
/// PostgreSQL gives a record its number when it is written, and shows it when its transaction commits: a record can come to sight
/// before another with a lower number. Whoever reads on after the last number seen would miss that one for ever. But each
/// transaction has a number too, given before those of its records. So whatever is at or below `newest` and not yet in sight
/// belongs to a transaction that was under way at this snapshot, and whose number is below `next`. Once a later snapshot has no
/// transaction under way below `next`, all there will ever be up to `newest` is in sight. This needs no lock and no column, and
/// it forgets nothing if a process ends: another one begins with a snapshot of its own. SQLite has one writer at a time and so
/// no such gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrailEnd {
    /// The highest number of a record in sight; 0 where there is none.
    pub newest: i64,
    /// All transactions with lower numbers have ended.
    pub oldest_running: i64,
    /// No transaction with this number or a higher one had begun.
    pub next: i64,
}

/// How far one repository is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditDelivery {
    /// The number of the last record that it has; 0 where it has none.
    pub sequence: i64,
    /// Failures in a row.
    pub attempts: u32,
    /// Until then only who holds it delivers.
    pub due_at: Instant,
}

type Row = (i64, i32, i64);

fn delivery((sequence, attempts, due_at): Row) -> AuditDelivery {
    AuditDelivery { sequence, attempts: u32::try_from(attempts).unwrap_or(0), due_at: Instant(due_at) }
}

impl Read {
    /// The end of the trail.
    pub fn trail_end(&mut self) -> Result<TrailEnd, StoreError> {
        let newest = |newest: Option<i64>| newest.unwrap_or(0);
        let last = audit_events::table.select(max(audit_events::sequence));
        match self.connection() {
            StoreConnection::Sqlite(sqlite) => Ok(TrailEnd { newest: newest(last.get_result(sqlite)?), oldest_running: 0, next: 0 }),
            // All in one statement, hence of one snapshot.
            StoreConnection::Postgres(pg) => {
                let bound = |name: &str| sql::<BigInt>(&format!("(SELECT pg_snapshot_{name}(pg_current_snapshot())::text::bigint)"));
                let (last, oldest_running, next) =
                    diesel::select((last.single_value(), bound("xmin"), bound("xmax"))).get_result::<(Option<i64>, i64, i64)>(pg)?;
                Ok(TrailEnd { newest: newest(last), oldest_running, next })
            }
        }
    }

    /// How far the repository is; nothing where nobody ever delivered to it.
    pub fn audit_delivery(&mut self, repository: &str) -> Result<Option<AuditDelivery>, StoreError> {
        let columns = (audit_deliveries::sequence, audit_deliveries::attempts, audit_deliveries::due_at);
        let row: Option<Row> = audit_deliveries::table.find(repository).select(columns).first(self.connection()).optional()?;
        Ok(row.map(delivery))
    }

    /// Records after the one numbered `after` up to `until`, oldest first, at most `limit`, each with its number.
    pub fn audit_events_between(&mut self, after: i64, until: i64, limit: i64) -> Result<Vec<(i64, AuditEvent)>, StoreError> {
        let rows: Vec<(i64, String)> = audit_events::table
            .filter(audit_events::sequence.gt(after).and(audit_events::sequence.le(until)))
            .order(audit_events::sequence)
            .limit(limit)
            .select((audit_events::sequence, audit_events::content))
            .load(self.connection())?;
        rows.into_iter().map(|(sequence, content)| Ok((sequence, from_json("audit_events", &content)?))).collect()
    }

    /// When the first record after the one numbered `after` was written.
    pub fn audit_event_time_after(&mut self, after: i64) -> Result<Option<Instant>, StoreError> {
        let next = audit_events::table.filter(audit_events::sequence.gt(after)).order(audit_events::sequence);
        let at: Option<i64> = next.select(audit_events::occurred_at).first(self.connection()).optional()?;
        Ok(at.map(Instant))
    }
}

impl Write {
    /// Lets `holder` alone deliver to the repository until `until`; nothing where another one does, or it is not due.
    pub fn take_audit_delivery(
        &mut self,
        repository: &str,
        holder: &str,
        now: Instant,
        until: Instant,
    ) -> Result<Option<AuditDelivery>, StoreError> {
        if self.audit_delivery(repository)?.is_none() {
            let row = (
                audit_deliveries::repository.eq(repository),
                audit_deliveries::sequence.eq(0_i64),
                audit_deliveries::holder.eq(""),
                audit_deliveries::due_at.eq(now.0),
                audit_deliveries::attempts.eq(0),
            );
            diesel::insert_into(audit_deliveries::table).values(row).execute(self.connection())?;
        }
        // Of two at a time, the second waits for the first and then finds it taken.
        let due = audit_deliveries::table.find(repository).filter(audit_deliveries::due_at.le(now.0));
        let taken = diesel::update(due)
            .set((audit_deliveries::holder.eq(holder), audit_deliveries::due_at.eq(until.0)))
            .execute(self.connection())?;
        if taken == 0 { Ok(None) } else { self.audit_delivery(repository) }
    }

    /// The repository has all up to this record; `holder` keeps it until `due_at`. Says whether it still had it.
    pub fn note_audit_delivered(&mut self, repository: &str, holder: &str, sequence: i64, due_at: Instant) -> Result<bool, StoreError> {
        let held = audit_deliveries::table.find(repository).filter(audit_deliveries::holder.eq(holder));
        let noted = diesel::update(held)
            .set((audit_deliveries::sequence.eq(sequence), audit_deliveries::due_at.eq(due_at.0), audit_deliveries::attempts.eq(0)))
            .execute(self.connection())?;
        Ok(noted > 0)
    }

    /// A delivery failed once more; nobody tries again before `due_at`.
    pub fn put_off_audit_delivery(&mut self, repository: &str, holder: &str, due_at: Instant) -> Result<(), StoreError> {
        let held = audit_deliveries::table.find(repository).filter(audit_deliveries::holder.eq(holder));
        diesel::update(held)
            .set((audit_deliveries::due_at.eq(due_at.0), audit_deliveries::attempts.eq(audit_deliveries::attempts + 1)))
            .execute(self.connection())?;
        Ok(())
    }
}
