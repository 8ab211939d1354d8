//! What a server does when something that it needs is not there: room, the audit trail, its repositories, itself.

mod delivery;
mod no_audit;
mod no_room;
mod requests;
