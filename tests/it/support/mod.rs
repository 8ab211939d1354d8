//! What the tests against a running server share.

pub(crate) mod schema_validity;
