//! Random records and random questions: the registry answers what a reading of the standard in plain loops answers.

mod expected_answers;
mod expected_registry;
mod query_properties;
mod questions;
mod statement_count;
mod submissions;
mod visibility_properties;
