//! The running server: HTTP, operations and MLLP on their listeners, stopped together.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::backend::Backend;
use super::callback_delivery::CallbackDelivery;
use super::endpoints::{self, PublicAddress};
use super::fault_reply::not_found;
use super::listeners::{Addresses, Listeners};
use super::metrics::Metrics;
use super::mllp_listener::{MllpLimits, MllpListener};
use super::operations::{self, Operations};
use super::patient_feed;
use super::readiness::Readiness;
use super::refusals::Refusals;
use super::request_body::BodyLimits;
use super::request_id::observe;
use super::soap_endpoint::Front;
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
    callbacks: JoinHandle<()>,
    refusals: JoinHandle<()>,
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
        let (services, held) = (Arc::clone(&backend.services), Arc::new(Notify::new()));
        let asynchronous = settings.async_exchange.clone();
        let callbacks = CallbackDelivery::new(Arc::clone(&services), asynchronous, Arc::clone(&metrics), Arc::clone(&held));
        let refusals = Arc::new(Refusals::default());
        let front = Front {
            respond: Box::new(move |call, request| {
                let reply = transactions::respond(&services, call, request);
                if reply.status == 202 {
                    held.notify_one();
                }
                reply
            }),
            free: Arc::new(Semaphore::new(settings.limits.concurrent_requests.get().min(Semaphore::MAX_PERMITS))),
            refusals: Arc::clone(&refusals),
            body: body_limits(settings),
            soap_message_bytes: settings.limits.soap_message_size.bytes(),
        };
        let public = PublicAddress::new(settings.http.public_url.as_ref().map(|url| url.as_str()), addresses.http);
        let http = serve_http(settings, listeners.http, front, public, Arc::clone(&metrics), stop.clone())?;
        let operations = Operations {
            readiness: Readiness::new(Arc::clone(&backend.store), Arc::clone(&backend.contents), Arc::clone(&metrics)),
            metrics: Arc::clone(&metrics),
            store: Arc::clone(&backend.store),
            stop: stop.clone(),
        };
        let operations = serve_operations(listeners.operations, operations, stop_operations.clone())?;
        let mllp = listeners.mllp.map(|listener| serve_mllp(settings, listener, backend, metrics, stop.clone())).transpose()?;
        let callbacks = tokio::spawn(callbacks.run(stop.clone()));
        let refusals = tokio::spawn(refusals.keep_trail(Arc::clone(&backend.services), stop_operations.clone()));
        Ok(Self {
            addresses,
            stop,
            callbacks,
            refusals,
            stop_operations,
            http: tokio::spawn(http),
            operations: tokio::spawn(operations),
            mllp,
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

    /// Takes no more requests and lets those under way finish, for `limits.shutdown_time` at most. Health and metrics answer
    /// until the end.
    pub async fn stop(self) {
        self.stop.cancel();
        let mllp = async {
            if let Some(mllp) = self.mllp {
                note("the HL7 feed", tokio::time::timeout(self.shutdown_time, mllp).await.map_or(Ok(()), |ended| ended));
            }
        };
        let http = async { note("the HTTP server", self.http.await.map(drop)) };
        let callbacks = async {
            let ended = tokio::time::timeout(self.shutdown_time, self.callbacks).await;
            note("the delivery of answers", ended.unwrap_or(Ok(())));
        };
        tokio::join!(mllp, http, callbacks);
        self.stop_operations.cancel();
        note("the trail of refusals", self.refusals.await);
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
    front: Front,
    public: PublicAddress,
    metrics: Arc<Metrics>,
    stop: CancellationToken,
) -> io::Result<Server> {
    let (front, public, metrics) = (web::Data::new(front), web::Data::new(public), web::Data::from(metrics));
    let limits = &settings.limits;
    let server = HttpServer::new(move || {
        App::new()
            .app_data(front.clone())
            .app_data(public.clone())
            .app_data(metrics.clone())
            .configure(endpoints::routes)
            .default_service(web::to(not_found))
            .wrap(from_fn(observe))
    })
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
    Ok(server.run())
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
    Ok(tokio::spawn(server.serve(TcpListener::from_std(listener)?)))
}
