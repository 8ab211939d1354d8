//! Which resource answers what.

use std::net::SocketAddr;

use actix_web::http::Method;
use actix_web::http::header::{CONTENT_TYPE, HOST};
use actix_web::{HttpRequest, HttpResponse, web};

use super::demo_authorization;
use super::fault_reply::{method_not_allowed, not_found};
use super::front::Front;
use super::https_listener::OverTls;
use super::soap_endpoint;
use super::{fhir_endpoint, wsdl};
use crate::transactions::Endpoint;

/// The resources for clients.
pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/", web::get().to(welcome))
        .configure(demo_authorization::routes)
        .route("/xds/registry", web::to(registry))
        .route("/xds/repository", web::to(repository))
        .route("/xds/recipient", web::to(recipient))
        .route("/hl7v3/patient-feed", web::to(patient_feed))
        .route("/xds/schemas/{file}", web::to(schema))
        .route("/hl7v3/schemas/{file}", web::to(schema))
        .route("/fhir", web::to(fhir))
        .route("/fhir/{path:.*}", web::to(fhir));
}

/// What a browser may look at, for whoever opens the address in one.
async fn welcome() -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/plain; charset=utf-8")).body(WELCOME)
}

const WELCOME: &str = "\
This is Dossier, a server for programs: it has no pages of its own. A browser can look at

  /fhir/metadata                             what it does over FHIR
  /fhir/.well-known/smart-configuration      where programs get access tokens, if it is set
  /xds/registry?wsdl, /xds/repository?wsdl   what it does over SOAP

Everything about a patient needs to know who asks: a token in Authorization, or an assertion in WS-Security.
";

/// The address that the WSDL names.
pub(super) struct PublicAddress {
    /// As the operator set it.
    set: Option<String>,
    listen: SocketAddr,
}

impl PublicAddress {
    /// The address that is set, or else where the server listens.
    pub(super) fn new(set: Option<&str>, listen: SocketAddr) -> Self {
        Self { set: set.map(|url| url.trim_end_matches('/').to_owned()), listen }
    }

    /// For one caller: what is set, or the host they asked for, if it looks like one.
    pub(super) fn for_caller(&self, request: &HttpRequest) -> String {
        if let Some(url) = &self.set {
            return url.clone();
        }
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).filter(|host| is_host(host));
        let scheme = if request.conn_data::<OverTls>().is_some() { "https" } else { "http" };
        host.map_or_else(|| format!("{scheme}://{}", self.listen), |host| format!("{scheme}://{host}"))
    }
}

/// A host and port (RFC 3986, 3.2.2), with nothing that could end an attribute or a URL.
fn is_host(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']');
    !text.is_empty() && text.len() <= 255 && text.bytes().all(allowed)
}

async fn registry(front: web::Data<Front>, public: web::Data<PublicAddress>, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    with_wsdl(front, Endpoint::Registry, wsdl::REGISTRY, &public, request, payload).await
}

async fn repository(
    front: web::Data<Front>,
    public: web::Data<PublicAddress>,
    request: HttpRequest,
    payload: web::Payload,
) -> HttpResponse {
    with_wsdl(front, Endpoint::Repository, wsdl::REPOSITORY, &public, request, payload).await
}

async fn recipient(front: web::Data<Front>, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    match *request.method() {
        Method::POST => soap_endpoint::post(front, Endpoint::Recipient, request, payload).await,
        _ => method_not_allowed("POST"),
    }
}

async fn patient_feed(
    front: web::Data<Front>,
    public: web::Data<PublicAddress>,
    request: HttpRequest,
    payload: web::Payload,
) -> HttpResponse {
    with_wsdl(front, Endpoint::PatientFeed, wsdl::PATIENT_FEED, &public, request, payload).await
}

async fn fhir(front: web::Data<Front>, public: web::Data<PublicAddress>, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let base_url = format!("{}/fhir", public.for_caller(&request));
    fhir_endpoint::answer(front, base_url, request, payload).await
}

async fn with_wsdl(
    front: web::Data<Front>,
    endpoint: Endpoint,
    description: &'static str,
    public: &PublicAddress,
    request: HttpRequest,
    payload: web::Payload,
) -> HttpResponse {
    match *request.method() {
        Method::POST => soap_endpoint::post(front, endpoint, request, payload).await,
        Method::GET if request.query_string().eq_ignore_ascii_case("wsdl") => {
            xml("application/wsdl+xml", wsdl::at(description, &public.for_caller(&request)))
        }
        _ => method_not_allowed("GET, POST"),
    }
}

async fn schema(request: HttpRequest) -> HttpResponse {
    if request.method() != Method::GET {
        return method_not_allowed("GET");
    }
    match request.match_info().get("file").and_then(wsdl::schema) {
        Some(text) => xml("application/xml", text.to_owned()),
        None => not_found().await,
    }
}

fn xml(media_type: &str, text: String) -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, format!("{media_type}; charset=utf-8"))).body(text)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn asked_for(host: &str, set: Option<&str>) -> String {
        let request = TestRequest::default().insert_header((HOST, host)).to_http_request();
        PublicAddress::new(set, SocketAddr::from(([127, 0, 0, 1], 8080))).for_caller(&request)
    }

    #[test]
    fn the_host_of_the_caller_is_used_if_it_is_one() {
        assert_eq!(asked_for("xds.example:9080", None), "http://xds.example:9080");
        assert_eq!(asked_for("[::1]:8080", None), "http://[::1]:8080");
        for hostile in ["a\"/><evil", "a/b", "user@host", "", "a b", &"a".repeat(256)] {
            assert_eq!(asked_for(hostile, None), "http://127.0.0.1:8080", "{hostile}");
        }
    }

    #[test]
    fn what_the_operator_set_goes_first() {
        assert_eq!(asked_for("elsewhere", Some("https://xds.example/base/")), "https://xds.example/base");
    }
}
