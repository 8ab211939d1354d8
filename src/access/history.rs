//! The activity history of a record (access rules, 8), by the *no leak* rule: what a reader may not read, they do not read of
//! either. An entry names documents of this record alone, and of those only what the reader may read now; an entry of
//! which nothing is left is no entry. Nobody is told why an attempt was refused: the rule may be one they must not know of.

use std::collections::HashMap;

use uuid::Uuid;

use crate::model::activity::{Activities, Activity, ActivityDocument, ActivityFilter, ActivityPage};
use crate::model::audit_actor::{Actor, ActorKey, ActorQuality};
use crate::model::audit_event::{AuditEvent, AuditOutcome};
use crate::model::document_entry::DocumentEntry;
use crate::model::dsp::{Activation, Caller, DocumentFacts, Ground, HistoryExtent, Level, MandateKind, Quality, Visibility};
use crate::model::hl7_types::PatientId;
use crate::model::ids::{EntryUuid, UniqueId};
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::stored_query::{MetadataLevel, ObjectIds};
use crate::store::{Read, RecordView, StoreError, StoredEvent};

use super::caller::caller;
use super::door::note_reason;
use super::{Failure, Policy, Reading, Reason};

/// Events that one statement reads.
const EVENTS_AT_A_TIME: i64 = 200;

/// Events that one request looks through; a filter that few of so many pass is too costly.
const MOST_EVENTS: usize = 100_000;

/// What a reader sees of the history of one record.
struct Reader {
    patient_id: PatientId,
    extent: HistoryExtent,
    visibility: Visibility,
    /// Whose entries are seen, where only their own are.
    own: Option<ActorKey>,
}

/// What a document is to a reader.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mention {
    /// It is named.
    Named,
    /// It is not named, but that something was done is no secret.
    Unnamed,
    /// Nothing may tell of it.
    Hidden,
}

/// The documents of a record that events name, by every id that they have.
type Known = HashMap<String, (Mention, DocumentEntry)>;

impl Reading<'_> {
    /// A part of the history of a patient's record, as the caller may see it: empty if they may see nothing, as for a patient who
    /// is unknown. The page is filled by reading on, so that its length tells nothing of what is hidden.
    ///
    /// # Errors
    /// A page that follows an entry which is none of this history, and a search through too many events.
    pub fn history(&mut self, patient_id: &PatientId, filter: &ActivityFilter, page: &ActivityPage) -> Result<Activities, Failure> {
        self.audit.patient_ids.push(patient_id.to_string());
        match self.reader(patient_id)? {
            Some(reader) => reader.page(self.tx, filter, page),
            None => Ok(Activities::default()),
        }
    }

    /// What [`Self::history`] gives the patient themselves, for the operator's own machine: whoever runs the program on the store.
    ///
    /// # Errors
    /// The same.
    pub fn history_as_patient(
        &mut self,
        patient_id: &PatientId,
        filter: &ActivityFilter,
        page: &ActivityPage,
    ) -> Result<Activities, Failure> {
        self.audit.patient_ids.push(patient_id.to_string());
        note_reason(self.audit, Reason::Ground(Ground::Operator));
        self.audit.actor = Some(Actor::of(ActorQuality::Operator));
        let patient_id = patient_id.clone();
        let reader =
            Reader { patient_id, extent: HistoryExtent::EverythingButAnnouncements, visibility: Visibility::Everything, own: None };
        reader.page(self.tx, filter, page)
    }

    /// One entry, as the history of the record in which the caller sees it tells it.
    pub fn activity(&mut self, id: Uuid) -> Result<Option<Activity>, Failure> {
        let Some(stored) = self.tx.audit_event(id)? else { return Ok(None) };
        for patient_id in &stored.event.patient_ids {
            let Ok(patient_id) = patient_id.parse::<PatientId>() else { continue };
            let Some(reader) = self.reader(&patient_id)? else { continue };
            if let Some(activity) = reader.told(self.tx, vec![stored.clone()])?.pop() {
                self.audit.patient_ids.push(patient_id.to_string());
                return Ok(Some(activity));
            }
        }
        Ok(None)
    }

    /// What the caller sees of the history of a record; nothing where they see none of it.
    fn reader(&mut self, patient_id: &PatientId) -> Result<Option<Reader>, Failure> {
        let rules = match self.policy {
            Policy::Open => {
                note_reason(self.audit, Reason::OpenPolicy);
                let patient_id = patient_id.clone();
                return Ok(Some(Reader { patient_id, extent: HistoryExtent::Everything, visibility: Visibility::Everything, own: None }));
            }
            Policy::CareRecord(rules) => rules,
        };
        let standing = match self.standings.towards(self.tx, self.call, patient_id)? {
            Ok(standing) => standing,
            Err(denial) => {
                note_reason(self.audit, Reason::Denial(denial));
                return Ok(None);
            }
        };
        let (Some(caller), Some(stored)) = (caller(self.tx, self.call)?, self.tx.care_record(patient_id)?) else { return Ok(None) };
        match HistoryExtent::of(&caller, &stored.record.state(), self.call.now) {
            Ok(extent) => {
                let ground = ground(&caller, extent, standing.clauses.first().map(|clause| clause.mandate));
                note_reason(self.audit, Reason::Ground(ground));
                let own = (extent == HistoryExtent::Own).then(|| own_key(&caller)).flatten();
                if extent == HistoryExtent::Own && own.is_none() {
                    return Ok(None);
                }
                Ok(Some(Reader { patient_id: patient_id.clone(), extent, visibility: standing.visibility(&rules.matrix), own }))
            }
            Err(denial) => {
                note_reason(self.audit, Reason::Denial(denial));
                Ok(None)
            }
        }
    }
}

/// On what the reading of the history rests.
pub(super) fn ground(caller: &Caller, extent: HistoryExtent, mandate: Option<MandateKind>) -> Ground {
    match (extent, mandate, &caller.quality) {
        (HistoryExtent::Own, ..) => Ground::Author,
        (_, Some(mandate), _) => Ground::Mandate(mandate),
        // The holder of a closed record.
        (_, None, _) => Ground::Mandate(MandateKind::Holder),
    }
}

fn own_key(caller: &Caller) -> Option<ActorKey> {
    match &caller.quality {
        Quality::Professional { id, .. } => Some(ActorKey::Professional(id.to_string())),
        _ => None,
    }
}

impl Reader {
    fn page(&self, tx: &mut Read, filter: &ActivityFilter, page: &ActivityPage) -> Result<Activities, Failure> {
        let mut before = match page.after {
            None => None,
            Some(id) => Some(self.place_of(tx, id)?),
        };
        let (mut found, mut read) = (Vec::new(), 0);
        loop {
            let events = tx.audit_events_of_patient(&self.patient_id, filter, self.own.as_ref(), before, EVENTS_AT_A_TIME)?;
            let is_last = events.len() < usize::try_from(EVENTS_AT_A_TIME).unwrap_or(usize::MAX);
            read += events.len();
            before = events.last().map(|stored| stored.position).or(before);
            found.extend(self.told(tx, events)?.into_iter().filter(|activity| filter.wants(activity)));
            // One more than asked for says whether there is a next page.
            if is_last || found.len() > page.limit {
                let has_more = found.len() > page.limit;
                found.truncate(page.limit);
                return Ok(Activities { entries: found, has_more });
            }
            if read >= MOST_EVENTS {
                return Err(too_costly());
            }
        }
    }

    /// The place of an entry that the reader sees.
    fn place_of(&self, tx: &mut Read, id: Uuid) -> Result<(i64, i64), Failure> {
        let stored = tx.audit_event(id)?.filter(|stored| stored.event.patient_ids.contains(&self.patient_id.to_string()));
        let Some(stored) = stored else { return Err(no_page()) };
        let position = stored.position;
        if self.told(tx, vec![stored])?.is_empty() { Err(no_page()) } else { Ok(position) }
    }

    /// What the reader sees of events of this record.
    fn told(&self, tx: &mut Read, events: Vec<StoredEvent>) -> Result<Vec<Activity>, StoreError> {
        let events: Vec<_> = events.into_iter().filter(|stored| self.may_see(&stored.event)).collect();
        let known = self.known(tx, &events)?;
        Ok(events.into_iter().filter_map(|stored| self.activity(stored, &known)).collect())
    }

    fn may_see(&self, event: &AuditEvent) -> bool {
        // What another system reports is no act in this record.
        event.received.is_none() && (self.own.is_none() || self.own == event.actor.as_ref().and_then(Actor::key))
    }

    /// The documents of this record that the events name: those of other records, and what is no document, are as good as not named.
    fn known(&self, tx: &mut Read, events: &[StoredEvent]) -> Result<Known, StoreError> {
        let ids = || events.iter().flat_map(|stored| &stored.event.object_ids);
        let uuids: Vec<EntryUuid> = ids().filter_map(|id| id.parse().ok()).collect();
        let unique_ids: Vec<UniqueId> = ids().filter(|id| id.parse::<EntryUuid>().is_err()).filter_map(|id| id.parse().ok()).collect();
        let whole = RecordView::whole(&self.patient_id);
        let mut entries = tx.entries_of_record(&whole, &ObjectIds::EntryUuids(uuids), MetadataLevel::Two, i64::MAX)?;
        entries.extend(tx.entries_of_record(&whole, &ObjectIds::UniqueIds(unique_ids), MetadataLevel::Two, i64::MAX)?);
        let facts = tx.document_facts(&entries.iter().map(|entry| entry.entry_uuid).collect::<Vec<_>>())?;
        let mut known = Known::new();
        for entry in entries {
            let Some(facts) = facts.get(&entry.entry_uuid) else { continue };
            let mention = self.mention(facts);
            known.insert(entry.entry_uuid.to_string(), (mention, entry.clone()));
            // Several versions have one id; what hides one of them hides what is said of the document.
            let by_unique_id = known.entry(entry.unique_id.as_str().to_owned()).or_insert((mention, entry));
            by_unique_id.0 = by_unique_id.0.max(mention);
        }
        Ok(known)
    }

    /// The holder knows their own documents, but for those that wait for a professional's word; to all others what they may not
    /// read does not exist.
    fn mention(&self, facts: &DocumentFacts) -> Mention {
        let is_holders = self.extent == HistoryExtent::EverythingButAnnouncements;
        let waits = facts.level == Level::Announcement || facts.activation != Activation::Active;
        match (is_holders, waits, self.visibility.shows(facts)) {
            (true, true, _) | (false, _, false) => Mention::Hidden,
            (true, false, false) => Mention::Unnamed,
            (_, _, true) => Mention::Named,
        }
    }

    /// Whether the reader is told of what names no document that they know. What was done to hidden ones is hidden; what was only
    /// tried looks as if they were not there, but to holders, from whom it is kept until a professional has spoken. Their own attempts
    /// are told all the same: they would learn from the gap.
    fn is_told_without_documents(&self, event: &AuditEvent, has_hidden: bool) -> bool {
        let is_kept = self.extent == HistoryExtent::EverythingButAnnouncements && !is_by_patient(event);
        let is_told = !has_hidden || (event.outcome != AuditOutcome::Success && !is_kept);
        is_told && self.is_told_of_vain(event)
    }

    /// Whether the reader is told of a request that found nothing. One that named objects alone is in this record only because one
    /// of them is: whoever asked, or may not read all of it, would learn from the entry that there is something hidden.
    fn is_told_of_vain(&self, event: &AuditEvent) -> bool {
        !event.asked_by_object
            || match self.extent {
                HistoryExtent::Own => false,
                HistoryExtent::Everything => matches!(self.visibility, Visibility::Everything),
                // An assistant's, too: they read this very history.
                HistoryExtent::EverythingButAnnouncements => !is_by_patient(event),
            }
    }

    fn activity(&self, StoredEvent { id, event, .. }: StoredEvent, known: &Known) -> Option<Activity> {
        let touched: Vec<_> = event.object_ids.iter().filter_map(|id| known.get(id)).collect();
        let is_hidden = |(mention, _): &&(Mention, DocumentEntry)| *mention == Mention::Hidden;
        if touched.iter().all(is_hidden) && !self.is_told_without_documents(&event, !touched.is_empty()) {
            return None;
        }
        let mut documents: Vec<ActivityDocument> = Vec::new();
        for (_, entry) in touched.into_iter().filter(|(mention, _)| *mention == Mention::Named) {
            if documents.iter().all(|document| document.entry_uuid != entry.entry_uuid) {
                documents.push(document(entry));
            }
        }
        // What several records have in common does not say which of them it rested on.
        let ground = if event.patient_ids.len() == 1 { event.ground() } else { None };
        let action = event.action();
        Some(Activity {
            id,
            patient_id: self.patient_id.clone(),
            occurred_at: event.occurred_at,
            transaction: event.transaction,
            action,
            actor: event.actor,
            source_address: event.source_address,
            purposes_of_use: event.purposes_of_use,
            access_reason: event.access_reason,
            ground,
            documents,
            query: event.query,
            outcome: event.outcome,
        })
    }
}

fn is_by_patient(event: &AuditEvent) -> bool {
    event.actor.as_ref().is_some_and(|actor| actor.quality == ActorQuality::Patient)
}

fn document(entry: &DocumentEntry) -> ActivityDocument {
    let title = entry.title.first().or_else(|| entry.type_code.display.first());
    ActivityDocument { entry_uuid: entry.entry_uuid, unique_id: entry.unique_id.clone(), title: title.map(str::to_owned) }
}

fn no_page() -> Failure {
    let context = "the page token names no entry of this history; begin with the search without it";
    Failure::refused(RegistryError::new(ErrorCode::RegistryError, "_page", context))
}

pub(super) fn too_costly() -> Failure {
    let context = "the search looks through more events than one request may; narrow it by date";
    Failure::refused(RegistryError::new(ErrorCode::RegistryError, "date", context))
}
