//! The running server: HTTP, operations and MLLP on their listeners, stopped together.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::{App, HttpServer, web};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::StartError;
use super::access_tokens::KeyRing;
use super::audit_delivery;
use super::audit_lags::AuditLags;
use super::backend::Backend;
use super::callback_delivery::CallbackDelivery;
use super::callback_sender::CallbackSender;
use super::clock::Clock;
use super::clock_operation;
use super::clock_watch::watch_clock;
use super::demo_authorization::Metadata;
use super::endpoints::PublicAddress;
use super::feeds::Feeds;
use super::front::Front;
use super::http_listeners::{self, Parts};
use super::https_listener;
use super::leaving::Leaving;
use super::listeners::{Addresses, Listeners};
use super::metrics::Metrics;
use super::operations::{self, Operations};
use super::readiness::Readiness;
use super::refusals::Refusals;
use super::request_body::BodyLimits;
use super::retention::keep_retaining;
use super::tls::{Credentials, Handshake};
use super::trail::keep_sealing;
use super::watched_files::{Watched, reload, watch};
use crate::access::Call;
use crate::settings::Settings;
use crate::transactions::fhir::{self, ReceivedRequest};
use crate::transactions::{self, Services, SoapRequest};

/// The operator asks one thing at a time.
const OPERATIONS_THREADS: usize = 4;

/// A server that answers.
pub struct Application {
    addresses: Addresses,
    stop: CancellationToken,
    stop_operations: CancellationToken,
    http: Vec<JoinHandle<io::Result<()>>>,
    operations: JoinHandle<io::Result<()>>,
    /// HL7 and syslog, each over its listeners.
    feeding: Vec<JoinHandle<()>>,
    callbacks: JoinHandle<()>,
    refusals: JoinHandle<()>,
    retention: JoinHandle<()>,
    sealing: JoinHandle<()>,
    backend: Backend,
    audit_deliveries: Vec<JoinHandle<()>>,
    watched: Watched,
    token_keys: Arc<KeyRing>,
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
    /// [`StartError::System`]; [`StartError::Untold`], for nobody is answered before the start is in the audit trail.
    pub fn start(settings: &Settings, listeners: Listeners, backend: &Backend) -> Result<Self, StartError> {
        let metrics = Arc::new(Metrics::new().map_err(io::Error::other)?);
        backend.tell_start(settings, &listeners.addresses)?;
        let (stop, stop_operations) = (CancellationToken::new(), CancellationToken::new());
        let (addresses, services, held) = (listeners.addresses, Arc::clone(&backend.services), Arc::new(Notify::new()));
        let sender = Arc::new(CallbackSender::new(settings)?);
        let callbacks = callbacks(settings, backend, &sender, &metrics, &held);
        let refusals = Arc::new(Refusals::new(backend.clock.clone()));
        let front = front(settings, services, held, Arc::clone(&metrics), Arc::clone(&refusals), backend.clock.clone());
        let public = PublicAddress::new(settings.http.public_url.as_ref().map(|url| url.as_str()), addresses.http);
        let credentials = listeners.credentials;
        let parts = Parts::new(front, public, Metadata::new(settings, backend), Arc::clone(&metrics));
        let secure = listeners.https.zip(credentials.as_ref()).map(|(listener, credentials)| {
            let handshake = Handshake::new(credentials, settings.https.client_certificate, Arc::clone(&refusals))?.answering_http();
            https_listener::serve(settings, listener, handshake, parts.clone(), stop.clone())
        });
        let plain = http_listeners::serve(settings, listeners.http, parts, stop.clone())?;
        let http = std::iter::once(plain).chain(secure.transpose()?).map(tokio::spawn).collect();
        let lags = Arc::new(AuditLags::new(Arc::clone(&metrics)));
        let operations = operations(backend, &metrics, Arc::clone(&lags), &stop, credentials.clone());
        let settable = settings.clock.settable.then(|| backend.clock.clone());
        let operations = serve_operations(listeners.operations, operations, settable, stop_operations.clone())?;
        let feeds = Feeds { settings, backend, metrics: &metrics, credentials: credentials.as_ref(), refusals: &refusals, stop: &stop };
        let mut feeding = feeds.hl7(listeners.mllp, listeners.mllp_tls)?;
        feeding.extend(feeds.syslog(listeners.syslog_tls, listeners.syslog_udp)?);
        let watched = watched(backend, sender, credentials);
        let callbacks = tokio::spawn(callbacks.run(stop.clone()));
        let refusals = tokio::spawn(refusals.keep_trail(Arc::clone(&backend.services), stop_operations.clone()));
        let (retention, sealing) = upkeep(settings, backend, &watched, &stop, &stop_operations);
        Ok(Self {
            addresses,
            audit_deliveries: audit_delivery::start(settings, backend, &lags, &stop)?,
            stop,
            callbacks,
            refusals,
            retention,
            sealing,
            backend: backend.clone(),
            stop_operations,
            http,
            operations: tokio::spawn(operations),
            feeding,
            watched,
            token_keys: Arc::clone(&backend.token_keys),
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

    /// Takes up keys, certificates, revocation lists and issuers that have changed; unfit ones are logged and change nothing.
    /// The keys of token issuers are looked at again when the next token comes.
    pub async fn reload(&self) {
        self.token_keys.reload();
        reload(&self.watched).await;
    }

    /// Takes no more requests and lets those under way finish, for `limits.shutdown_time` at most. Health and metrics answer
    /// until the end.
    pub async fn stop(self) {
        self.stop.cancel();
        let feeding = async {
            for feed in self.feeding {
                note("a feed of HL7 or syslog", tokio::time::timeout(self.shutdown_time, feed).await.map_or(Ok(()), |ended| ended));
            }
        };
        let http = async {
            for http in self.http {
                note("the HTTP server", http.await.map(drop));
            }
        };
        let callbacks = async {
            let ended = tokio::time::timeout(self.shutdown_time, self.callbacks).await;
            note("the delivery of answers", ended.unwrap_or(Ok(())));
        };
        let retention = async {
            let ended = tokio::time::timeout(self.shutdown_time, self.retention).await;
            note("the life of records", ended.unwrap_or(Ok(())));
        };
        let deliveries = async {
            for delivery in self.audit_deliveries {
                note("the delivery of the trail", tokio::time::timeout(self.shutdown_time, delivery).await.unwrap_or(Ok(())));
            }
        };
        tokio::join!(feeding, http, callbacks, retention, deliveries);
        note("the record of the stop", tokio::task::spawn_blocking(move || self.backend.tell_stop()).await);
        self.stop_operations.cancel();
        note("the trail of refusals", self.refusals.await);
        note("the seals of the trail", self.sealing.await);
        note("the operations server", self.operations.await.map(drop));
    }
}

/// What has to be done again and again: files are taken up that changed, records go on in their life, and the trail is sealed, to the very end.
fn upkeep(
    settings: &Settings,
    backend: &Backend,
    watched: &Watched,
    stop: &CancellationToken,
    stop_operations: &CancellationToken,
) -> (JoinHandle<()>, JoinHandle<()>) {
    tokio::spawn(watch(watched.clone(), settings.tls.reload_interval, stop.clone()));
    tokio::spawn(watch_clock(backend.clone(), settings.clock.longest_jump, stop.clone()));
    let (services, clock) = (&backend.services, &backend.clock);
    let retention = keep_retaining(Arc::clone(services), clock.clone(), settings.retention.interval, stop.clone());
    let sealing = keep_sealing(Arc::clone(services), clock.clone(), settings.audit.seal_interval, stop_operations.clone());
    (tokio::spawn(retention), tokio::spawn(sealing))
}

/// The files that may change while the server runs.
fn watched(backend: &Backend, sender: Arc<CallbackSender>, credentials: Option<Arc<Credentials>>) -> Watched {
    let mut watched = backend.watched.clone();
    watched.push(sender);
    watched.extend(credentials.map(|credentials| credentials as _));
    watched
}

fn callbacks(
    settings: &Settings,
    backend: &Backend,
    sender: &Arc<CallbackSender>,
    metrics: &Arc<Metrics>,
    held: &Arc<Notify>,
) -> CallbackDelivery {
    let (services, asynchronous) = (Arc::clone(&backend.services), settings.async_exchange.clone());
    CallbackDelivery::new(services, asynchronous, Arc::clone(sender), Arc::clone(metrics), Arc::clone(held), backend.clock.clone())
}

fn note(part: &str, ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(part, panicked = error.is_panic(), "did not end well");
    }
}

/// What the endpoints share. `held` is told when an answer waits for its callback.
fn front(
    settings: &Settings,
    services: Arc<Services>,
    held: Arc<Notify>,
    metrics: Arc<Metrics>,
    refusals: Arc<Refusals>,
    clock: Clock,
) -> Front {
    let for_fhir = Arc::clone(&services);
    let tick = services.door.has_access_rules().then_some(settings.limits.answer_tick);
    let leaving = Leaving { tick, held: Box::new(move |discretion| metrics.answer_on_tick(discretion)) };
    Front {
        clock,
        respond: Box::new(move |call: &Call, request: SoapRequest<'_>| transactions::respond(&services, call, request)),
        respond_fhir: Box::new(move |call: &Call, request: ReceivedRequest<'_>| fhir::respond(&for_fhir, call, request)),
        free: Arc::new(Semaphore::new(settings.limits.concurrent_requests.get().min(Semaphore::MAX_PERMITS))),
        leaving,
        delivered_elsewhere: held,
        refusals,
        body: body_limits(settings),
        soap_message_bytes: settings.limits.soap_message_size.bytes(),
        fhir_body_bytes: settings.limits.fhir_body_size.bytes(),
    }
}

fn body_limits(settings: &Settings) -> BodyLimits {
    let limits = &settings.limits;
    BodyLimits {
        bytes: limits.request_size.bytes(),
        idle: limits.idle_time,
        total: limits.request_time,
        least_rate: limits.least_rate.bytes(),
    }
}

fn operations(
    backend: &Backend,
    metrics: &Arc<Metrics>,
    lags: Arc<AuditLags>,
    stop: &CancellationToken,
    credentials: Option<Arc<Credentials>>,
) -> Operations {
    Operations {
        readiness: Readiness::new(Arc::clone(&backend.store), Arc::clone(&backend.contents), Arc::clone(metrics), lags),
        metrics: Arc::clone(metrics),
        store: Arc::clone(&backend.store),
        stop: stop.clone(),
        credentials,
    }
}

fn serve_operations(
    listener: std::net::TcpListener,
    operations: Operations,
    settable: Option<Clock>,
    stop: CancellationToken,
) -> io::Result<Server> {
    let operations = web::Data::new(operations);
    let server = HttpServer::new(move || {
        let settable = settable.clone();
        let clock = move |routes: &mut web::ServiceConfig| settable.into_iter().for_each(|clock| clock_operation::routes(routes, clock));
        App::new().app_data(operations.clone()).configure(operations::routes).configure(clock)
    })
    .workers(1)
    .worker_max_blocking_threads(OPERATIONS_THREADS)
    .shutdown_timeout(1)
    .shutdown_signal(stop.cancelled_owned())
    .listen(listener)?;
    Ok(server.run())
}
