//! Sockets, TLS, limits and asynchrony; nothing else.
pub mod mllp_listener;
