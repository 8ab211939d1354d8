//! The `dossier` command line: one file for each subcommand.
//!
//! Results go to standard output, everything else to standard error; exit codes are those of [`Exit`].

mod act_as;
mod arguments;
mod audit;
pub mod client;
mod config;
mod days;
mod demo;
mod failure;
mod gc;
mod history;
mod import;
mod logging;
mod migrate;
mod output;
mod patient_argument;
mod pki;
mod policy;
mod retention;
mod run;
mod serve;
mod server_time;
mod token;

pub use arguments::{Arguments, Command, Configured, Global};
pub use audit::Audit;
pub use config::Config;
pub use days::Days;
pub use demo::Demo;
pub use failure::{Exit, Failure};
pub use gc::Gc;
pub use history::History;
pub use import::{Directory, Import, ImportFormat};
pub use logging::start_logging;
pub use migrate::Migrate;
pub use output::{print_bytes, print_json, print_text, shown};
pub use patient_argument::patient_argument;
pub use pki::Pki;
pub use policy::Policy;
pub use retention::Retention;
pub use run::main;
pub use serve::Serve;
pub use token::Token;
