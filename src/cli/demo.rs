//! `dossier demo`: a server with a sample population, on this machine only.

use std::path::PathBuf;

use clap::Args;

use crate::settings::Flag;

const EXAMPLES: &str = "\
Examples:
  dossier demo
  dossier demo --data-dir demo-data --http 127.0.0.1:9080 --mllp off

Exit codes: 0 stopped by Ctrl-C, 3 wrong settings, 4 port taken, folder unwritable or database not to be had.";

/// Run a server with a sample population on this machine; a second start keeps the data.
#[derive(Args, Clone, Default)]
#[command(after_help = EXAMPLES)]
pub struct Demo {
    /// The data folder [default: ./dossier-data]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Address and port of the SOAP endpoints [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub http: Option<String>,
    /// Address and port of the HL7 v2 feed, or off [default: 127.0.0.1:2575]
    #[arg(long, value_name = "ADDRESS")]
    pub mllp: Option<String>,
    /// Address and port of health and metrics [default: 127.0.0.1:8081]
    #[arg(long, value_name = "ADDRESS")]
    pub operations: Option<String>,
}

impl Demo {
    /// The settings these flags stand for; the demonstration itself chooses profile and environment.
    pub fn flags(&self) -> Vec<Flag> {
        let fixed = [("profile", "ihe-connectathon"), ("environment", "demo")];
        let fixed = fixed.map(|(key, value)| Flag::new("demo", key, value));
        let data_dir = self.data_dir.as_ref().map(|path| path.to_string_lossy().into_owned());
        let given = [
            ("--data-dir", "data.directory", &data_dir),
            ("--http", "http.listen", &self.http),
            ("--mllp", "mllp.listen", &self.mllp),
            ("--operations", "operations.listen", &self.operations),
        ];
        let given = given.into_iter().filter_map(|(flag, key, value)| Some(Flag::new(flag, key, value.as_ref()?)));
        fixed.into_iter().chain(given).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Origin, Sources, load};

    #[test]
    fn the_demonstration_may_start_with_its_flags() {
        let demo = Demo { data_dir: Some(PathBuf::from("elsewhere")), mllp: Some("off".to_owned()), ..Demo::default() };
        let loaded = load(&Sources { flags: demo.flags(), ..Sources::default() }).unwrap();
        assert_eq!(loaded.settings.check(), Ok(()));
        assert_eq!(loaded.settings.contents.directory, PathBuf::from("elsewhere/contents"));
        assert_eq!(loaded.settings.mllp.listen.address(), None);
        assert_eq!(loaded.origin("data.directory"), &Origin::Flag("--data-dir".to_owned()));
    }
}
