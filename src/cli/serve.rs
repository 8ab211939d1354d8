//! `dossier serve`: the server.

use clap::Args;

const EXAMPLES: &str = "\
Examples:
  dossier serve --config /etc/dossier/dossier.toml
  dossier serve --config dossier.toml --set http.listen=127.0.0.1:9080 --log-level debug

SIGTERM and Ctrl-C let requests under way finish (limits.shutdown_time).
Exit codes: 0 stopped, 3 wrong settings, 4 port taken, folder unwritable or database not to be had.";

/// Run the server until it is told to stop.
#[derive(Args, Clone, Default)]
#[command(after_help = EXAMPLES)]
pub struct Serve {}
