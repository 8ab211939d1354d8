//! The story of the sample population, told to a server under the access rules over its public interfaces alone: people with
//! signed assertions and tokens, establishments with their certificates, a clock that is set.

mod acts;
mod connection;
mod expectations;
mod histories;
mod outside;
mod over_soap;
pub mod people;
mod publications;
pub mod server;
mod submissions;
mod telling;
mod turns;
mod visible;
mod visits;
mod year;
