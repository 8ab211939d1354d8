//! What the tests against a running server share.

pub(crate) mod schema_validity;
pub(crate) mod served_program;
