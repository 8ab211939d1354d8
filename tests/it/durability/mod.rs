//! What was acknowledged stays, what was not leaves nothing half: under SIGKILL, under tampering, under races.

pub mod audit_trail;
mod checks;
mod consumer;
mod feed_kills;
mod kills;
mod load;
mod purge_kills;
mod races;
pub mod random;
mod tampering;
