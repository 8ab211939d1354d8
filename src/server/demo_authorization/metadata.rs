//! What clients are told of authorization: SMART configuration (SMART App Launch 2.2, 4.1) and authorization server metadata
//! (RFC 8414; IUA ITI-103, 3.103).

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::AuthorizationServer;
use super::answer::{Answer, Told};
use crate::access::Call;
use crate::model::audit_event::Transaction;
use crate::server::Backend;
use crate::server::clock::Clock;
use crate::settings::Settings;
use crate::transactions::{Services, iti71};

/// Where clients get tokens.
pub(in crate::server) struct Metadata {
    /// The authorization server of the demo, if it runs.
    pub(in crate::server) server: Option<Arc<AuthorizationServer>>,
    services: Arc<Services>,
    /// The time of the server, by which its tokens are judged.
    pub(super) clock: Clock,
    issuer: Option<String>,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
}

impl Metadata {
    /// As the settings say.
    pub(in crate::server) fn new(settings: &Settings, backend: &Backend) -> Self {
        let iua = &settings.iua;
        let url = |url: &crate::settings::PublicUrl| url.as_str().to_owned();
        Self {
            server: backend.demo_authorization.clone(),
            services: Arc::clone(&backend.services),
            clock: backend.clock.clone(),
            issuer: iua.issuers.first().map(|issuer| issuer.name.clone()).filter(|name| name.starts_with("https://")),
            authorization_endpoint: iua.authorization_endpoint.as_ref().map(url),
            token_endpoint: iua.token_endpoint.as_ref().map(url),
        }
    }

    /// The answer, once the audit trail has what there is to keep of it. Blocks.
    pub(super) fn kept(&self, call: Call, transaction: Transaction, told: Told) -> Answer {
        let Told { answer, client, person, kept } = told;
        let Some(kept) = kept else { return answer };
        let call = Call { caller: client, person, ..call };
        match iti71::keep(&self.services, &call, transaction, kept) {
            Ok(()) => answer,
            Err(error) => {
                tracing::error!(%error, "what the authorization server answered could not be audited");
                Answer::unavailable("the audit trail could not be written, so nothing was granted; tell the operator")
            }
        }
    }

    /// For SMART apps; `base` is this server as the caller reaches it. Nothing, where there is no authorization server to tell of.
    pub(super) fn smart_configuration(&self, base: &str) -> Option<Value> {
        let mut members = match (&self.server, &self.token_endpoint) {
            (Some(server), _) => demo(server, base),
            (None, Some(token_endpoint)) => self.foreign(token_endpoint),
            (None, None) => return None,
        };
        let mut capabilities =
            vec!["permission-patient", "permission-user", "permission-v1", "permission-v2", "client-confidential-symmetric"];
        if members.contains_key("authorization_endpoint") {
            capabilities.extend(["launch-standalone", "client-public"]);
        }
        members.insert("capabilities".to_owned(), json!(capabilities));
        Some(Value::Object(members))
    }

    /// Of the demo's authorization server; a foreign one tells this itself.
    pub(super) fn authorization_server(&self, base: &str) -> Option<Value> {
        self.server.as_ref().map(|server| Value::Object(demo(server, base)))
    }

    fn foreign(&self, token_endpoint: &str) -> Map<String, Value> {
        let endpoint = self.authorization_endpoint.as_ref();
        let grants: &[&str] = if endpoint.is_some() { &["authorization_code", "client_credentials"] } else { &["client_credentials"] };
        let members = [
            ("issuer", self.issuer.as_deref().map(Value::from)),
            ("authorization_endpoint", endpoint.map(|url| json!(url))),
            ("token_endpoint", Some(json!(token_endpoint))),
            ("grant_types_supported", Some(json!(grants))),
            ("scopes_supported", Some(json!(SCOPES))),
            ("code_challenge_methods_supported", Some(json!(["S256"]))),
        ];
        members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

const SCOPES: [&str; 6] = ["patient/*.cruds", "user/*.cruds", "system/*.cruds", "ITI-65", "ITI-67", "ITI-68"];

fn demo(server: &AuthorizationServer, base: &str) -> Map<String, Value> {
    let members = json!({
        "issuer": server.issuer(),
        "authorization_endpoint": format!("{base}/oauth/authorize"),
        "token_endpoint": format!("{base}/oauth/token"),
        "introspection_endpoint": format!("{base}/oauth/introspect"),
        "jwks_uri": format!("{base}/oauth/jwks"),
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "response_types_supported": ["code"],
        "scopes_supported": SCOPES,
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "authorization_response_iss_parameter_supported": true,
        "access_token_format": "ihe-jwt",
    });
    match members {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
