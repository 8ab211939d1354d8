//! `dossier client`: a tester's client for any XDS.b server and patient identity feed.

mod caller;
mod code_text;
mod feed;
mod find;
mod metadata;
mod mime_type;
mod note;
mod output_file;
mod printable;
mod refusal;
mod register_on_demand;
mod registered;
mod retrieve;
mod run;
mod run_feed;
mod run_find;
mod run_register_on_demand;
mod run_retrieve;
mod run_submit;
mod submission;
mod submit;
mod trust;
mod values;

pub use caller::Caller;
pub use code_text::CodeText;
pub use feed::{Event, Feed, Sex};
pub use find::{Find, Status};
pub use metadata::Metadata;
pub use register_on_demand::RegisterOnDemand;
pub use retrieve::Retrieve;
pub use submit::Submit;
pub use trust::Trust;
pub use values::{assertion, dtm, patient};

use note::note;
use printable::printable;

use clap::{Args, Subcommand};

const EXAMPLES: &str = "\
Examples (against `dossier demo`):
  dossier client feed A04 --patient '1958031498124^^^&1.3.182.4.4&ISO' --name MUSTER^ERIKA --birth-date 19600401 --sex F
  dossier client submit report.pdf --patient '1958031498124^^^&1.3.182.4.4&ISO'
  dossier client find --patient '1958031498124^^^&1.3.182.4.4&ISO'
  dossier client retrieve UNIQUE_ID --output copy.pdf

Exit codes: 0 done, 1 the work failed (file, network), 2 wrong usage, 5 the server refused.";

/// Submit, find and retrieve documents, and feed patients, on any XDS.b server.
#[derive(Args, Clone)]
#[command(after_help = EXAMPLES)]
pub struct Client {
    /// What to do.
    #[command(subcommand)]
    pub action: Action,
}

/// What the client does.
#[derive(Subcommand, Clone)]
pub enum Action {
    /// Submit a document (ITI-41)
    Submit(Box<Submit>),
    /// Find documents of a patient (ITI-18, FindDocuments)
    Find(Find),
    /// Retrieve a document byte for byte (ITI-43)
    Retrieve(Retrieve),
    /// Register a document that is made each time it is retrieved (ITI-61)
    RegisterOnDemand(RegisterOnDemand),
    /// Tell the server of a patient (ITI-8 over MLLP, ITI-44 over SOAP)
    Feed(Feed),
}
