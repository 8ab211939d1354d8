use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;

use super::*;
use crate::settings::{self, Sources};

fn at(seconds: i64) -> Instant {
    Instant(seconds * 1_000_000)
}

/// Settings from the environment, where the secret belongs.
fn asking(values: [(&str, &str); 4]) -> Settings {
    let variable = |(key, value): (&str, &str)| (format!("DOSSIER_IUA_INTROSPECTION_{key}").into(), value.into());
    let environment = values.map(variable).to_vec();
    settings::load(&Sources { environment, ..Sources::default() }).unwrap().settings
}

/// An authorization server: each token is active as long as `active` says so. Gives the requests it got.
fn served(active: Arc<Mutex<bool>>) -> (Introspector, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/introspect", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = vec![0; 4096];
            let mut length = stream.read(&mut request).unwrap();
            while !String::from_utf8_lossy(&request[..length]).ends_with("access_token") {
                length += stream.read(&mut request[length..]).unwrap();
            }
            noted.lock().unwrap().push(String::from_utf8_lossy(&request[..length]).into_owned());
            let body =
                if *active.lock().unwrap() { r#"{"active":true,"sub":"joan","exp":4000,"aud":"us"}"# } else { r#"{"active":false}"# };
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        }
    });
    let values = [("URL", url.as_str()), ("ISSUER", "urn:as"), ("CLIENT", "dossier"), ("SECRET", "hush:hush")];
    let settings = asking(values);
    (Introspector::new(&settings).unwrap(), asked)
}

#[test]
fn an_answer_serves_for_a_short_time() {
    let active = Arc::new(Mutex::new(true));
    let (introspector, asked) = served(Arc::clone(&active));
    assert_eq!(introspector.ask("a+b", at(100)).unwrap().subject, "joan");
    *active.lock().unwrap() = false;
    assert!(introspector.ask("a+b", at(109)).is_ok());
    assert_eq!(introspector.ask("other", at(109)), Err(Refusal::NotActive));
    assert_eq!(introspector.ask("a+b", at(110)), Err(Refusal::NotActive));
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 3);
    assert!(asked[0].contains("token=a%2Bb&"), "{}", asked[0]);
    // dossier:hush%3Ahush
    assert!(asked[0].to_ascii_lowercase().contains("authorization: basic zg9zc2llcjpodxnojtnbahvzaa=="), "{}", asked[0]);
}

#[test]
fn without_an_answer_nobody_is_proven() {
    let values = [("URL", "http://127.0.0.1:9/introspect"), ("ISSUER", "urn:as"), ("CLIENT", "dossier"), ("SECRET", "hush")];
    let settings = asking(values);
    assert_eq!(Introspector::new(&settings).unwrap().ask("t", at(0)), Err(Refusal::NoIntrospection));
}
