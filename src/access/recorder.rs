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
    /// What its caller is told next; nothing as long as it has to wait.
    told: Mutex<Option<Word>>,
    changed: Condvar,
}

/// What whoever waits is told.
#[derive(Debug)]
enum Word {
    /// To commit what waits now.
    Commit,
    /// What became of the record.
    Ended(Result<(), Failure>),
}

impl Recorder {
    /// Adds a record to the trail; it is durable when this returns `Ok`.
    pub(super) fn record(&self, store: &Store, call: &Call, audit: AuditEvent) -> Result<(), Failure> {
        let own = Arc::new(Pending::new(call, audit));
        if self.enqueue(&own) {
            self.turn().commit(store);
        }
        loop {
            match own.next_word() {
                Word::Commit => self.turn().commit(store),
                Word::Ended(outcome) => return outcome,
            }
        }
    }

    /// Puts a record behind those that wait; gives whether nobody commits them, so that its caller has to.
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

    /// Whoever has waited longest commits next. Nobody else is woken: they could only wait for this lock.
    fn pass_on(&self) {
        let mut queue = locked(&self.queue);
        match queue.waiting.front() {
            Some(next) => next.tell(Word::Commit),
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
            pending.tell(Word::Ended(outcome));
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
        Self { call: call.clone(), audit: Mutex::new(audit), told: Mutex::default(), changed: Condvar::new() }
    }

    fn keep(&self, tx: &mut Write) -> Result<(), Failure> {
        keep(tx, &self.call, &mut locked(&self.audit))
    }

    /// Waits for what its caller is told next.
    fn next_word(&self) -> Word {
        let mut told = locked(&self.told);
        loop {
            if let Some(word) = told.take() {
                return word;
            }
            told = self.changed.wait(told).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn tell(&self, word: Word) {
        *locked(&self.told) = Some(word);
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
