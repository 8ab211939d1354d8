//! Gives each request its id and watches its answer until the last byte is out.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};
use bytes::Bytes;

use super::exchange::Exchange;
use super::metrics::Metrics;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Middleware: begins an [`Exchange`], which handlers find among the extensions of the request, and writes its id into the
/// answer as `X-Request-Id`.
///
/// # Errors
/// Those of the handler.
pub(super) async fn observe<B: MessageBody + Unpin + 'static>(
    metrics: web::Data<Metrics>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<ObservedBody<B>>, Error> {
    let endpoint = request.match_pattern().unwrap_or_else(|| "unknown".to_owned());
    let peer = request.peer_addr().map(|address| address.ip());
    let exchange = Arc::new(Exchange::begin(name_of(request.method()), endpoint, peer, metrics.into_inner()));
    request.extensions_mut().insert(Arc::clone(&exchange));
    let mut response = next.call(request).await?;
    exchange.status(response.status().as_u16());
    if let Ok(id) = HeaderValue::from_str(&exchange.request_id.to_string()) {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }
    Ok(response.map_body(|_, body| ObservedBody { body, exchange }))
}

/// A method as sent could be any word.
fn name_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// A body whose bytes are counted on their way out.
pub(super) struct ObservedBody<B> {
    body: B,
    exchange: Arc<Exchange>,
}

impl<B: MessageBody + Unpin> MessageBody for ObservedBody<B> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        let size = self.body.size();
        if matches!(size, BodySize::None | BodySize::Sized(0)) {
            // It will not be asked for bytes.
            self.exchange.completed();
        }
        size
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, B::Error>>> {
        let polled = Pin::new(&mut self.body).poll_next(context);
        match &polled {
            Poll::Ready(Some(Ok(bytes))) => self.exchange.sent(bytes.len()),
            Poll::Ready(None) => self.exchange.completed(),
            Poll::Ready(Some(Err(_))) | Poll::Pending => {}
        }
        polled
    }
}
