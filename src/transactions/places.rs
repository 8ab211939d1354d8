//! A bounded number of places for work that costs memory.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Places that are taken and given back. Nobody waits for one: who finds none is told to come again.
#[derive(Debug)]
pub struct Places(AtomicUsize);

impl Places {
    /// So many free places.
    pub fn new(count: usize) -> Self {
        Self(AtomicUsize::new(count))
    }

    /// Takes a place until the guard is dropped; nothing if none is free.
    pub fn take(&self) -> Option<Place<'_>> {
        self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, |free| free.checked_sub(1)).ok().map(|_| Place(self))
    }
}

/// A place that is taken.
#[derive(Debug)]
pub struct Place<'a>(&'a Places);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_its_guard_is_gone() {
        let places = Places::new(1);
        let taken = places.take();
        assert!(taken.is_some() && places.take().is_none());
        drop(taken);
        assert!(places.take().is_some());
    }
}
