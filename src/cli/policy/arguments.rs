//! What the subcommand takes.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::explain::Explain;
use super::profile::Profile;
use super::{differences, table};
use crate::cli::{Configured, Failure, print_text};

const EXAMPLES: &str = "\
A profile is a folder with matrix.csv, constraints.csv, transitions.csv, types.csv, confidentiality.csv, durations.csv and rate-limits.csv. Where none is named, the one that comes with
the program (luxembourg-dsp) is meant.

Examples:
  dossier policy show
  dossier policy show --type resultats-biologie
  dossier policy check /etc/dossier/profile
  dossier policy diff /etc/dossier/profile
  dossier policy explain --as D02 --patient 1958031498124 --type resultats-biologie";

/// Show, check, compare or explain the access rules of a deployment: who may read and write what, and why
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Policy {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Say in words who may read and write which type of document, and who may change levels
    Show {
        /// The profile's folder
        folder: Option<PathBuf>,
        /// Only this type of document
        #[arg(long = "type", value_name = "TYPE")]
        document_type: Option<String>,
    },
    /// Check the files of a profile; every fault is told with file and line
    #[command(after_help = "Exit codes: 0 the profile is whole, 3 it is not.")]
    Check {
        /// The profile's folder
        folder: Option<PathBuf>,
    },
    /// Say what changes from one profile to another
    Diff {
        /// The folder of the new profile
        new: PathBuf,
        /// The folder of the old one
        #[arg(long, value_name = "FOLDER")]
        from: Option<PathBuf>,
    },
    /// Say whether somebody may do something with a record, by which rule, and what that rests on
    Explain(Box<Configured<Explain>>),
}

impl Policy {
    /// Runs the subcommand.
    ///
    /// # Errors
    /// A profile with faults, or standard output that cannot be written.
    pub fn run(&self) -> Result<(), Failure> {
        match &self.action {
            Action::Show { folder, document_type } => {
                let profile = Profile::load(folder.as_deref())?;
                print_text(&table::in_words(&profile, document_type.as_deref())?)
            }
            Action::Check { folder } => {
                let profile = Profile::load(folder.as_deref())?;
                let (types, profiles) = (profile.labels.len(), profile.rules.matrix.profiles().len());
                print_text(&format!("the profile is whole: {types} types of documents, {profiles} usage profiles\n"))
            }
            Action::Explain(explain) => explain.action.run(&explain.global),
            Action::Diff { new, from } => {
                let (old, new) = (Profile::load(from.as_deref())?, Profile::load(Some(new.as_path()))?);
                print_text(&differences::in_words(&old.rules, &new.rules))
            }
        }
    }
}
