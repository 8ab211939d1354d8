//! Callbacks over https that want to know who delivers an answer.

use openssl::ssl::{SslAcceptor, SslFiletype, SslMethod, SslVerifyMode};

use super::pki::{copy_of_pki, pki};
use crate::async_exchange::scene::{Scene, assert_accepted, find, reply_to};
use crate::support::{CallbackListener, Database};
use crate::xds::envelope::{QUERY, envelope_with};

const DELIVERED: &str = "dossier_callback_deliveries_total{outcome=\"delivered\"} ";
const FAILED: &str = "dossier_callback_deliveries_total{outcome=\"failed\"}";

/// A listener over TLS that wants a certificate of the test PKI.
fn listener() -> CallbackListener {
    let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
    builder.set_certificate_chain_file(pki().join("server/server.pem")).unwrap();
    builder.set_private_key_file(pki().join("server/server.key"), SslFiletype::PEM).unwrap();
    builder.set_ca_file(pki().join("ca/chain.pem")).unwrap();
    builder.set_verify(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT);
    CallbackListener::start_over_tls(builder.build())
}

fn ask(scene: &Scene, listener: &CallbackListener) {
    assert_accepted(&scene.post("registry", &envelope_with(QUERY, &reply_to(&listener.url("/answers")), &find())));
}

#[test]
fn an_answer_is_delivered_with_the_certificate_of_the_settings() {
    let (listener, own) = (listener(), copy_of_pki());
    let path = |name: &str| own.path().join(name).display().to_string();
    let (certificate, key, ca) = (path("connectors/hospital-e1.pem"), path("connectors/hospital-e1.key"), path("ca/chain.pem"));
    let allowed = listener.url("/answers");
    let settings = [
        ("async_exchange.callbacks", allowed.as_str()),
        ("async_exchange.client_certificate", &certificate),
        ("async_exchange.client_key", &key),
        ("async_exchange.ca", &ca),
    ];
    let scene = Scene::start_with(Database::Sqlite, &settings);
    ask(&scene, &listener);
    assert!(listener.next().request_line.starts_with("POST /answers "));
    scene.server.assert_measured(&format!("{DELIVERED}1"));
    assert_eq!(listener.subjects(), ["hospital-e1"]);

    // A pair that changes is taken up; half of one changes nothing.
    std::fs::copy(own.path().join("connectors/laboratory-e2.pem"), &certificate).unwrap();
    scene.server.reload();
    ask(&scene, &listener);
    listener.next();
    scene.server.assert_measured(&format!("{DELIVERED}2"));
    std::fs::copy(own.path().join("connectors/laboratory-e2.key"), &key).unwrap();
    scene.server.reload();
    ask(&scene, &listener);
    listener.next();
    assert_eq!(listener.subjects(), ["hospital-e1", "hospital-e1", "laboratory-e2"]);
}

#[test]
fn neither_side_goes_without_proof() {
    let listener = listener();
    let allowed = listener.url("/answers");
    let path = |name: &str| pki().join(name).display().to_string();
    let (ca, other) = (path("ca/chain.pem"), path("stranger/root.pem"));
    let (certificate, key) = (path("connectors/hospital-e1.pem"), path("connectors/hospital-e1.key"));
    let identity = [("async_exchange.client_certificate", certificate.as_str()), ("async_exchange.client_key", key.as_str())];
    // No certificate for the listener, and a listener whose authority is not trusted.
    for changes in [vec![("async_exchange.ca", ca.as_str())], [&identity[..], &[("async_exchange.ca", &other)]].concat(), identity.to_vec()]
    {
        let scene = Scene::start_with(Database::Sqlite, &[&[("async_exchange.callbacks", allowed.as_str())], &changes[..]].concat());
        ask(&scene, &listener);
        scene.server.assert_measured(FAILED);
        assert!(listener.is_idle() && listener.subjects().is_empty());
    }
}
