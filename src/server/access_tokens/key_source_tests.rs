use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::settings::{self, Flag, Sources};
use crate::wire::jwt::SigningKey;

const AGES: Ages = Ages { refresh: Duration::from_secs(300), keep: Duration::from_secs(3600) };

fn at(seconds: i64) -> Instant {
    Instant(seconds * 1_000_000)
}

/// A key set with a new key, and the name of the key.
fn key_set() -> (String, String) {
    let set = SigningKey::from_pem(&SigningKey::generate_pem().unwrap()).unwrap().key_set();
    let kid = set["keys"][0]["kid"].as_str().unwrap().to_owned();
    (set.to_string(), kid)
}

fn has(source: &KeySource, kid: &str, seconds: i64) -> bool {
    matches!(source.find(kid, at(seconds)), Found::Key(_))
}

#[test]
fn a_changed_file_is_taken_up_and_an_unfit_one_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    let ((first, one), (second, two)) = (key_set(), key_set());
    std::fs::write(&path, &first).unwrap();
    let source = KeySource::new(KeysAt::File(path.clone()), AGES);
    source.load(at(1000)).unwrap();
    assert!(has(&source, &one, 1000) && !has(&source, &two, 1000));
    std::fs::write(&path, &second).unwrap();
    assert!(has(&source, &one, 1000), "not looked at before it is time");
    assert!(has(&source, &two, 1002), "an unknown name is worth a look");
    assert!(!has(&source, &one, 1002));
    std::fs::write(&path, "{}").unwrap();
    assert!(has(&source, &two, 9000));
    std::fs::write(&path, &first).unwrap();
    source.forget_age();
    assert!(has(&source, &one, 9000));
}

#[test]
fn an_unfit_file_is_told_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    assert!(KeySource::new(KeysAt::File(path.clone()), AGES).load(at(0)).is_err());
    std::fs::write(&path, "[]").unwrap();
    assert!(KeySource::new(KeysAt::File(path), AGES).load(at(0)).unwrap_err().contains("JWK Set"));
}

/// A server that answers each request with what stands in `answer`, and counts them.
fn served(answer: Arc<Mutex<String>>) -> (KeysAt, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://as.example=http://{}/jwks", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            lines.map_while(Result::ok).take_while(|line| !line.is_empty()).for_each(drop);
            count.fetch_add(1, Ordering::SeqCst);
            stream.write_all(lock(&answer).as_bytes()).unwrap();
        }
    });
    let flags = vec![Flag::new("test", "iua.issuers", url)];
    let settings = settings::load(&Sources { flags, ..Sources::default() }).unwrap().settings;
    (settings.iua.issuers[0].keys.clone(), asked)
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

#[test]
fn a_url_is_asked_rarely_and_its_keys_outlive_a_failure_for_a_while() {
    let ((first, one), (second, two)) = (key_set(), key_set());
    let answer = Arc::new(Mutex::new(ok(&first)));
    let (url, asked) = served(Arc::clone(&answer));
    let source = KeySource::new(url, AGES);
    assert!(has(&source, &one, 1000) && has(&source, &one, 1200));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    *lock(&answer) = ok(&second);
    assert!((1201..1250).all(|second| second < 1060 || !has(&source, "invented", second)));
    assert_eq!(asked.load(Ordering::SeqCst), 2, "invented names make it ask once a minute at most");
    assert!(has(&source, &two, 1250) && !has(&source, &one, 1250));
    *lock(&answer) = "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned();
    assert!(has(&source, &two, 2000));
    assert!(matches!(source.find(&two, at(1201 + 3601)), Found::NoKeys));
}

#[test]
fn what_is_too_large_or_elsewhere_is_no_answer() {
    let answer = Arc::new(Mutex::new(ok(&" ".repeat(300_000))));
    let (url, asked) = served(Arc::clone(&answer));
    let source = KeySource::new(url, AGES);
    assert!(matches!(source.find("k", at(1000)), Found::NoKeys));
    *lock(&answer) = "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned();
    assert!(matches!(source.find("k", at(2000)), Found::NoKeys));
    assert_eq!(asked.load(Ordering::SeqCst), 2, "a redirection is not followed");
}
