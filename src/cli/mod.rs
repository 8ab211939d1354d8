//! The `dossier` command line.
