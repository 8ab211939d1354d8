//! What the operator asks: alive, ready, figures. On a listener of its own, never that of the clients.

use std::sync::Arc;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpResponse, web};
use tokio_util::sync::CancellationToken;

use super::clock;
use super::metrics::Metrics;
use super::readiness::Readiness;
use super::tls::Credentials;
use crate::store::Store;

/// What the endpoints work with.
pub(super) struct Operations {
    pub(super) metrics: Arc<Metrics>,
    pub(super) readiness: Readiness,
    pub(super) store: Arc<Store>,
    /// Cancelled once the server is told to stop.
    pub(super) stop: CancellationToken,
    /// Keys and trust of TLS, if any listener speaks it.
    pub(super) credentials: Option<Arc<Credentials>>,
}

/// `/livez`, `/readyz` and `/metrics`.
pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/", web::get().to(welcome))
        .route("/livez", web::get().to(livez))
        .route("/readyz", web::get().to(readyz))
        .route("/metrics", web::get().to(metrics));
}

async fn welcome() -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/plain; charset=utf-8")).body("/livez, /readyz, /metrics\n")
}

/// The process answers; nothing else is said by it.
async fn livez() -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/plain; charset=utf-8")).body("alive\n")
}

/// 200 if requests can be answered, 503 if not or while the server stops.
async fn readyz(operations: web::Data<Operations>) -> HttpResponse {
    if operations.stop.is_cancelled() {
        return HttpResponse::ServiceUnavailable().json(serde_json::json!({ "ready": false, "stopping": true }));
    }
    let report = operations.readiness.report().await;
    if report.ready { HttpResponse::Ok().json(report) } else { HttpResponse::ServiceUnavailable().json(report) }
}

async fn metrics(operations: web::Data<Operations>) -> HttpResponse {
    if let Some(credentials) = &operations.credentials {
        let days = credentials.days_left(clock::now().unix_timestamp());
        operations.metrics.certificates(&days, credentials.is_up_to_date());
    }
    let text = operations.metrics.render(operations.store.pool_state());
    HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")).body(text)
}
