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
        Command::Demo(demo) => demo.run(&arguments.global),
        Command::Serve(serve) => serve.run(&arguments.global),
        Command::Migrate(migrate) => migrate.run(&arguments.global),
        Command::Gc(gc) => gc.run(&arguments.global),
        Command::Import(import) => import.run(&arguments.global),
        Command::Policy(policy) => policy.run(),
        Command::Pki(pki) => pki.run(),
        Command::Client(client) => client.run(),
        Command::Config(config) => config.run(&arguments.global),
    }
}
