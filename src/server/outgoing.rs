//! What all HTTP requests of the server itself have in common: straight to the address, or not at all.

use std::time::Duration;

use ureq::Agent;
use ureq::config::AutoHeaderValue;
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

/// TLS that is proven against the authorities that the system trusts, without a certificate of our own.
pub(super) fn trusting_the_system() -> TlsConfig {
    TlsConfig::builder().provider(TlsProvider::NativeTls).root_certs(RootCerts::PlatformVerifier).build()
}

/// Goes without proxy, redirection, cookies and credentials. Waits so long for a connection, and so long for all of it.
pub(super) fn agent(tls: TlsConfig, connect: Duration, total: Duration) -> Agent {
    // Requests are few, and a kept connection may be dead when the next one comes.
    configured(tls, connect, total, 0)
}

/// The same for many requests one after another to one server.
pub(super) fn agent_of_one_connection(tls: TlsConfig, connect: Duration, total: Duration) -> Agent {
    configured(tls, connect, total, 1)
}

fn configured(tls: TlsConfig, connect: Duration, total: Duration, connections_kept: usize) -> Agent {
    let config = Agent::config_builder()
        .tls_config(tls)
        .proxy(None)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .accept(AutoHeaderValue::None)
        .accept_encoding(AutoHeaderValue::None)
        .user_agent(concat!("dossier/", env!("CARGO_PKG_VERSION")))
        .max_idle_connections(connections_kept)
        .timeout_connect(Some(connect))
        .timeout_global(Some(total))
        .build();
    config.new_agent()
}
