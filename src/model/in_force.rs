//! A value that another may take the place of while it is being used.

use std::sync::{Arc, PoisonError, RwLock};

/// What is in force now. Whoever took it keeps it; whoever comes next gets the newest.
#[derive(Debug, Default)]
pub struct InForce<T>(RwLock<Arc<T>>);

impl<T> InForce<T> {
    /// Puts the first value in force.
    pub fn new(value: T) -> Self {
        Self(RwLock::new(Arc::new(value)))
    }

    /// The value in force.
    pub fn current(&self) -> Arc<T> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another in force.
    pub fn replace(&self, value: T) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_holds_a_value_keeps_it() {
        let in_force = InForce::new(1);
        let held = in_force.current();
        in_force.replace(2);
        assert_eq!((*held, *in_force.current()), (1, 2));
    }
}
