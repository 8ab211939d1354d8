//! This server as an audit record repository (ITI TF-2: 3.20, 3.81, 3.82): it keeps what other systems report, and gives the
//! operator's staff what is kept.
//!
//! What patients did and what was done to their records is told by the activity history alone, under the rules of the record
//! (access rules, 8): the operator gets the trail's technical records and what other systems reported.

use uuid::Uuid;

use crate::model::audit_action::AuditAction;
use crate::model::audit_event::{AuditEvent, Transaction};
use crate::model::dsp::{Denial, Ground, Quality};
use crate::model::hl7_types::PatientId;
use crate::model::received_record::{IncomingRecord, ReceivedRecord};
use crate::model::timestamp::Instant;
use crate::store::contents::ContentStore;
use crate::store::{Read, RecordPosition, StoredEvent, Write};

use super::caller::caller;
use super::door::{keep, note_reason};
use super::{ActRefusal, Admitted, Call, Door, Failure, Policy, Reading, Reason, Writing};

/// Records that one statement reads.
const PAGE: i64 = 200;
/// Records that one search looks through; a filter that few of so many pass is too costly.
pub const MOST_RECORDS: usize = 20_000;

/// A record of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditRecord {
    /// Of the trail of this server.
    Own(Box<StoredEvent>),
    /// Of another system.
    Received(Box<ReceivedRecord>),
}

impl AuditRecord {
    /// Where it stands: newest come first.
    pub fn position(&self) -> RecordPosition {
        match self {
            Self::Own(stored) => (Instant(stored.position.0), stored.id),
            Self::Received(record) => (record.recorded_at, record.id),
        }
    }
}

/// Which records of the repository are looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordWindow {
    /// Not before this.
    pub from: Instant,
    /// Before this place.
    pub before: RecordPosition,
    /// Whether the trail of this server is looked through, too.
    pub own: bool,
}

/// What a search does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It looks at further records.
    GoOn,
    /// It has enough.
    Stop,
}

impl Door {
    /// Keeps records that a system sent, all of them or none, each with a record of the trail that tells of its reception and
    /// chains it. They are durable when this returns, under the names that it gives.
    ///
    /// # Errors
    /// The system is not admitted, may not feed the repository, or the store failed.
    pub fn receive_records(&self, call: &Call, records: &[IncomingRecord]) -> Result<Vec<Uuid>, Failure> {
        let call = &self.admit(call, Transaction::Iti20)?;
        let kept = self.store().write(|tx| {
            self.writing(tx, call, &mut call.audit_event(Transaction::Iti20)).check_feeder()?;
            records.iter().map(|record| keep_received(tx, self.contents(), call, record)).collect::<Result<Vec<_>, Failure>>()
        });
        if let Err(failure) = &kept {
            self.failed(call, Transaction::Iti20, None, failure)?;
        }
        kept
    }

    /// The same for datagrams, which prove nothing of their sender: that they are listened to is the operator's decision.
    ///
    /// # Errors
    /// The store failed.
    pub fn receive_datagrams(&self, call: &Call, records: &[IncomingRecord]) -> Result<Vec<Uuid>, Failure> {
        let call = &Call { admitted: Some(Admitted::OPERATOR), ..call.clone() };
        self.store().write(|tx| records.iter().map(|record| keep_received(tx, self.contents(), call, record)).collect())
    }

    /// Whether the caller gets what the repository has.
    ///
    /// # Errors
    /// The store failed.
    pub fn reads_repository(&self, call: &Call) -> Result<bool, Failure> {
        self.store().read(|tx| is_staff(&self.policy, tx, call))
    }

    /// Hands records to `take`, newest first, until it has enough. That somebody did is in the trail when this returns.
    ///
    /// # Errors
    /// The caller is not of the operator's staff, or too many records would have to be looked through.
    pub fn repository_records(
        &self,
        call: &Call,
        transaction: Transaction,
        window: RecordWindow,
        take: &mut dyn FnMut(AuditRecord) -> Next,
    ) -> Result<(), Failure> {
        self.read(call, transaction, |reading| {
            reading.open_repository()?;
            let mut left = MOST_RECORDS;
            reading.look_through(window, &mut |record| {
                left = left.checked_sub(1)?;
                Some(take(record))
            })
        })
    }

    /// One record of the repository.
    ///
    /// # Errors
    /// The caller is not of the operator's staff.
    pub fn repository_record(&self, call: &Call, id: Uuid) -> Result<Option<AuditRecord>, Failure> {
        self.read(call, Transaction::Iti81, |reading| {
            reading.open_repository()?;
            if let Some(record) = reading.tx.received_record(id)? {
                return Ok(Some(AuditRecord::Received(Box::new(opened(&**reading.contents, record)?))));
            }
            let is_open = reading.policy.rules().is_none();
            let own = reading.tx.audit_event(id)?.filter(|stored| is_open || stored.event.patient_ids.is_empty());
            Ok(own.map(|stored| AuditRecord::Own(Box::new(stored))))
        })
    }

    /// Hands all received records to `take`, newest first, for whoever runs the program on the store. That somebody asked is in
    /// the trail before anything is shown.
    ///
    /// # Errors
    /// The store failed.
    pub fn all_received_records(
        &self,
        call: &Call,
        (from, until): (Instant, Instant),
        take: &mut dyn FnMut(ReceivedRecord) -> Next,
    ) -> Result<(), Failure> {
        let mut audit = call.audit_event(Transaction::Iti82);
        audit.action = Some(AuditAction::ReadHistory);
        note_reason(&mut audit, Reason::Ground(Ground::Operator));
        self.store().write(|tx| keep(tx, call, &mut audit))?;
        let mut before = (until, Uuid::nil());
        loop {
            let page = self.store().read::<_, Failure>(|tx| Ok(tx.received_records(from, before, PAGE)?))?;
            let Some(last) = page.last() else { return Ok(()) };
            before = (last.recorded_at, last.id);
            for record in page {
                if take(opened(self.contents(), record)?) == Next::Stop {
                    return Ok(());
                }
            }
        }
    }
}

/// Keeps one record and the event of its reception. Patients count who are known here: the record goes with theirs.
fn keep_received(tx: &mut Write, contents: &dyn ContentStore, call: &Call, record: &IncomingRecord) -> Result<Uuid, Failure> {
    let id = Uuid::new_v4();
    let mut event: AuditEvent = call.audit_event(Transaction::Iti20);
    for patient in &record.patient_ids {
        let Ok(patient_id) = patient.parse::<PatientId>() else { continue };
        if tx.patient(&patient_id)?.is_some() {
            event.patient_ids.push(patient_id.to_string());
        }
    }
    let kept = ReceivedRecord {
        id,
        received_at: call.now,
        recorded_at: record.recorded_at.unwrap_or(call.now),
        transport: record.transport,
        format: record.format,
        sender: call.source_address.clone(),
        certificate: event.node.as_ref().map(|node| node.subject.clone()),
        names: record.names.clone(),
        content: contents.seal_text(&context(id), &record.content)?,
    };
    tx.insert_received_record(&kept, &mut event).map_err(Failure::Audit)?;
    Ok(id)
}

/// What binds the encrypted bytes of a record to its name.
fn context(id: Uuid) -> Vec<u8> {
    format!("received audit record {id}").into_bytes()
}

fn opened(contents: &dyn ContentStore, record: ReceivedRecord) -> Result<ReceivedRecord, Failure> {
    // What was changed in the database is shown empty, and `dossier audit verify` names it.
    let content = contents.open_text(&context(record.id), &record.content)?.unwrap_or_default();
    Ok(ReceivedRecord { content, ..record })
}

fn is_staff(policy: &Policy, tx: &mut Read, call: &Call) -> Result<bool, Failure> {
    Ok(policy.rules().is_none() || caller(tx, call)?.is_some_and(|caller| caller.quality == Quality::Operator))
}

fn not_entitled(audit: &mut AuditEvent) -> Failure {
    note_reason(audit, Reason::Denial(Denial::NotEntitled));
    ActRefusal::Denied(Denial::NotEntitled).into()
}

impl Writing<'_> {
    /// Connected systems feed the repository, and the operator's staff, who restore an archive. People do not report.
    fn check_feeder(&mut self) -> Result<(), Failure> {
        let is_system = self.call.person.is_none() && self.call.node.proven().is_some();
        if is_system || is_staff(self.policy, self.tx, self.call)? { Ok(()) } else { Err(not_entitled(self.audit)) }
    }
}

impl Reading<'_> {
    fn open_repository(&mut self) -> Result<(), Failure> {
        self.audit.action = Some(AuditAction::ReadHistory);
        if !is_staff(self.policy, self.tx, self.call)? {
            return Err(not_entitled(self.audit));
        }
        let reason = if self.policy.rules().is_none() { Reason::OpenPolicy } else { Reason::Ground(Ground::Operator) };
        note_reason(self.audit, reason);
        Ok(())
    }

    /// Both kinds in one order. Each page is taken up to where the other ends, so that none is passed over.
    fn look_through(&mut self, window: RecordWindow, take: &mut dyn FnMut(AuditRecord) -> Option<Next>) -> Result<(), Failure> {
        let mut before = window.before;
        let of_patients = self.policy.rules().is_none();
        loop {
            let received = self.tx.received_records(window.from, before, PAGE)?;
            let own = if window.own { self.tx.own_events(window.from, before, of_patients, PAGE)? } else { Vec::new() };
            let is_full = |length: usize| length >= usize::try_from(PAGE).unwrap_or(usize::MAX);
            let ends = [
                received.last().filter(|_| is_full(received.len())).map(|record| (record.recorded_at, record.id)),
                own.last().filter(|_| is_full(own.len())).map(|stored| (Instant(stored.position.0), stored.id)),
            ];
            let end = ends.into_iter().flatten().max();
            let received = received.into_iter().map(|record| AuditRecord::Received(Box::new(record)));
            let mut records: Vec<_> = received.chain(own.into_iter().map(|stored| AuditRecord::Own(Box::new(stored)))).collect();
            records.sort_by_key(|record| std::cmp::Reverse(record.position()));
            for record in records.into_iter().take_while(|record| end.is_none_or(|end| record.position() >= end)) {
                let record = match record {
                    AuditRecord::Received(record) => AuditRecord::Received(Box::new(opened(&**self.contents, *record)?)),
                    own @ AuditRecord::Own(_) => own,
                };
                match take(record) {
                    Some(Next::GoOn) => {}
                    Some(Next::Stop) => return Ok(()),
                    None => return Err(super::history::too_costly()),
                }
            }
            match end {
                Some(end) => before = end,
                None => return Ok(()),
            }
        }
    }
}
