//! The bridge between sockets and blocking threads, with handlers that do what no transaction should.

use super::clock::Clock;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::endpoints::{PublicAddress, routes};
use super::front::{Front, Respond};
use super::leaving::Leaving;
use super::metrics::Metrics;
use super::request_body::BodyLimits;
use super::request_id::observe;
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::transactions::fhir::ReceivedRequest;
use crate::transactions::{ReplyBody, SoapReply, WriteReply};

const HEAD: &str = "POST /xds/registry HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";

/// What the server sends back for each of the requests, one after the other.
async fn answers(respond: Box<Respond>, requests: &[&str]) -> Vec<String> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let limits = BodyLimits { bytes: 1 << 20, idle: Duration::from_secs(1), total: Duration::from_secs(10), least_rate: 1 };
    let (free, refusals) = (Arc::new(Semaphore::new(2)), Arc::default());
    let respond_fhir = Box::new(|_: &_, _: ReceivedRequest<'_>| panic!("no request here is one of FHIR"));
    let front = Front {
        clock: Clock::default(),
        respond,
        respond_fhir,
        free,
        leaving: Leaving { tick: None, held: Box::new(|_| ()) },
        delivered_elsewhere: Arc::default(),
        refusals,
        body: limits,
        soap_message_bytes: 1 << 16,
        fhir_body_bytes: 1 << 16,
    };
    let (front, public) = (web::Data::new(front), web::Data::new(PublicAddress::new(None, address)));
    let metrics = web::Data::new(Metrics::new().unwrap());
    let server = HttpServer::new(move || {
        let app = App::new().app_data(front.clone()).app_data(public.clone()).app_data(metrics.clone());
        app.configure(routes).wrap(from_fn(observe))
    });
    let server = server.workers(1).shutdown_signal(stop.clone().cancelled_owned()).listen(listener).unwrap().run();
    let served = tokio::spawn(server);
    let requests: Vec<String> = requests.iter().map(|&request| request.to_owned()).collect();
    let asked = tokio::task::spawn_blocking(move || requests.iter().map(|request| ask(address, request)).collect());
    let answers = asked.await.unwrap();
    stop.cancel();
    served.await.unwrap().unwrap();
    answers
}

fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    // A connection that is cut may end in an error; what came before it counts.
    drop(stream.read_to_end(&mut answer));
    String::from_utf8(answer).unwrap()
}

fn with_body(body: &str) -> String {
    format!("{HEAD}Content-Length: {}\r\n\r\n{body}", body.len())
}

fn reply(body: ReplyBody) -> SoapReply {
    let (transaction, outcome) = (Transaction::Unknown, AuditOutcome::Success);
    SoapReply { status: 200, content_type: "text/plain".to_owned(), transaction, outcome, body }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_answered_and_the_server_lives() {
    let respond: Box<Respond> = Box::new(|_, request| {
        let mut text = String::new();
        request.body.read_to_string(&mut text).unwrap();
        assert_ne!(text, "bad");
        reply(ReplyBody::Whole(text.into_bytes()))
    });
    let answers = answers(respond, &[&with_body("bad"), &with_body("good")]).await;
    assert!(answers[0].starts_with("HTTP/1.1 500 ") && answers[0].contains("soap:Receiver"), "{}", answers[0]);
    assert!(answers[1].starts_with("HTTP/1.1 200 ") && answers[1].ends_with("good"), "{}", answers[1]);
}

fn streamed(write: impl Fn(&mut dyn io::Write) -> io::Result<()> + Clone + Send + Sync + 'static) -> Box<Respond> {
    Box::new(move |_, _| {
        let write: WriteReply = Box::new(write.clone());
        reply(ReplyBody::Stream(write))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_comes_out_whole() {
    let respond = streamed(|out| (0..50_000).try_for_each(|n| write!(out, "{n:06} ")));
    let answer = answers(respond, &[&with_body("x")]).await.remove(0);
    assert!(answer.contains("transfer-encoding: chunked"), "{}", &answer[..300]);
    assert!(answer.contains("000000 000001 ") && answer.ends_with("049999 \r\n0\r\n\r\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_fails_does_not_look_whole() {
    let failing = streamed(|out| {
        out.write_all(b"the beginning")?;
        Err(io::Error::other("the document was altered"))
    });
    let panicking = streamed(|out| {
        out.write_all(&[b'x'; 300_000])?;
        panic!("on purpose")
    });
    for respond in [failing, panicking] {
        let answer = answers(respond, &[&with_body("x")]).await.remove(0);
        assert!(!answer.ends_with("0\r\n\r\n"), "a cut answer has a closing chunk");
    }
}
