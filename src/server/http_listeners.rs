//! The SOAP and FHIR endpoints over plain HTTP, and what those over TLS share with them.

use std::net::TcpListener;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{App, Error, HttpServer, web};
use tokio_util::sync::CancellationToken;

use super::StartError;
use super::demo_authorization::Metadata;
use super::endpoints::{self, PublicAddress};
use super::fault_reply::not_found;
use super::front::Front;
use super::metrics::Metrics;
use super::request_id::observe;
use crate::settings::Settings;
use crate::settings::sections::Limits;

/// How long a connection stays open for a next request.
pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long a caller whose request was not read to its end may take to read the answer before the connection is cut.
pub(super) const LAST_WORD: Duration = Duration::from_secs(5);

/// What the endpoints of all listeners share.
#[derive(Clone)]
pub(super) struct Parts {
    front: web::Data<Front>,
    public: web::Data<PublicAddress>,
    authorization: web::Data<Metadata>,
    metrics: web::Data<Metrics>,
}

impl Parts {
    /// Puts them together.
    pub(super) fn new(front: Front, public: PublicAddress, authorization: Metadata, metrics: Arc<Metrics>) -> Self {
        let (front, public) = (web::Data::new(front), web::Data::new(public));
        Self { front, public, authorization: web::Data::new(authorization), metrics: web::Data::from(metrics) }
    }

    /// The endpoints, for one worker.
    pub(super) fn application(
        &self,
    ) -> App<
        impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<impl MessageBody + use<>>, Error = Error, InitError = ()>
        + use<>,
    > {
        App::new()
            .app_data(self.front.clone())
            .app_data(self.public.clone())
            .app_data(self.authorization.clone())
            .app_data(self.metrics.clone())
            .configure(endpoints::routes)
            .default_service(web::to(not_found))
            .wrap(from_fn(observe))
    }
}

/// How many threads wait for sockets.
pub(super) fn workers() -> usize {
    available_parallelism().map_or(1, NonZeroUsize::get)
}

/// The most connections of one of them.
pub(super) fn connections_of_a_worker(limits: &Limits) -> usize {
    limits.connections.get().div_ceil(workers())
}

/// Answers over plain HTTP until `stop` is cancelled.
///
/// # Errors
/// [`StartError::System`].
pub(super) fn serve(settings: &Settings, listener: TcpListener, parts: Parts, stop: CancellationToken) -> Result<Server, StartError> {
    let limits = &settings.limits;
    let server = HttpServer::new(move || parts.application())
        .workers(workers())
        .max_connections(connections_of_a_worker(limits))
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
