//! The SOAP and FHIR endpoints over plain HTTP and over TLS.

use std::any::Any;
use std::net::TcpListener;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use actix_tls::accept::openssl::TlsStream;
use actix_web::dev::{Extensions, Server};
use actix_web::middleware::from_fn;
use actix_web::rt::net::TcpStream;
use actix_web::{App, HttpServer, web};
use tokio_util::sync::CancellationToken;

use super::StartError;
use super::endpoints::{self, PublicAddress};
use super::fault_reply::not_found;
use super::front::Front;
use super::metrics::Metrics;
use super::request_id::observe;
use super::tls::{Credentials, TlsPeer};
use crate::settings::Settings;

/// How long a connection stays open for a next request.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long a caller whose request was not read to its end may take to read the answer before the connection is cut.
const LAST_WORD: Duration = Duration::from_secs(5);

/// Open ports on which nobody answers yet.
pub(super) struct HttpListeners {
    /// Plain HTTP.
    pub(super) plain: TcpListener,
    /// HTTPS with its keys, unless it is off.
    pub(super) secure: Option<(TcpListener, Arc<Credentials>)>,
}

/// Answers on both, until `stop` is cancelled.
///
/// # Errors
/// [`StartError::System`] and [`StartError::Tls`].
pub(super) fn serve(
    settings: &Settings,
    listeners: HttpListeners,
    front: Front,
    public: PublicAddress,
    metrics: Arc<Metrics>,
    stop: CancellationToken,
) -> Result<Server, StartError> {
    let (front, public, metrics) = (web::Data::new(front), web::Data::new(public), web::Data::from(metrics));
    let HttpListeners { plain, secure } = listeners;
    let limits = &settings.limits;
    let trusting = secure.as_ref().map(|(_, credentials)| Arc::clone(credentials));
    let workers = available_parallelism().map_or(1, NonZeroUsize::get);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(front.clone())
            .app_data(public.clone())
            .app_data(metrics.clone())
            .configure(endpoints::routes)
            .default_service(web::to(not_found))
            .wrap(from_fn(observe))
    })
    .on_connect(move |connection, extensions| note_peer(connection, extensions, trusting.as_ref()))
    .workers(workers)
    .max_connections(limits.connections.get().div_ceil(workers))
    .tls_handshake_timeout(settings.tls.handshake_time)
    .keep_alive(KEEP_ALIVE)
    .client_request_timeout(limits.idle_time)
    .client_disconnect_timeout(LAST_WORD)
    // Answers leave in pieces; the last, small one must not wait for the acknowledgement of those before it.
    .tcp_nodelay(true)
    // Connections are not spread evenly: one worker must be able to work on all that is allowed.
    .worker_max_blocking_threads(limits.concurrent_requests.get())
    .shutdown_timeout(limits.shutdown_time.as_secs().max(1))
    .shutdown_signal(stop.cancelled_owned())
    .listen(plain)?;
    let server = match secure {
        Some((listener, credentials)) => server.listen_openssl(listener, credentials.acceptor(settings.https.client_certificate)?)?,
        None => server,
    };
    Ok(server.run())
}

/// Leaves the client of a TLS connection where its requests find it.
fn note_peer(connection: &dyn Any, extensions: &mut Extensions, credentials: Option<&Arc<Credentials>>) {
    let secure = connection.downcast_ref::<TlsStream<TcpStream>>();
    if let Some(peer) = secure.zip(credentials).and_then(|(stream, credentials)| TlsPeer::of(stream.ssl(), credentials)) {
        extensions.insert(Arc::new(peer));
    }
}
