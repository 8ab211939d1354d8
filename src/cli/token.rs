//! `dossier token`: an access token or an assertion for demo and tests, signed with a key of the demo.

use std::env::vars_os;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::act_as::ActAs;
use super::demo::DemoFolder;
use super::server_time::server_time;
use super::{Exit, Failure, Global, print_json, print_text};
use crate::model::timestamp::Instant;
use crate::server::{AssertionIssuer, DemoDirectory, DemoIssuer, TokenWish, open_existing_database};
use crate::settings::{self, Environment, Settings, parse_duration};

/// Under which name tokens are made for it.
const CLIENT: &str = "dossier-token";

const EXAMPLES: &str = "\
Examples (in the folder from which `dossier demo` was started):
  dossier token --as D01
  dossier token --as P01 --saml > p01.xml
  dossier token --as D03 --organisation E1 --expires 10min
  dossier token --as P05 --representative P04
  dossier token --as Z01 --reason 'correction of an identity'
  dossier token --config dossier.toml --as 1958031498124
  curl -H \"Authorization: Bearer $(dossier token --as D01)\" http://127.0.0.1:8080/fhir/metadata

Beside a demo, the settings have to be those of a server that has run with demo_authorization.enabled = true on this machine:
its key lies in the data folder, and the server trusts it. --saml needs the key of one of xua.issuers, NAME.key beside its
certificate NAME.pem, as `dossier pki` makes it. With environment = \"production\" neither is made.
Exit codes: 0 made, 1 nobody of that name, 2 no demo, 3 wrong settings, 4 no key or database.";

/// Make an access token for a person of the demo.
#[derive(Args, Clone, Default)]
#[command(after_help = EXAMPLES)]
pub struct Token {
    /// The person: the id of a professional, a matricule, a patient id written ID^^^&OID&ISO, or in a demo P01 to P12
    #[arg(long = "as", value_name = "PERSON")]
    pub person: String,
    /// What belongs to the person.
    #[command(flatten)]
    pub act_as: ActAs,
    /// What may be done with it [default: patient/*.cruds or user/*.cruds]
    #[arg(long, value_name = "SCOPES")]
    pub scope: Option<String>,
    /// How long it is valid, such as 10min [default: the setting demo_authorization.token_time]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub expires: Option<std::time::Duration>,
    /// Make a SAML assertion for SOAP instead (XUA)
    #[arg(long, conflicts_with_all = ["scope", "json"])]
    pub saml: bool,
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
        let environment: Vec<_> = vars_os().collect();
        let demo = self.demo(global, &environment)?;
        let global = Global { config: demo.clone().or_else(|| global.config.clone()), ..global.clone() };
        let settings = settings::load(&global.sources(environment.into_iter(), Vec::new()))?.settings;
        may_issue(&settings, self.saml)?;
        let act_as = &self.act_as;
        let wish = if demo.is_some() { act_as.wish_in_demo(&self.person, CLIENT) } else { act_as.wish(&self.person, CLIENT) };
        let lifetime = self.expires.unwrap_or(settings.demo_authorization.token_time);
        let wish = TokenWish { scope: self.scope.clone(), lifetime, ..wish };
        if self.saml { assertion(&settings, &wish, self.now(&settings)?) } else { self.token(&settings, &wish) }
    }

    /// The settings file of the demo that is meant: the one that is named, or the usual one where nothing else is said.
    fn demo(&self, global: &Global, environment: &[(OsString, OsString)]) -> Result<Option<PathBuf>, Failure> {
        let named = self.act_as.demo.as_deref();
        let said = global.config.is_some() || !global.set.is_empty() || environment.iter().any(|(name, _)| is_setting(name));
        let found = DemoFolder::settings_file(named).filter(|_| named.is_some() || !said);
        match named {
            Some(folder) if found.is_none() => {
                Err(Failure::new(Exit::Usage, format!("{} is not the data folder of a demo: start `dossier demo` first", folder.display())))
            }
            None if found.is_none() && !said => {
                let what = "there is no demo in ./dossier-data: start `dossier demo`, name its folder with --demo DIR, or the settings of a server with --config FILE";
                Err(Failure::new(Exit::Usage, what))
            }
            Some(_) | None => Ok(found),
        }
    }

    /// The time that the server goes by; the ports of a demo may be others than its settings say.
    fn now(&self, settings: &Settings) -> Result<Instant, Failure> {
        let operations = DemoFolder::operations(&settings.data.directory).unwrap_or(settings.operations.listen);
        server_time(settings, operations)
    }

    fn token(&self, settings: &Settings, wish: &TokenWish) -> Result<(), Failure> {
        let directory = DemoDirectory::of(open_existing_database(settings)?);
        let issuer = DemoIssuer::open(settings, directory).map_err(|error| Failure::new(Exit::CannotStart, error.to_string()))?;
        let issued = issuer.issue(wish, self.now(settings)?).map_err(|error| Failure::new(Exit::Failed, error.to_string()))?;
        if !self.json {
            return print_text(&format!("{}\n", issued.token));
        }
        let (token, scope) = (issued.token, issued.scope);
        print_json(&json!({ "access_token": token, "token_type": "Bearer", "expires_in": issued.seconds, "scope": scope }))
    }
}

/// A server that serves no tests would not accept it.
fn may_issue(settings: &Settings, saml: bool) -> Result<(), Failure> {
    if settings.deployment.environment == Environment::Production {
        let what = "environment is \"production\", where only the deployment's own issuers give tokens and assertions";
        return Err(Failure::new(Exit::Configuration, what));
    }
    if !saml && !settings.demo_authorization.enabled {
        let what =
            "demo_authorization.enabled is false, so that the server would not accept the token; set it to true and restart the server";
        return Err(Failure::new(Exit::Configuration, what));
    }
    Ok(())
}

fn assertion(settings: &Settings, wish: &TokenWish, now: Instant) -> Result<(), Failure> {
    let directory = DemoDirectory::of(open_existing_database(settings)?);
    let issuer = AssertionIssuer::open(settings, directory).map_err(|error| Failure::new(Exit::CannotStart, error.to_string()))?;
    let signed = issuer.issue(wish, now).map_err(|error| Failure::new(Exit::Failed, error.to_string()))?;
    print_text(&format!("{}\n", String::from_utf8_lossy(&signed)))
}

/// Whether a variable says something of the server; those of the test suite do not.
fn is_setting(name: &OsStr) -> bool {
    let is_other = |name: &str| name == "DOSSIER_LOG_LEVEL" || name.starts_with("DOSSIER_TEST_");
    name.to_str().is_some_and(|name| name.starts_with("DOSSIER_") && !is_other(name))
}
