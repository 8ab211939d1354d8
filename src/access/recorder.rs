//! One commit for the records of all calls that end at about the same time.
//!
//! A call that changes nothing has no transaction of its own to which its record could belong, and yet it is answered only once its
//! record is durable. Whoever comes first commits for all who wait; those who come meanwhile wait for the next commit, which again is
//! one for all of them. Alone, a caller waits for nobody (`docs/adr/0023`).

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::{iter, mem};

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
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Arc<Pending>>,
    /// Whether somebody commits now, or has been told to.
    is_busy: bool,
}

/// A record of one call, and whoever waits for it.
struct Pending {
    call: Call,
    audit: Mutex<AuditEvent>,
    standing: Mutex<Standing>,
    changed: Condvar,
}

/// What its caller does.
#[derive(Debug, Default)]
enum Standing {
    /// Waits for whoever commits.
    #[default]
    Waits,
    /// Commits next.
    Leads,
    /// Goes on.
    Ended(Result<(), Failure>),
}

impl Recorder {
    /// Adds a record to the trail; it is durable when this returns `Ok`.
    pub(super) fn record(&self, store: &Store, call: &Call, audit: AuditEvent) -> Result<(), Failure> {
        let own = Arc::new(Pending::new(call, audit));
        if self.enqueue(&own) {
            own.stand(Standing::Leads);
        }
        loop {
            match own.next_standing() {
                Standing::Leads => self.turn().commit(store),
                Standing::Ended(outcome) => return outcome,
                Standing::Waits => {}
            }
        }
    }

    /// Whether nobody commits, so that the one who comes has to.
    fn enqueue(&self, pending: &Arc<Pending>) -> bool {
        let mut queue = locked(&self.queue);
        queue.waiting.push_back(Arc::clone(pending));
        !mem::replace(&mut queue.is_busy, true)
    }

    /// The turn of those who came first.
    fn turn(&self) -> Turn<'_> {
        let waiting = &mut locked(&self.queue).waiting;
        let count = waiting.len().min(MOST);
        Turn { recorder: self, batch: waiting.drain(..count).collect(), outcomes: Vec::new() }
    }

    /// The first of those who wait commits next. Each is woken alone, for all would wait for this lock.
    fn pass_on(&self) {
        let mut queue = locked(&self.queue);
        match queue.waiting.front() {
            Some(next) => next.stand(Standing::Leads),
            None => queue.is_busy = false,
        }
    }
}

/// The turn of whoever commits.
struct Turn<'a> {
    recorder: &'a Recorder,
    batch: Vec<Arc<Pending>>,
    /// What became of each; fewer if the commit did not come back.
    outcomes: Vec<Result<(), Failure>>,
}

impl Turn<'_> {
    fn commit(mut self, store: &Store) {
        self.outcomes = commit(store, &self.batch);
    }
}

impl Drop for Turn<'_> {
    /// Lets the next one write, and then all whose records were written go, whatever became of them.
    fn drop(&mut self) {
        self.recorder.pass_on();
        // Nobody knows what a commit did that did not come back.
        let unknown = iter::repeat_with(|| Err(Failure::Store(StoreError::Unconfirmed)));
        for (pending, outcome) in self.batch.iter().zip(self.outcomes.drain(..).chain(unknown)) {
            pending.stand(Standing::Ended(outcome));
        }
    }
}

/// Commits these together; gives what became of each. A record that cannot be kept beside the others does not keep them out; a
/// database that is out of reach, or does not say whether it committed, ends all of them at once, for each further attempt would make
/// everybody wait again.
fn commit(store: &Store, batch: &[Arc<Pending>]) -> Vec<Result<(), Failure>> {
    match (store.write(|tx| batch.iter().try_for_each(|pending| pending.keep(tx))), batch) {
        (outcome, [_]) => vec![outcome],
        (Ok(()), _) => batch.iter().map(|_| Ok(())).collect(),
        (Err(Failure::Audit(_)), _) => one_by_one(store, batch),
        (Err(failure), _) => all_alike(batch, &failure).collect(),
    }
}

fn one_by_one(store: &Store, batch: &[Arc<Pending>]) -> Vec<Result<(), Failure>> {
    let mut outcomes = Vec::new();
    for (number, pending) in batch.iter().enumerate() {
        match store.write(|tx| pending.keep(tx)) {
            Err(failure @ Failure::Store(_)) => {
                outcomes.extend(all_alike(batch.get(number..).unwrap_or_default(), &failure));
                break;
            }
            outcome => outcomes.push(outcome),
        }
    }
    outcomes
}

fn all_alike(batch: &[Arc<Pending>], failure: &Failure) -> impl Iterator<Item = Result<(), Failure>> {
    let error = if let Failure::Store(error) = failure { error.clone() } else { StoreError::Unconfirmed };
    batch.iter().map(move |_| Err(Failure::Store(error.clone())))
}

impl Pending {
    fn new(call: &Call, audit: AuditEvent) -> Self {
        Self { call: call.clone(), audit: Mutex::new(audit), standing: Mutex::default(), changed: Condvar::new() }
    }

    fn keep(&self, tx: &mut Write) -> Result<(), Failure> {
        keep(tx, &self.call, &mut locked(&self.audit))
    }

    /// What its caller does now, when it no longer waits.
    fn next_standing(&self) -> Standing {
        let mut standing = locked(&self.standing);
        while matches!(*standing, Standing::Waits) {
            standing = self.changed.wait(standing).unwrap_or_else(PoisonError::into_inner);
        }
        mem::take(&mut standing)
    }

    fn stand(&self, standing: Standing) {
        *locked(&self.standing) = standing;
        self.changed.notify_one();
    }
}
/// What a thread that panicked held is whole: each change under these locks is one step.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "recorder_tests.rs"]
mod tests;
