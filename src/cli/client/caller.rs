//! Flags of a client that asks for documents: by which certificate the server knows it, and for whom it asks.

use clap::Args;

use super::{Trust, assertion};
use crate::cli::act_as::ActAs;
use crate::cli::demo::DemoFolder;
use crate::cli::{Exit, Failure};
use crate::client::soap::{Timeouts, WrittenAssertion, XdsClient};
use crate::model::timestamp::Instant;
use crate::server::clock;

/// Who calls.
#[derive(Args, Clone, Default)]
pub struct Caller {
    /// TLS.
    #[command(flatten)]
    pub trust: Trust,
    /// An assertion about the user (SAML 2.0, XUA) to send along, as its issuer wrote it
    #[arg(long, value_name = "FILE", value_parser = assertion)]
    pub assertion: Option<WrittenAssertion>,
    /// A person of the demo on this machine, such as D01 or P01; addresses and certificates are then those of the demo
    #[arg(long = "as", value_name = "PERSON", conflicts_with = "assertion")]
    pub person: Option<String>,
    /// What belongs to the person.
    #[command(flatten)]
    pub act_as: ActAs,
}

/// Where services are: as somebody typed it, or else in the demo, or else on this machine.
pub(super) struct Services<'a> {
    pub(super) registry: Option<&'a str>,
    pub(super) repository: Option<&'a str>,
}

impl Caller {
    /// A client that calls for them, and the time that its server goes by.
    ///
    /// # Errors
    /// Files are unfit; there is no demo, or nobody of that name.
    pub(super) fn client(&self, services: &Services<'_>, timeouts: Timeouts) -> Result<(XdsClient, Instant), Failure> {
        match &self.person {
            Some(person) => self.in_demo(person, services, timeouts),
            None => Ok((self.plain(services, timeouts)?, clock::instant())),
        }
    }

    fn plain(&self, services: &Services<'_>, timeouts: Timeouts) -> Result<XdsClient, Failure> {
        let url = |given: Option<&str>, service: &str| given.map_or_else(|| format!("http://127.0.0.1:8080/{service}"), str::to_owned);
        let client = XdsClient::new(&url(services.registry, "xds/registry"), &url(services.repository, "xds/repository"), timeouts);
        Ok(client.secured(timeouts, &self.trust.load()?)?.for_user(self.assertion.clone()))
    }

    fn in_demo(&self, person: &str, services: &Services<'_>, timeouts: Timeouts) -> Result<(XdsClient, Instant), Failure> {
        let demo = DemoFolder::open(self.act_as.demo.as_deref())?;
        let wish = self.act_as.wish_in_demo(person, "dossier-client");
        let own = || demo.tls(wish.organisation.as_deref()).map_err(|error| Failure::new(Exit::Failed, error.to_string()));
        let tls = if self.trust.is_given() { self.trust.load()? } else { own()? };
        let url = |given: Option<&str>, service: &str| given.map_or_else(|| demo.url(service), str::to_owned);
        let client = XdsClient::new(&url(services.registry, "xds/registry"), &url(services.repository, "xds/repository"), timeouts);
        let (assertion, now) = demo.assertion(wish)?;
        Ok((client.secured(timeouts, &tls)?.for_user(Some(assertion)), now))
    }
}
