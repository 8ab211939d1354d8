//! What has to be known of people, from the settings.

use std::sync::Arc;

use crate::model::accepted_claims::AcceptedClaims;
use crate::model::in_force::InForce;
use crate::settings::sections::{OneTimeUse, XuaMode, XuaSubjects};
use crate::settings::{CodeAndSystem, IssuerQuality, Settings};
use crate::transactions::{AssertionMode, PersonRules};
use crate::wire::saml::{Expectations, TrustedIssuers};

/// The rules of the settings, with the keys of the issuers.
pub(super) fn person_rules(settings: &Settings, issuers: Arc<InForce<TrustedIssuers>>) -> PersonRules {
    let xua = &settings.xua;
    let mode = match settings.xua_mode() {
        XuaMode::Off => AssertionMode::Off,
        XuaMode::Optional => AssertionMode::Optional,
        XuaMode::Required => AssertionMode::Required,
    };
    PersonRules {
        mode,
        issuers,
        expectations: Expectations {
            audiences: xua.audiences.clone(),
            recipients: xua.recipients.clone(),
            clock_skew: xua.clock_skew,
            maximum_lifetime: xua.maximum_lifetime,
            authn_contexts: xua.authn_contexts.clone(),
            claims: accepted_claims(&xua.roles, &xua.purposes_of_use, &xua.qualities, xua.admin_issuers.clone()),
        },
        always_once: xua.one_time_use == OneTimeUse::Always,
        longest_request: settings.limits.request_time,
        in_directory: settings.xua_subjects() == XuaSubjects::Directory,
    }
}

/// The roles and purposes of use of the settings, and who may vouch for which quality.
pub(super) fn accepted_claims(
    roles: &[CodeAndSystem],
    purposes_of_use: &[CodeAndSystem],
    qualities: &[IssuerQuality],
    admin_issuers: Vec<String>,
) -> AcceptedClaims {
    let codes = |list: &[CodeAndSystem]| list.iter().map(|code| (code.code.clone(), code.system.clone())).collect();
    let qualities = qualities.iter().map(|one| (one.issuer.clone(), one.quality.clone())).collect();
    AcceptedClaims { roles: codes(roles), purposes_of_use: codes(purposes_of_use), qualities, admin_issuers }
}
