//! One commit for the records of all calls that end at about the same time.
//!
//! A call that changes nothing has no transaction of its own to which its record could belong, and yet it is answered only once its
//! record is durable. Whoever comes first commits for all who wait; those who come meanwhile wait for the next commit, which again is
//! one for all of them. Alone, a caller waits for nobody (`docs/adr/0023`).

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::model::audit_event::AuditEvent;
use crate::store::{Store, StoreError, Write};

use super::door::keep;
use super::{Call, Failure};

/// Records of one transaction at most, so that it ends soon.
const MOST: usize = 64;

/// Where records wait for their commit.
#[derive(Default)]
pub(super) struct Recorder {
    queue: Mutex<Queue>,
    committed: Condvar,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<Arc<Pending>>,
    /// Whether somebody commits now.
    is_busy: bool,
}

/// A record of one call, and what became of it.
struct Pending {
    call: Call,
    audit: AuditEvent,
    outcome: Mutex<Option<Result<(), Failure>>>,
}

impl Recorder {
    /// Adds a record to the trail; it is durable when this returns `Ok`.
    pub(super) fn record(&self, store: &Store, call: &Call, audit: AuditEvent) -> Result<(), Failure> {
        let own = Arc::new(Pending { call: call.clone(), audit, outcome: Mutex::default() });
        let mut queue = locked(&self.queue);
        queue.waiting.push(Arc::clone(&own));
        loop {
            if let Some(outcome) = locked(&own.outcome).take() {
                return outcome;
            }
            if queue.is_busy {
                queue = self.committed.wait(queue).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let count = queue.waiting.len().min(MOST);
            let turn = Turn { recorder: self, batch: queue.waiting.drain(..count).collect() };
            queue.is_busy = true;
            drop(queue);
            commit(store, &turn.batch);
            drop(turn);
            queue = locked(&self.queue);
        }
    }
}

/// The turn of whoever commits.
struct Turn<'a> {
    recorder: &'a Recorder,
    batch: Vec<Arc<Pending>>,
}

impl Drop for Turn<'_> {
    /// Lets the next one write, and all whose records were written go, whatever became of them.
    fn drop(&mut self) {
        for pending in &self.batch {
            // Only if the commit did not come back; then nobody knows what it did.
            locked(&pending.outcome).get_or_insert(Err(Failure::Store(StoreError::Unconfirmed)));
        }
        locked(&self.recorder.queue).is_busy = false;
        self.recorder.committed.notify_all();
    }
}

/// Commits these together. A record that cannot be kept beside the others does not keep them out; a database that is out of reach, or
/// does not say whether it committed, ends all of them at once, for each further attempt would make everybody wait again.
fn commit(store: &Store, batch: &[Arc<Pending>]) {
    let together = store.write::<_, Failure>(|tx| batch.iter().try_for_each(|pending| pending.keep(tx)));
    match (together, batch) {
        (outcome, [alone]) => alone.end(outcome),
        (Ok(()), _) => batch.iter().for_each(|pending| pending.end(Ok(()))),
        (Err(Failure::Audit(_)), _) => one_by_one(store, batch),
        (Err(failure), _) => end_all(batch, &failure),
    }
}

fn one_by_one(store: &Store, batch: &[Arc<Pending>]) {
    for (number, pending) in batch.iter().enumerate() {
        match store.write(|tx| pending.keep(tx)) {
            Err(failure @ Failure::Store(_)) => return end_all(batch.get(number..).unwrap_or_default(), &failure),
            outcome => pending.end(outcome),
        }
    }
}

fn end_all(batch: &[Arc<Pending>], failure: &Failure) {
    let error = if let Failure::Store(error) = failure { error.clone() } else { StoreError::Unconfirmed };
    batch.iter().for_each(|pending| pending.end(Err(Failure::Store(error.clone()))));
}

impl Pending {
    fn keep(&self, tx: &mut Write) -> Result<(), Failure> {
        keep(tx, &self.call, &mut self.audit.clone())
    }

    fn end(&self, outcome: Result<(), Failure>) {
        *locked(&self.outcome) = Some(outcome);
    }
}

/// What a thread that panicked held is whole: each change under these locks is one step.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "recorder_tests.rs"]
mod tests;
