//! Walks over the whole trail and says what is not as the server left it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;
use uuid::Uuid;

use super::amendments::{Amendment, hash_of};
use super::chain_walk::ChainWalk;
use super::seals::{SealRow, SealedLink, SealedLinks, root_of, seal_of};
use super::{AuditKeys, ChainedRow};
use crate::model::trail::{Finding, Seal, Verification};
use crate::store::schema::{audit_amendments, audit_event_patients, audit_events, audit_writers};
use crate::store::{Read, Store, StoreError};

/// Rows in memory at a time.
const PAGE: i64 = 1_000;

/// What is known while the trail is walked over.
pub(super) struct Findings {
    pub(super) found: Verification,
    pub(super) most: usize,
    /// The certificates met: what each removal's amendments hash to.
    pub(super) certificates: HashMap<Uuid, String>,
}

impl Findings {
    pub(super) fn add(&mut self, finding: Finding) {
        if self.found.findings.len() < self.most {
            self.found.findings.push(finding);
        } else {
            self.found.more = true;
        }
    }
}

impl Store {
    /// Walks over the whole audit trail as it is now; lists at most so many findings. Memory is bounded, time grows with the
    /// trail.
    ///
    /// # Errors
    /// The database failed.
    pub fn verify_trail(&self, most: usize) -> Result<Verification, StoreError> {
        self.read(|tx| tx.verify_trail(self.audit_keys(), most))
    }
}

impl Read {
    fn verify_trail(&mut self, keys: &AuditKeys, most: usize) -> Result<Verification, StoreError> {
        let mut findings = Findings { found: Verification::default(), most, certificates: HashMap::new() };
        let sealed = self.verify_seals(keys, &mut findings)?;
        for (writer, listed) in self.writers(&sealed)? {
            let sealed = sealed.get(&writer);
            if listed != sealed.map_or(0, |sealed| sealed.number) {
                findings.add(Finding::UnknownSeal { writer: writer.parse().unwrap_or_default(), number: listed });
            }
            self.verify_chain(&writer, sealed, keys, &mut findings)?;
        }
        self.verify_unchained(&mut findings)?;
        self.verify_receptions(&mut findings)?;
        self.verify_removals(&mut findings)?;
        Ok(findings.found)
    }

    fn verify_seals(&mut self, keys: &AuditKeys, findings: &mut Findings) -> Result<SealedLinks, StoreError> {
        let (mut sealed, mut before): (SealedLinks, Option<(i64, String)>) = (HashMap::new(), None);
        loop {
            let rows = self.seals_after(before.as_ref().map_or(i64::MIN, |(number, _)| *number), PAGE)?;
            for row in &rows {
                let (last, hash) = before.take().unwrap_or_default();
                if last + 1 < row.number {
                    findings.add(Finding::MissingSeals { first: last + 1, last: row.number - 1 });
                }
                let follows = last + 1 == row.number;
                match seal_of(row).filter(|seal| is_signed(seal, row, keys)) {
                    Some(seal) if !follows || seal.previous == hash => note_heads(seal, &mut sealed, findings),
                    _ => findings.add(Finding::BrokenSeal { seal: row.number }),
                }
                findings.found.seals += 1;
                before = Some((row.number, row.hash()));
            }
            if (rows.len() as i64) < PAGE {
                return Ok(sealed);
            }
        }
    }

    /// All chains of which any table tells, each with the link that the list of chains calls the last sealed.
    fn writers(&mut self, sealed: &SealedLinks) -> Result<BTreeMap<String, i64>, StoreError> {
        let mut writers: BTreeMap<String, i64> = sealed.keys().map(|writer| (writer.clone(), 0)).collect();
        let amended = audit_amendments::table.select(audit_amendments::writer).distinct().load::<String>(self.connection())?;
        let of_records = audit_events::table.filter(audit_events::writer.is_not_null()).select(audit_events::writer).distinct();
        let of_records = of_records.load::<Option<String>>(self.connection())?.into_iter().flatten();
        writers.extend(amended.into_iter().chain(of_records).map(|writer| (writer, 0)));
        writers.extend(audit_writers::table.load::<(String, i64)>(self.connection())?);
        Ok(writers)
    }

    fn verify_chain(
        &mut self,
        writer: &str,
        sealed: Option<&SealedLink>,
        keys: &AuditKeys,
        findings: &mut Findings,
    ) -> Result<(), StoreError> {
        let amendments = audit_amendments::table.filter(audit_amendments::writer.eq(writer)).select(Amendment::as_select());
        let mut walk = ChainWalk::new(writer, sealed, amendments.load(self.connection())?, keys, findings);
        let mut after = i64::MIN;
        loop {
            let links = audit_events::table.filter(audit_events::writer.eq(writer)).filter(audit_events::number.gt(after));
            let page = links.order(audit_events::number).limit(PAGE).select(ChainedRow::as_select());
            let rows: Vec<ChainedRow> = page.load(self.connection())?;
            let others = self.other_patients(&rows)?;
            for row in &rows {
                walk.link(row, others.get(&row.sequence))?;
                after = row.number.unwrap_or(after);
            }
            self.verify_received(&rows, &mut walk)?;
            if (rows.len() as i64) < PAGE {
                walk.end();
                return Ok(());
            }
        }
    }

    /// The patients beyond the first, as the rows beside these records say.
    fn other_patients(&mut self, rows: &[ChainedRow]) -> Result<HashMap<i64, BTreeSet<String>>, StoreError> {
        let mut others: HashMap<i64, BTreeSet<String>> = HashMap::new();
        for rows in rows.chunks(500) {
            let sequences: Vec<i64> = rows.iter().map(|row| row.sequence).collect();
            let beside = audit_event_patients::table.filter(audit_event_patients::sequence.eq_any(sequences));
            let beside: Vec<(i64, String)> =
                beside.select((audit_event_patients::sequence, audit_event_patients::patient_id)).load(self.connection())?;
            for (sequence, patient) in beside {
                others.entry(sequence).or_default().insert(patient);
            }
        }
        Ok(others)
    }

    /// Records in no chain are from before there were chains, or not the server's.
    fn verify_unchained(&mut self, findings: &mut Findings) -> Result<(), StoreError> {
        let unchained = audit_events::table.filter(audit_events::writer.is_null().or(audit_events::number.is_null()));
        let count: i64 = unchained.count().get_result(self.connection())?;
        findings.found.unchained = u64::try_from(count).unwrap_or(0);
        if findings.found.seals > 0 {
            let limit = i64::try_from(findings.most).unwrap_or(i64::MAX).saturating_add(1);
            let names: Vec<String> =
                unchained.order(audit_events::sequence).limit(limit).select(audit_events::id).load(self.connection())?;
            names.into_iter().for_each(|event| findings.add(Finding::Unchained { event }));
        }
        Ok(())
    }

    /// Each removal has a certificate in the trail, which names its amendments.
    fn verify_removals(&mut self, findings: &mut Findings) -> Result<(), StoreError> {
        let removals: Vec<String> = audit_amendments::table
            .select(audit_amendments::removal)
            .distinct()
            .order(audit_amendments::removal)
            .load(self.connection())?;
        for removal in removals {
            let of_it = audit_amendments::table.filter(audit_amendments::removal.eq(&removal)).select(Amendment::as_select());
            let sha256 = hash_of(&mut of_it.load::<Amendment>(self.connection())?);
            let certified = removal.parse().ok().and_then(|id| findings.certificates.get(&id));
            if certified != Some(&sha256) {
                findings.add(Finding::Uncertified { removal });
            }
        }
        Ok(())
    }
}

fn is_signed(seal: &Seal, row: &SealRow, keys: &AuditKeys) -> bool {
    let signed = |key: &super::AuditKey| key.id() == seal.key && key.has_signed(row.content.as_bytes(), &row.signature).unwrap_or(false);
    seal.number == row.number && seal.root == root_of(&seal.heads) && keys.all().any(signed)
}

fn note_heads(seal: Seal, sealed: &mut SealedLinks, findings: &mut Findings) {
    findings.found.sealed_until = Some(seal.sealed_at);
    for head in seal.heads {
        sealed.insert(head.writer.to_string(), SealedLink { number: head.number, digest: head.digest, seal: seal.number });
    }
}
