//! How many statements something costs, for tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::{Connection, Instrumentation, InstrumentationEvent};

use super::Store;
use super::connection::Pooled;

#[derive(Clone, Default)]
struct Counter(Arc<AtomicUsize>);

impl Instrumentation for Counter {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if matches!(event, InstrumentationEvent::StartQuery { .. }) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Store {
    /// The statements that run meanwhile, on connections that are open already.
    pub(crate) fn statements_of(&self, act: impl FnOnce()) -> usize {
        let counter = Counter::default();
        let set = |counter: &Counter| {
            for pool in [&self.database.readers, &self.database.writers] {
                let open: Vec<Pooled> = (0..pool.state().connections).map(|_| pool.get().unwrap()).collect();
                open.into_iter().for_each(|mut connection| connection.set_instrumentation(counter.clone()));
            }
        };
        set(&counter);
        act();
        let counted = counter.0.load(Ordering::Relaxed);
        // What comes later is counted elsewhere.
        set(&Counter::default());
        counted
    }
}
