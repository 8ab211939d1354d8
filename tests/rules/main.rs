//! The access rules as pure functions: the sample population's expectations, and random cases against a second,
//! independent reading of the rules.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod callers;
mod case_records;
mod cases;
mod documents;
mod naive;
mod outcomes;
mod personas;
mod random;
mod records;
mod times;
