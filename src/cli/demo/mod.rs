//! `dossier demo`: a server with a sample population, on this machine only.

mod arguments;
mod loading;
mod progress;
mod summary;
mod trial;

pub use arguments::Demo;
