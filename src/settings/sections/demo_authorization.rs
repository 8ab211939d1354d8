//! The authorization server of demo and tests.

use std::time::Duration;

use crate::settings::Settings;
use crate::settings::declaration::section;
use crate::settings::kinds::{DemoClient, PublicUrl};

section! {
    /// A small authorization server that gives a token to whoever asks, without a password: for demo and tests only. With
    /// environment = "production" the server does not start with it. This server trusts its tokens by itself.
    DemoAuthorization = "demo_authorization" {
        /// Whether it runs.
        enabled: bool = "false";
        /// Clients that may ask, each as ID=SECRET, or ID alone for a client that can keep no secret and uses PKCE only.
        clients: Vec<DemoClient> = "demo";
        /// Where a browser may be sent back with a code; compared as a whole.
        redirect_uris: Vec<PublicUrl> = "";
        /// Who may be chosen with one click: ids of professionals, and of patients in the first assigning authority.
        personas: Vec<String> = "";
        /// How long a token is valid.
        token_time: Duration = "1h";
    }
}

impl Settings {
    /// The name of the authorization server of the demo, under which clients reach it: http.public_url, or else the address of
    /// http.listen.
    pub fn demo_issuer(&self) -> String {
        self.http.public_url.as_ref().map_or_else(|| format!("http://{}", self.http.listen), |url| url.as_str().to_owned())
    }

    /// The audience of its tokens: the FHIR interface of this server.
    pub fn demo_audience(&self) -> String {
        format!("{}/fhir", self.demo_issuer())
    }
}
