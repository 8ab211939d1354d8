//! From the command line to the action.

use crate::cli::Failure;

use super::{Action, Client};

impl Client {
    /// Runs the subcommand. It needs no settings: everything is on the command line.
    ///
    /// # Errors
    /// What the action gives.
    pub fn run(&self) -> Result<(), Failure> {
        match &self.action {
            Action::Submit(submit) => submit.run(),
            Action::Find(find) => find.run(),
            Action::Retrieve(retrieve) => retrieve.run(),
            Action::RegisterOnDemand(register) => register.run(),
            Action::Feed(feed) => feed.run(),
        }
    }
}
