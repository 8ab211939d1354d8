//! What has to be known of the people behind FHIR requests, from the settings.

use std::sync::Arc;

use super::KeyRing;
use super::introspector::Introspector;
use crate::server::persons::accepted_claims;
use crate::settings::Settings;
use crate::settings::sections::{IuaMode, TokenAlgorithm, XuaSubjects};
use crate::transactions::iua::Introspection;
use crate::transactions::{AssertionMode, TokenRules};
use crate::wire::jwt::{Expectations, SignatureAlgorithm};

/// The rules of the settings, with these keys.
pub(in crate::server) fn token_rules(settings: &Settings, keys: Arc<KeyRing>) -> TokenRules {
    let iua = &settings.iua;
    let demo = settings.demo_authorization.enabled.then(|| settings.demo_audience());
    let introspection = Introspector::new(settings).map(|one| Arc::new(one) as Arc<dyn Introspection>);
    TokenRules {
        mode: match settings.iua_mode() {
            IuaMode::Off => AssertionMode::Off,
            IuaMode::Optional => AssertionMode::Optional,
            IuaMode::Required => AssertionMode::Required,
        },
        algorithms: iua.algorithms.iter().copied().map(algorithm).collect(),
        expectations: Expectations {
            audiences: iua.audiences.iter().cloned().chain(demo).collect(),
            clock_skew: iua.clock_skew,
            maximum_lifetime: iua.maximum_lifetime,
            claims: accepted_claims(&iua.roles, &iua.purposes_of_use, &iua.qualities, admin_issuers(settings)),
        },
        keys,
        introspection,
        in_directory: settings.iua_subjects() == XuaSubjects::Directory,
    }
}

/// Those of the settings, and the authorization server of the demo, which vouches for whoever is asked for.
fn admin_issuers(settings: &Settings) -> Vec<String> {
    let demo = settings.demo_authorization.enabled.then(|| settings.demo_issuer());
    settings.iua.admin_issuers.iter().cloned().chain(demo).collect()
}

fn algorithm(named: TokenAlgorithm) -> SignatureAlgorithm {
    match named {
        TokenAlgorithm::Rs256 => SignatureAlgorithm::Rs256,
        TokenAlgorithm::Rs384 => SignatureAlgorithm::Rs384,
        TokenAlgorithm::Rs512 => SignatureAlgorithm::Rs512,
        TokenAlgorithm::Ps256 => SignatureAlgorithm::Ps256,
        TokenAlgorithm::Es256 => SignatureAlgorithm::Es256,
        TokenAlgorithm::Es384 => SignatureAlgorithm::Es384,
    }
}
