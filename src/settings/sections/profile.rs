//! Which rules hold, and for whom the server runs.

use std::path::PathBuf;

use crate::settings::declaration::section;
use crate::settings::kinds::choice;

choice! {
    /// The rules of a deployment: codes, access, retention.
    Profile expects "\"ihe-connectathon\" or \"luxembourg-dsp\"" {
        /// Open to every caller, with the vocabulary of the IHE test kit; for tests and demonstrations only.
        IheConnectathon = "ihe-connectathon",
        /// The Luxembourg shared care record (DSP) with its access rules.
        LuxembourgDsp = "luxembourg-dsp",
    }
}

choice! {
    /// For whom the server runs.
    Environment expects "\"production\", \"test\" or \"demo\"" {
        /// Real patients.
        Production = "production",
        /// Test data only.
        Test = "test",
        /// The sample population.
        Demo = "demo",
    }
}

section! {
    /// Which rules hold, and for whom the server runs.
    Deployment = "" {
        /// The rules in force: "luxembourg-dsp" (the shared care record with its access rules) or
        /// "ihe-connectathon" (every caller sees every record; test data only).
        profile: Profile = "luxembourg-dsp";
        /// The folder with the files of the access rules, in place of those that come with the program
        /// (`dossier policy check FOLDER` finds their faults). Read under "luxembourg-dsp" only.
        profile_directory: Option<PathBuf> = "";
        /// For whom the server runs: "production" (real patients), "test" or "demo".
        /// Profiles without access rules are refused in production.
        environment: Environment = "production";
    }
}
