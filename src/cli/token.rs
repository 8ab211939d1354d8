//! `dossier token`: an access token for demo and tests, signed with the key of the demo's authorization server.

use std::env::vars_os;

use clap::Args;
use serde_json::json;

use super::{Exit, Failure, Global, print_json, print_text};
use crate::server::{DemoDirectory, DemoIssuer, TokenWish, clock, open_existing_database};
use crate::settings::{self, Environment, parse_duration};

const EXAMPLES: &str = "\
Examples:
  dossier token --config dossier.toml --as D01
  dossier token --as D03 --organisation E1 --expires 10min
  dossier token --as 1958031498124
  dossier token --as 2019093098526 --representative 1991050998408
  dossier token --as Z01 --reason 'correction of an identity'
  curl -H \"Authorization: Bearer $(dossier token --as D01)\" http://127.0.0.1:8080/fhir/metadata

The settings have to be those of a server that has run with demo_authorization.enabled = true on this machine: its key lies in
the data folder, and the server trusts it. With environment = \"production\" no token is made.
Exit codes: 0 made, 1 nobody of that name, 3 wrong settings, 4 no key or database.";

/// Make an access token for a person of the demo.
#[derive(Args, Clone, Default)]
#[command(after_help = EXAMPLES)]
pub struct Token {
    /// The person: the id of a professional, a matricule, or a patient id written ID^^^&OID&ISO
    #[arg(long = "as", value_name = "PERSON")]
    pub person: String,
    /// The establishment for which they act: its id or its OID
    #[arg(long, value_name = "ID")]
    pub organisation: Option<String>,
    /// patient, representant-legal, administrateur-dossier, cns, etablissement or admin [default: as the person's id says]
    #[arg(long, value_name = "QUALITY")]
    pub quality: Option<String>,
    /// The legal representative who acts in the account of the person, a child
    #[arg(long, value_name = "PATIENT")]
    pub representative: Option<String>,
    /// Why a record administrator opens a record
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// What may be done with it [default: patient/*.cruds or user/*.cruds]
    #[arg(long, value_name = "SCOPES")]
    pub scope: Option<String>,
    /// How long it is valid, such as 10min [default: the setting demo_authorization.token_time]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub expires: Option<std::time::Duration>,
    /// Write {"access_token", "token_type", "expires_in", "scope"}
    #[arg(long)]
    pub json: bool,
}

impl Token {
    /// Runs the subcommand.
    ///
    /// # Errors
    /// Production, no key, nobody of that name.
    pub fn run(&self, global: &Global) -> Result<(), Failure> {
        let settings = settings::load(&global.sources(vars_os(), Vec::new()))?.settings;
        if settings.deployment.environment == Environment::Production {
            let what = "environment is \"production\", where only the deployment's own authorization server gives tokens";
            return Err(Failure::new(Exit::Configuration, what));
        }
        if !settings.demo_authorization.enabled {
            let what =
                "demo_authorization.enabled is false, so that the server would not accept the token; set it to true and restart the server";
            return Err(Failure::new(Exit::Configuration, what));
        }
        let directory = DemoDirectory::of(open_existing_database(&settings)?);
        let issuer = DemoIssuer::open(&settings, directory).map_err(|error| Failure::new(Exit::CannotStart, error.to_string()))?;
        let wish = TokenWish {
            person: self.person.clone(),
            organisation: self.organisation.clone(),
            quality: self.quality.clone(),
            representative: self.representative.clone(),
            access_reason: self.reason.clone(),
            client: "dossier-token".to_owned(),
            scope: self.scope.clone(),
            lifetime: self.expires.unwrap_or(settings.demo_authorization.token_time),
        };
        let issued = issuer.issue(&wish, clock::instant()).map_err(|error| Failure::new(Exit::Failed, error.to_string()))?;
        if !self.json {
            return print_text(&format!("{}\n", issued.token));
        }
        let (token, scope) = (issued.token, issued.scope);
        print_json(&json!({ "access_token": token, "token_type": "Bearer", "expires_in": issued.seconds, "scope": scope }))
    }
}
