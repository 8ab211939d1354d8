//! `dossier demo`: a server with a sample population, on this machine only.

mod arguments;
mod failure;
mod loading;
mod progress;
mod summary;

pub use arguments::Demo;
