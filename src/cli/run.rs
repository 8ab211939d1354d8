//! From the command line to the subcommand.

use std::io::{Write as _, stderr};
use std::process::ExitCode;

use clap::Parser as _;

use super::{Arguments, Command, Failure};

/// Runs the program. Wrong usage ends it here, with code 2.
pub fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nothing is left to tell it to if standard error is closed.
            let _ = writeln!(stderr(), "dossier: {failure}");
            failure.exit_code.into()
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::Demo(demo) => demo.action.run(&demo.global),
        Command::Serve(serve) => serve.action.run(&serve.global),
        Command::Migrate(migrate) => migrate.action.run(&migrate.global),
        Command::Retention(retention) => retention.action.run(&retention.global),
        Command::Gc(gc) => gc.action.run(&gc.global),
        Command::Import(import) => import.action.run(&import.global),
        Command::History(history) => history.action.run(&history.global),
        Command::Audit(audit) => audit.action.run(&audit.global),
        Command::Policy(policy) => policy.run(),
        Command::Pki(pki) => pki.run(),
        Command::Token(token) => token.action.run(&token.global),
        Command::Client(client) => client.run(),
        Command::Config(config) => config.action.run(&config.global),
    }
}
