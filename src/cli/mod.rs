//! The `dossier` command line: one file for each subcommand.
//!
//! Results go to standard output, everything else to standard error; exit codes are those of [`Exit`].

mod act_as;
mod arguments;
pub mod client;
mod config;
mod demo;
mod failure;
mod gc;
mod history;
mod import;
mod logging;
mod migrate;
mod output;
mod pki;
mod policy;
mod retention;
mod run;
mod serve;
mod server_time;
mod token;

pub use arguments::{Arguments, Command, Global};
pub use config::Config;
pub use demo::Demo;
pub use failure::{Exit, Failure};
pub use gc::Gc;
pub use history::{History, Language};
pub use import::{Directory, Import, ImportFormat};
pub use logging::start_logging;
pub use migrate::Migrate;
pub use output::{print_json, print_text};
pub use pki::Pki;
pub use policy::Policy;
pub use retention::Retention;
pub use run::main;
pub use serve::Serve;
pub use token::Token;
