//! The one door to the store: a decision opens a patient record, and only an opened record reads or writes.
