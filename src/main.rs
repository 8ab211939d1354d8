//! The `dossier` program.

use std::process::ExitCode;

/// Answers are built of many small pieces, and SQLite and OpenSSL allocate as well: this one is for all of them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    dossier::cli::main()
}
