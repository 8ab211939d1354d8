//! How the server asks others over HTTP: straight to the address, without proxy, redirection, cookies and credentials of
//! its own; https is proven against the certificates that the system trusts.

use std::time::Duration;

use ureq::Agent;
use ureq::config::AutoHeaderValue;
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

/// Waits so long for a connection, and so long for a whole exchange. Statuses are no errors.
pub(super) fn agent(connect: Duration, whole: Duration) -> Agent {
    let tls = TlsConfig::builder().provider(TlsProvider::NativeTls).root_certs(RootCerts::PlatformVerifier).build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .proxy(None)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .accept(AutoHeaderValue::None)
        .accept_encoding(AutoHeaderValue::None)
        .user_agent(concat!("dossier/", env!("CARGO_PKG_VERSION")))
        // Exchanges are few, and a kept connection may be dead when the next one comes.
        .max_idle_connections(0)
        .timeout_connect(Some(connect))
        .timeout_global(Some(whole))
        .build();
    config.new_agent()
}
