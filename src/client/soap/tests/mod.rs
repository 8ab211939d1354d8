//! The client against a server that says what a test tells it to.

mod fake_server;
mod querying;
mod retrieving;
mod submitting;
