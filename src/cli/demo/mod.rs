//! `dossier demo`: a server with a sample population, on this machine only.

mod announcing;
mod arguments;
mod failure;
mod folder;
mod importing;
mod open;
mod progress;
mod settings_file;
mod shell;
mod story;

pub use arguments::Demo;
pub(super) use folder::DemoFolder;
