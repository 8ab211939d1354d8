//! What was acknowledged stays, what was not leaves nothing half: under SIGKILL, under tampering, under races.

pub mod audit_trail;
mod checks;
mod consumer;
mod kills;
mod load;
mod races;
mod random;
mod tampering;
