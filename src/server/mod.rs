//! Sockets, TLS, limits and asynchrony; nothing else.
