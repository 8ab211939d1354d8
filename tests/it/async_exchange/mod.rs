//! Asynchronous Web services exchange (ITI TF-2: V.5): answers that come to an address of the asker's.

mod delivery;
mod refusals;
pub mod scene;
mod transactions;
