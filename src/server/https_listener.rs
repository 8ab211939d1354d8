//! The endpoints over TLS. The handshake is ours, so that a refusal can be told to the audit trail, whatever the protocol.

use std::net::TcpListener;

use actix_http::{HttpService, Protocol};
use actix_service::{IntoServiceFactory as _, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::dev::{AppConfig, Extensions, Server};
use actix_web::rt::net::TcpStream;
use tokio_openssl::SslStream;
use tokio_util::sync::CancellationToken;

use super::StartError;
use super::http_listeners::{KEEP_ALIVE, LAST_WORD, Parts, connections_of_a_worker, workers};
use super::tls::Handshake;
use crate::settings::Settings;

/// Stands beside each request that came over TLS.
pub(super) struct OverTls;

/// Answers until `stop` is cancelled.
///
/// # Errors
/// [`StartError::System`].
pub(super) fn serve(
    settings: &Settings,
    listener: TcpListener,
    handshake: Handshake,
    parts: Parts,
    stop: CancellationToken,
) -> Result<Server, StartError> {
    let limits = settings.limits.clone();
    let builder = Server::build()
        .workers(workers())
        .max_concurrent_connections(connections_of_a_worker(&limits))
        .worker_max_blocking_threads(limits.concurrent_requests.get())
        .shutdown_timeout(limits.shutdown_time.as_secs().max(1))
        .shutdown_signal(stop.cancelled_owned());
    let ending = builder.graceful_shutdown_signal();
    let server = builder.listen("https", listener, move || {
        let (handshake, noting, ending) = (handshake.clone(), handshake.clone(), ending.clone());
        let application = parts.application().into_factory().map_err(|error| error.error_response());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let ending = ending.clone();
                async move { ending.notified().await }
            })
            .keep_alive(KEEP_ALIVE)
            .client_request_timeout(limits.idle_time)
            .client_disconnect_timeout(LAST_WORD)
            .on_connect_ext(move |connection, extensions| note_peer(connection, extensions, &noting))
            .finish(map_config(application, |()| AppConfig::default()))
            .map_err(|error| tracing::debug!(?error, "an HTTPS connection ended early"));
        let accept = fn_service(move |stream: TcpStream| {
            let handshake = handshake.clone();
            async move {
                // Answers leave in pieces; the last, small one must not wait for the acknowledgement of those before it.
                drop(stream.set_nodelay(true));
                let peer = stream.peer_addr().ok();
                let connection = handshake.accept(stream, peer.map(|peer| peer.ip())).await;
                connection.map(|connection| (connection, Protocol::Http1, peer)).ok_or(())
            }
        });
        accept.and_then(http)
    })?;
    Ok(server.run())
}

/// Leaves the client of a connection where its requests find it.
fn note_peer(connection: &SslStream<TcpStream>, extensions: &mut Extensions, handshake: &Handshake) {
    extensions.insert(OverTls);
    if let Some(peer) = handshake.peer(connection) {
        extensions.insert(peer);
    }
}
