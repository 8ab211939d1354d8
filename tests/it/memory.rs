//! Stored files that were changed or removed behind the server's back.
