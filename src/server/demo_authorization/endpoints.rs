//! The authorization server and its metadata over HTTP.

use std::sync::Arc;

use actix_web::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, PRAGMA, REFERRER_POLICY, RETRY_AFTER, WWW_AUTHENTICATE,
};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use serde_json::Value;
use uuid::Uuid;

use super::answer::{Answer, Told};
use super::parameters::Parameters;
use super::{AuthorizationServer, Metadata};
use crate::access::{Call, Discreet};
use crate::model::audit_event::Transaction;
use crate::model::node::NodeProof;
use crate::model::timestamp::Instant;
use crate::server::endpoints::PublicAddress;
use crate::server::exchange::Exchange;
use crate::server::fault_reply::{method_not_allowed, not_found};
use crate::server::tls::TlsPeer;

/// The largest form taken, in bytes.
const LARGEST_FORM: usize = 16 * 1024;

/// The resources of authorization. Where no authorization server is known, none of them is there.
pub(in crate::server) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/fhir/.well-known/smart-configuration", web::get().to(smart_configuration))
        .route("/.well-known/oauth-authorization-server", web::get().to(authorization_server))
        .route("/oauth/jwks", web::get().to(key_set))
        .service(
            web::scope("/oauth")
                .app_data(web::PayloadConfig::new(LARGEST_FORM))
                .route("/authorize", web::to(authorize))
                .route("/token", web::to(token))
                .route("/introspect", web::to(introspect)),
        );
}

async fn smart_configuration(metadata: web::Data<Metadata>, public: web::Data<PublicAddress>, request: HttpRequest) -> HttpResponse {
    public_json(metadata.smart_configuration(&public.for_caller(&request))).await
}

async fn authorization_server(metadata: web::Data<Metadata>, public: web::Data<PublicAddress>, request: HttpRequest) -> HttpResponse {
    public_json(metadata.authorization_server(&public.for_caller(&request))).await
}

async fn key_set(metadata: web::Data<Metadata>) -> HttpResponse {
    public_json(metadata.server.as_ref().map(|server| server.key_set())).await
}

async fn public_json(value: Option<Value>) -> HttpResponse {
    match value {
        Some(value) => HttpResponse::Ok().insert_header((CACHE_CONTROL, "public, max-age=300")).json(value),
        None => not_found().await,
    }
}

async fn authorize(metadata: web::Data<Metadata>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let query = request.query_string().to_owned();
    match *request.method() {
        Method::GET => {
            let ask = move |server: &AuthorizationServer, _| Parameters::read(&query).map(|request| Told::only(server.ask(&request)));
            answered(metadata, &request, Transaction::Iti71, ask).await
        }
        Method::POST => {
            let decide = move |server: &AuthorizationServer, now| form(&body).map(|request| server.decide(&request, now));
            answered(metadata, &request, Transaction::Iti71, decide).await
        }
        _ => method_not_allowed("GET, POST"),
    }
}

async fn token(metadata: web::Data<Metadata>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    by_client(metadata, request, body, Transaction::Iti71, AuthorizationServer::token).await
}

async fn introspect(metadata: web::Data<Metadata>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    by_client(metadata, request, body, Transaction::Iti102, AuthorizationServer::introspect).await
}

type ByClient = fn(&AuthorizationServer, &Parameters, Option<&str>, Instant) -> Told;

async fn by_client(
    metadata: web::Data<Metadata>,
    request: HttpRequest,
    body: web::Bytes,
    transaction: Transaction,
    act: ByClient,
) -> HttpResponse {
    if request.method() != Method::POST {
        return method_not_allowed("POST");
    }
    let authorization = match request.headers().get(AUTHORIZATION).map(|value| value.to_str().map(str::to_owned)) {
        None => None,
        Some(Ok(text)) => Some(text),
        Some(Err(_)) => return respond(Answer::error("invalid_client", "the Authorization header is not text")),
    };
    let act = move |server: &AuthorizationServer, now| Some(act(server, &form(&body)?, authorization.as_deref(), now));
    answered(metadata, &request, transaction, act).await
}

fn form(body: &[u8]) -> Option<Parameters> {
    Parameters::read(std::str::from_utf8(body).ok()?)
}

/// Carries it out on a blocking thread, unless too much is asked; nothing is a request that cannot be read. The answer is given once
/// the audit trail has what it grants or refuses.
async fn answered<F>(metadata: web::Data<Metadata>, request: &HttpRequest, transaction: Transaction, act: F) -> HttpResponse
where
    F: FnOnce(&AuthorizationServer, Instant) -> Option<Told> + Send + 'static,
{
    let Some(server) = metadata.server.as_ref().map(Arc::clone) else { return not_found().await };
    let call = call(request, metadata.clock.instant());
    if !server.has_room(call.now) {
        return respond(Answer::unavailable("too many requests at one time; send it again later"));
    }
    let unreadable = || Told::error("invalid_request", "the parameters cannot be read, or one stands twice");
    let done = web::block(move || {
        let told = act(&server, call.now).unwrap_or_else(unreadable);
        metadata.kept(call, transaction, told)
    });
    match done.await {
        Ok(answer) => respond(answer),
        Err(_) => respond(Answer::unavailable("the server is busy")),
    }
}

fn call(request: &HttpRequest, now: Instant) -> Call {
    let exchange = request.extensions().get::<Arc<Exchange>>().map(Arc::clone);
    let node = request.conn_data::<Arc<TlsPeer>>().map_or(NodeProof::None, |peer| peer.proof());
    let source = exchange.as_ref().and_then(|exchange| exchange.peer).map(|address| address.to_string());
    Call {
        request_id: exchange.map_or_else(Uuid::new_v4, |exchange| exchange.request_id),
        now,
        source_address: source.unwrap_or_default(),
        caller: None,
        reply_to: None,
        node,
        admitted: None,
        asked: None,
        person: None,
        discreet: Discreet::default(),
    }
}

fn respond(answer: Answer) -> HttpResponse {
    let status = |status: u16| StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = match &answer {
        Answer::Json(code, _) | Answer::Page { status: code, .. } => HttpResponse::build(status(*code)),
        Answer::Redirect(_) => HttpResponse::SeeOther(),
    };
    response.insert_header((CACHE_CONTROL, "no-store")).insert_header((PRAGMA, "no-cache")).insert_header((REFERRER_POLICY, "no-referrer"));
    match answer {
        Answer::Json(code, value) => {
            if code == 401 {
                response.insert_header((WWW_AUTHENTICATE, "Basic realm=\"dossier-demo\""));
            }
            if code == 503 {
                response.insert_header((RETRY_AFTER, "1"));
            }
            response.json(value)
        }
        Answer::Page { html, leads_to, .. } => {
            // A browser holds a form to the addresses named here, also after a redirection.
            let leads_to = leads_to.map(|uri| format!(" {uri}")).unwrap_or_default();
            let policy = format!("default-src 'none'; form-action 'self'{leads_to}; frame-ancestors 'none'; base-uri 'none'");
            response.insert_header((CONTENT_SECURITY_POLICY, policy)).content_type("text/html; charset=utf-8").body(html)
        }
        Answer::Redirect(location) => response.insert_header((LOCATION, location)).finish(),
    }
}
