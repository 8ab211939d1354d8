//! Walks over one chain, from its first link to its last.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::amendments::Amendment;
use super::seals::SealedLink;
use super::verify::Findings;
use super::{AuditKey, AuditKeys, ChainedRow};
use crate::model::audit_event::{AuditEvent, Transaction};
use crate::model::trail::Finding;
use crate::store::StoreError;

/// The walk over one chain.
pub(super) struct ChainWalk<'a> {
    writer: Uuid,
    sealed: Option<&'a SealedLink>,
    /// What was removed, by the first link of each stretch.
    removed: BTreeMap<i64, Amendment>,
    /// What was left of links, by number.
    redacted: BTreeMap<i64, Amendment>,
    keys: &'a AuditKeys,
    findings: &'a mut Findings,
    /// The number that comes next.
    next: i64,
    /// What the link before may have been closed with: as it stands there, or as it should. Empty where nobody knows.
    before: Vec<Vec<u8>>,
    sequence: i64,
}

impl<'a> ChainWalk<'a> {
    pub(super) fn new(
        writer: &str,
        sealed: Option<&'a SealedLink>,
        amendments: Vec<Amendment>,
        keys: &'a AuditKeys,
        findings: &'a mut Findings,
    ) -> Self {
        let (mut removed, mut redacted) = (BTreeMap::new(), BTreeMap::new());
        for amendment in amendments {
            if amendment.record_hash.is_none() {
                removed.insert(amendment.first, amendment);
            } else if redacted.get(&amendment.first).is_none_or(|known: &Amendment| known.generation < amendment.generation) {
                redacted.insert(amendment.first, amendment);
            }
        }
        findings.found.chains += 1;
        // A writer that is no UUID was not written by the server; its links do not close, and the finding says nil.
        let writer = writer.parse().unwrap_or_default();
        Self { writer, sealed, removed, redacted, keys, findings, next: 1, before: vec![Vec::new()], sequence: i64::MIN }
    }

    /// The next link there is, with the patients that the rows beside it name.
    pub(super) fn link(&mut self, row: &ChainedRow, others: Option<&BTreeSet<String>>) -> Result<(), StoreError> {
        let number = row.number.unwrap_or_default();
        self.findings.found.records += 1;
        self.advance_to(number);
        if number < self.next || row.sequence <= self.sequence {
            self.findings.add(Finding::Misplaced { writer: self.writer, number, event: row.id.clone() });
        }
        self.sequence = row.sequence.max(self.sequence);
        if number < self.next {
            return Ok(());
        }
        self.next = number.saturating_add(1);
        let digest = row.digest.clone().unwrap_or_default();
        let is_genuine = self.is_closed(row, number, &digest)? & is_named_beside(row, others);
        if is_genuine {
            self.note_certificate(row);
        } else {
            self.findings.add(Finding::Changed { writer: self.writer, number, event: row.id.clone() });
        }
        self.compare_with_seal(number, &digest);
        if self.sealed.is_none_or(|sealed| sealed.number < number) {
            self.findings.found.unsealed += 1;
        }
        Ok(())
    }

    /// What is found while it is walked over.
    pub(super) fn findings(&mut self) -> &mut Findings {
        self.findings
    }

    /// There are no more links.
    pub(super) fn end(mut self) {
        while let Some(first) = self.removed.range(self.next..).next().map(|(first, _)| *first) {
            self.advance_to(first.saturating_add(1));
        }
        if let Some(sealed) = self.sealed.filter(|sealed| sealed.number >= self.next) {
            self.findings.add(Finding::Missing { writer: self.writer, first: self.next, last: sealed.number });
        }
    }

    /// Whether the link closes over its record; what may come after it is known then.
    fn is_closed(&mut self, row: &ChainedRow, number: i64, digest: &[u8]) -> Result<bool, StoreError> {
        let record_hash = row.fields().hash(row.writer.as_deref().unwrap_or_default(), number);
        if let Some(redaction) = self.redacted.get(&number) {
            self.findings.found.redacted += 1;
            self.before = vec![redaction.digest.clone()];
            return Ok(redaction.digest == digest && redaction.record_hash.as_ref() == Some(&record_hash));
        }
        let is_first_known = self.before.is_empty();
        let mut after = vec![digest.to_vec()];
        let mut is_closed = is_first_known;
        for before in &self.before {
            let text = [before.as_slice(), &record_hash].concat();
            for key in self.keys.all() {
                let closed = close(key, &text)?;
                is_closed |= closed == digest;
                after.push(closed);
            }
        }
        self.before = if is_closed { vec![digest.to_vec()] } else { after };
        Ok(is_closed)
    }

    /// Passes over what was removed before the link of this number, and says what is missing.
    fn advance_to(&mut self, number: i64) {
        while self.next < number {
            let Some((&first, stretch)) = self.removed.range(self.next..number).next() else {
                self.miss(number - 1);
                return;
            };
            if self.next < first {
                self.miss(first - 1);
                continue;
            }
            self.findings.found.removed += u64::try_from(stretch.last - stretch.first + 1).unwrap_or(0);
            self.before = vec![stretch.digest.clone()];
            self.next = stretch.last.max(first).saturating_add(1);
            let (last, digest) = (stretch.last, stretch.digest.clone());
            self.compare_with_seal(last, &digest);
        }
    }

    fn miss(&mut self, last: i64) {
        self.findings.add(Finding::Missing { writer: self.writer, first: self.next, last });
        self.before.clear();
        self.next = last.saturating_add(1);
    }

    fn compare_with_seal(&mut self, number: i64, digest: &[u8]) {
        if let Some(sealed) = self.sealed.filter(|sealed| sealed.number == number && sealed.digest != hex::encode(digest)) {
            self.findings.add(Finding::SealedOtherwise { writer: self.writer, number, seal: sealed.seal });
        }
    }

    fn note_certificate(&mut self, row: &ChainedRow) {
        if row.transaction_id != Transaction::LifeCycle.as_str() {
            return;
        }
        let event: Option<AuditEvent> = serde_json::from_str(&row.content).ok();
        let removal = event.and_then(|event| event.purged).and_then(|purged| purged.removal);
        self.findings.certificates.extend(removal.map(|removal| (removal.id, removal.sha256)));
    }
}

fn close(key: &AuditKey, text: &[u8]) -> Result<Vec<u8>, StoreError> {
    key.close(text).map_err(|_| StoreError::Failed("OpenSSL refuses to close a link of the audit trail"))
}

/// Whether the rows beside a record name the patients beyond its first, and nobody else.
fn is_named_beside(row: &ChainedRow, others: Option<&BTreeSet<String>>) -> bool {
    let Ok(event) = serde_json::from_str::<AuditEvent>(&row.content) else { return others.is_none() };
    let first = event.patient_ids.first();
    let named: BTreeSet<String> = event.patient_ids.iter().skip(1).filter(|patient| Some(*patient) != first).cloned().collect();
    others.map_or(named.is_empty(), |others| *others == named)
}
