//! The running server: HTTP, operations and MLLP on their listeners, stopped together.

use std::any::Any;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_tls::accept::openssl::TlsStream;
use actix_web::dev::{Extensions, Server};
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::backend::Backend;
use super::endpoints::{self, PublicAddress};
use super::fault_reply::not_found;
use super::listeners::{Addresses, Listeners};
use super::metrics::Metrics;
use super::mllp_listener::{MllpLimits, MllpListener};
use super::operations::{self, Operations};
use super::patient_feed;
use super::readiness::Readiness;
use super::request_body::BodyLimits;
use super::request_id::observe;
use super::soap_endpoint::Front;
use super::tls::{Credentials, Handshake, TlsPeer};
use super::{StartError, clock};
use crate::settings::Settings;
use crate::transactions;

/// How long a connection stays open for a next request.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long a caller whose request was not read to its end may take to read the answer before the connection is cut.
const LAST_WORD: Duration = Duration::from_secs(5);
/// The operator asks one thing at a time.
const OPERATIONS_THREADS: usize = 4;

/// A server that answers.
pub struct Application {
    addresses: Addresses,
    stop: CancellationToken,
    stop_operations: CancellationToken,
    http: JoinHandle<io::Result<()>>,
    operations: JoinHandle<io::Result<()>>,
    mllp: Option<JoinHandle<()>>,
    mllp_tls: Option<JoinHandle<()>>,
    credentials: Option<Arc<Credentials>>,
    shutdown_time: Duration,
}

impl Application {
    /// Takes the ports, opens the store and answers. With port 0 in the settings the system chooses the port.
    ///
    /// # Errors
    /// [`StartError`] says what to change.
    pub async fn build(settings: &Settings) -> Result<Self, StartError> {
        let owned = settings.clone();
        let opened = tokio::task::spawn_blocking(move || Ok::<_, StartError>((Listeners::bind(&owned)?, Backend::open(&owned)?)));
        let (listeners, backend) = opened.await.map_err(io::Error::other)??;
        Self::start(settings, listeners, &backend)
    }

    /// Answers on ports that were taken before, from a store that was opened before. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// [`StartError::System`].
    pub fn start(settings: &Settings, listeners: Listeners, backend: &Backend) -> Result<Self, StartError> {
        let metrics = Arc::new(Metrics::new().map_err(io::Error::other)?);
        let (stop, stop_operations) = (CancellationToken::new(), CancellationToken::new());
        let addresses = listeners.addresses;
        let services = Arc::clone(&backend.services);
        let front = Front {
            respond: Box::new(move |call, request| transactions::respond(&services, call, request)),
            free: Arc::new(Semaphore::new(settings.limits.concurrent_requests.get().min(Semaphore::MAX_PERMITS))),
            body: body_limits(settings),
            soap_message_bytes: settings.limits.soap_message_size.bytes(),
        };
        let public = PublicAddress::new(settings.http.public_url.as_ref().map(|url| url.as_str()), addresses.http);
        let credentials = listeners.credentials;
        let secure = listeners.https.zip(credentials.clone());
        let http = serve_http(settings, listeners.http, secure, front, public, Arc::clone(&metrics), stop.clone())?;
        let operations = Operations {
            readiness: Readiness::new(Arc::clone(&backend.store), Arc::clone(&backend.contents), Arc::clone(&metrics)),
            metrics: Arc::clone(&metrics),
            store: Arc::clone(&backend.store),
            stop: stop.clone(),
            credentials: credentials.clone(),
        };
        let operations = serve_operations(listeners.operations, operations, stop_operations.clone())?;
        let feed = |listener, handshake| serve_mllp(settings, listener, handshake, backend, Arc::clone(&metrics), stop.clone());
        let mllp = listeners.mllp.map(|listener| feed(listener, None)).transpose()?;
        let secure = listeners.mllp_tls.zip(credentials.as_ref());
        let mllp_tls = secure.map(|(listener, credentials)| {
            let handshake = Handshake::new(credentials, settings.mllp_tls.client_certificate)?;
            Ok::<_, StartError>(feed(listener, Some(handshake))?)
        });
        let mllp_tls = mllp_tls.transpose()?;
        if let Some(credentials) = &credentials {
            tokio::spawn(watch_files(Arc::clone(credentials), settings.tls.reload_interval, stop.clone()));
        }
        Ok(Self {
            addresses,
            stop,
            stop_operations,
            http: tokio::spawn(http),
            operations: tokio::spawn(operations),
            mllp,
            mllp_tls,
            credentials,
            shutdown_time: settings.limits.shutdown_time,
        })
    }

    /// Where the server listens.
    pub fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// Where the SOAP endpoints are.
    pub fn http_address(&self) -> SocketAddr {
        self.addresses.http
    }

    /// Where health and metrics are.
    pub fn operations_address(&self) -> SocketAddr {
        self.addresses.operations
    }

    /// Where the HL7 v2 feed is, unless it is off.
    pub fn mllp_address(&self) -> Option<SocketAddr> {
        self.addresses.mllp
    }

    /// Where the SOAP endpoints are over TLS, unless they are off.
    pub fn https_address(&self) -> Option<SocketAddr> {
        self.addresses.https
    }

    /// Where the HL7 v2 feed is over TLS, unless it is off.
    pub fn mllp_tls_address(&self) -> Option<SocketAddr> {
        self.addresses.mllp_tls
    }

    /// Takes up keys, certificates and revocation lists that have changed; unfit ones are logged and change nothing.
    pub async fn reload(&self) {
        match &self.credentials {
            Some(credentials) => reload(Arc::clone(credentials)).await,
            None => tracing::info!("nothing to reload: no listener speaks TLS"),
        }
    }

    /// Takes no more requests and lets those under way finish, for `limits.shutdown_time` at most. Health and metrics answer
    /// until the end.
    pub async fn stop(self) {
        self.stop.cancel();
        let mllp = async {
            for mllp in self.mllp.into_iter().chain(self.mllp_tls) {
                note("the HL7 feed", tokio::time::timeout(self.shutdown_time, mllp).await.map_or(Ok(()), |ended| ended));
            }
        };
        let http = async { note("the HTTP server", self.http.await.map(drop)) };
        tokio::join!(mllp, http);
        self.stop_operations.cancel();
        note("the operations server", self.operations.await.map(drop));
    }
}

fn note(part: &str, ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(part, panicked = error.is_panic(), "did not end well");
    }
}

fn body_limits(settings: &Settings) -> BodyLimits {
    let limits = &settings.limits;
    BodyLimits { bytes: limits.request_size.bytes(), idle: limits.idle_time, total: limits.request_time }
}

fn serve_http(
    settings: &Settings,
    listener: std::net::TcpListener,
    secure: Option<(std::net::TcpListener, Arc<Credentials>)>,
    front: Front,
    public: PublicAddress,
    metrics: Arc<Metrics>,
    stop: CancellationToken,
) -> Result<Server, StartError> {
    let (front, public, metrics) = (web::Data::new(front), web::Data::new(public), web::Data::from(metrics));
    let limits = &settings.limits;
    let trusting = secure.as_ref().map(|(_, credentials)| Arc::clone(credentials));
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
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
    .max_connections(settings.tls.connections.get().div_ceil(workers))
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
    .listen(listener)?;
    let server = match secure {
        Some((listener, credentials)) => server.listen_openssl(listener, credentials.acceptor(settings.https.client_certificate)?)?,
        None => server,
    };
    Ok(server.run())
}

/// Leaves the client of a TLS connection where its requests find it.
fn note_peer(connection: &dyn Any, extensions: &mut Extensions, credentials: Option<&Arc<Credentials>>) {
    let secure = connection.downcast_ref::<TlsStream<actix_web::rt::net::TcpStream>>();
    if let Some(peer) = secure.zip(credentials).and_then(|(stream, credentials)| TlsPeer::of(stream.ssl(), credentials)) {
        extensions.insert(Arc::new(peer));
    }
}

/// Looks at the files of TLS again and again until the server stops.
async fn watch_files(credentials: Arc<Credentials>, pause: Duration, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
        reload(Arc::clone(&credentials)).await;
    }
}

async fn reload(credentials: Arc<Credentials>) {
    match tokio::task::spawn_blocking(move || credentials.reload()).await {
        Ok(Ok(true)) => tracing::info!("took up changed keys, certificates or revocation lists"),
        Ok(Ok(false)) => {}
        Ok(Err(error)) => tracing::error!(%error, "changed keys, certificates or revocation lists are unfit; those before stay in force"),
        Err(error) => tracing::error!(panicked = error.is_panic(), "the files of TLS could not be looked at"),
    }
}

fn serve_operations(listener: std::net::TcpListener, operations: Operations, stop: CancellationToken) -> io::Result<Server> {
    let operations = web::Data::new(operations);
    let server = HttpServer::new(move || App::new().app_data(operations.clone()).configure(operations::routes))
        .workers(1)
        .worker_max_blocking_threads(OPERATIONS_THREADS)
        .shutdown_timeout(1)
        .shutdown_signal(stop.cancelled_owned())
        .listen(listener)?;
    Ok(server.run())
}

fn serve_mllp(
    settings: &Settings,
    listener: std::net::TcpListener,
    handshake: Option<Handshake>,
    backend: &Backend,
    metrics: Arc<Metrics>,
    stop: CancellationToken,
) -> io::Result<JoinHandle<()>> {
    let limits = MllpLimits {
        connections: settings.limits.mllp_connections.get(),
        message_bytes: usize::try_from(settings.limits.mllp_message_size.bytes()).unwrap_or(usize::MAX),
        idle: settings.limits.mllp_idle_time,
    };
    let handler = patient_feed::handler(Arc::clone(&backend.services), metrics);
    let server = MllpListener::new(handler, limits, clock::now, stop);
    let server = if let Some(handshake) = handshake { server.over_tls(handshake) } else { server };
    Ok(tokio::spawn(server.serve(TcpListener::from_std(listener)?)))
}
