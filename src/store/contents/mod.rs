//! The content store: document bytes, encrypted at rest.
