//! Certificates that an OCSP responder vouches for, or not.

use std::path::Path;
use std::process::Command;

use super::client::{ITI8, Secure, connect, server_on};
use super::ocsp_responder::{Responder, Says, TRUTH, answer, openssl_is_there, publish};
use super::pki::{copy_of_pki, tls_settings};
use super::reload::until_refused;
use crate::support::{Database, TestServer, send_hl7_over};

fn status(server: &TestServer, pki: &Path, name: &str) -> u16 {
    Secure::open_with(server, pki, Some(name)).unwrap().query().unwrap().status
}

fn server(pki: &Path, responder: &Responder, mode: &str, changes: &[(&'static str, &str)]) -> TestServer {
    let url = responder.url();
    let fixed = [("tls.ocsp", mode), ("tls.ocsp_responder", url.as_str()), ("tls.ocsp_time", "1s")];
    server_on(Database::Sqlite, pki, &[&fixed, changes].concat())
}

#[test]
fn only_whom_the_responder_knows_as_good_gets_answers_and_it_is_asked_once() {
    let pki = copy_of_pki();
    let Some(responder) = Responder::start(pki.path()) else { return };
    publish(pki.path(), &["hospital-e1"], &["laboratory-e2"]);
    for mode in ["required", "if-available"] {
        let server = server(pki.path(), &responder, mode, &[]);
        let before = responder.asked();
        let mut connection = Secure::open_with(&server, pki.path(), Some("hospital-e1")).unwrap();
        assert_eq!((connection.query().unwrap().status, connection.query().unwrap().status), (200, 200));
        assert_eq!(status(&server, pki.path(), "hospital-e1"), 200);
        assert_eq!(responder.asked(), before + 1, "an answer is kept");
        for name in ["laboratory-e2", "imaging-e4"] {
            assert_eq!(status(&server, pki.path(), name), 403, "{name}, {mode}");
            assert_eq!(super::handshake::trail(&server).pop().unwrap().errors, ["certificate-withdrawn"]);
        }
        let feed = |name| send_hl7_over(connect(server.mllp_tls.unwrap(), pki.path(), Some(name), |_| {}).unwrap(), ITI8);
        assert!(feed("hospital-e1").contains("\rMSA|AA|") && feed("laboratory-e2").contains("\rMSA|AR|"));
    }
}

#[test]
fn an_answer_that_does_not_count_is_none() {
    let pki = copy_of_pki();
    let Some(responder) = Responder::start(pki.path()) else { return };
    publish(pki.path(), &["hospital-e1"], &[]);
    let truth = server(pki.path(), &responder, "required", &[]);
    assert_eq!(status(&truth, pki.path(), "hospital-e1"), 200);
    // The authority itself may answer.
    responder.says(Says::SignedBy("ca/issuing"));
    assert_eq!(status(&server(pki.path(), &responder, "required", &[]), pki.path(), "hospital-e1"), 200);
    for (what, says) in [
        ("of the authority, and no responder", Says::SignedBy("connectors/laboratory-e2")),
        ("of another authority", Says::SignedBy("stranger/root")),
        ("out of date", Says::LastYear),
        ("made for another request", Says::TheFirst),
        ("status 500", Says::Trouble),
        ("without end", Says::TooMuch),
        ("not in time", Says::Silence),
    ] {
        responder.says(says);
        let (required, soft) = (server(pki.path(), &responder, "required", &[]), server(pki.path(), &responder, "if-available", &[]));
        let asked = responder.asked();
        assert_eq!(status(&required, pki.path(), "hospital-e1"), 403, "{what}");
        assert_eq!(responder.asked(), asked + 1, "{what}");
        assert_eq!(status(&soft, pki.path(), "hospital-e1"), 200, "{what}");
    }
}

#[test]
fn a_responder_that_is_gone_stops_whoever_needs_it() {
    let pki = copy_of_pki();
    let Some(responder) = Responder::start(pki.path()) else { return };
    let (required, soft) = (server(pki.path(), &responder, "required", &[]), server(pki.path(), &responder, "if-available", &[]));
    drop(responder);
    assert_eq!(status(&required, pki.path(), "hospital-e1"), 403);
    assert_eq!(status(&soft, pki.path(), "hospital-e1"), 200);
}

#[test]
fn a_revocation_holds_for_connections_that_stand_and_while_nobody_answers() {
    let pki = copy_of_pki();
    let Some(responder) = Responder::start(pki.path()) else { return };
    publish(pki.path(), &["hospital-e1"], &[]);
    let server = server(pki.path(), &responder, "if-available", &[("tls.ocsp_keep", "200ms")]);
    let mut connection = Secure::open_with(&server, pki.path(), Some("hospital-e1")).unwrap();
    assert_eq!(connection.query().unwrap().status, 200);
    // While nobody answers, the last answer counts until its nextUpdate.
    responder.says(Says::Trouble);
    let asked = responder.asked();
    while responder.asked() == asked {
        assert_eq!(connection.query().unwrap().status, 200);
    }
    assert_eq!(connection.query().unwrap().status, 200);
    publish(pki.path(), &[], &["hospital-e1"]);
    responder.says(TRUTH);
    until_refused(&mut connection, "the responder is not asked again");
    responder.says(Says::Trouble);
    let asked = responder.asked();
    while responder.asked() == asked {
        assert_eq!(connection.query().unwrap().status, 403);
    }
    assert_eq!(connection.query().unwrap().status, 403, "what was revoked stays so");
}

#[test]
fn a_certificate_may_name_a_responder_of_the_list_only() {
    let pki = copy_of_pki();
    let Some(responder) = Responder::start(pki.path()) else { return };
    issue_naming(pki.path(), "named", &responder.url());
    publish(pki.path(), &["named"], &[]);
    let with = |allowed: &str| {
        let server = server_on(Database::Sqlite, pki.path(), &[("tls.ocsp", "required"), ("tls.ocsp_responders", allowed)]);
        (status(&server, pki.path(), "named"), status(&server, pki.path(), "hospital-e1"))
    };
    assert_eq!(with(&format!("http://{}", responder.address)), (200, 403), "a certificate that names none");
    assert_eq!(responder.asked(), 1);
    assert_eq!(with("http://ocsp.example,http://127.0.0.1:1"), (403, 403));
    assert_eq!(responder.asked(), 1, "nobody else is asked");
}

/// A certificate whose authorityInfoAccess names a responder.
fn issue_naming(pki: &Path, name: &str, url: &str) {
    let path = |file: &str| pki.join(file).display().to_string();
    let (key, request, extensions) = (path(&format!("connectors/{name}.key")), path("request.pem"), path("extensions"));
    std::fs::write(&extensions, format!("extendedKeyUsage=clientAuth\nauthorityInfoAccess=OCSP;URI:{url}\n")).unwrap();
    let run = |arguments: &[&str]| {
        let output = Command::new("openssl").args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let subject = "/O=Dossier test PKI, not for production/CN=named";
    run(&["req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", subject, "-keyout", &key, "-out", &request]);
    let (authority, authority_key, certificate) = (path("ca/issuing.pem"), path("ca/issuing.key"), path(&format!("connectors/{name}.pem")));
    let signing = ["x509", "-req", "-in", &request, "-CA", &authority, "-CAkey", &authority_key, "-set_serial", "77", "-days", "2"];
    run(&[&signing[..], &["-extfile", &extensions, "-out", &certificate]].concat());
    let chain = [std::fs::read(&certificate).unwrap(), std::fs::read(&authority).unwrap()].concat();
    std::fs::write(certificate, chain).unwrap();
}

/// What a responder says of a certificate of the PKI, as `tls.ocsp_staple` wants it.
fn staple(pki: &Path, name: &str) {
    let request = pki.join("request.der");
    let mut command = Command::new("openssl");
    command.arg("ocsp").arg("-issuer").arg(pki.join("ca/issuing.pem")).arg("-cert").arg(pki.join(format!("{name}.pem")));
    assert!(command.arg("-reqout").arg(&request).output().unwrap().status.success());
    std::fs::write(pki.join("staple.der"), answer(pki, &std::fs::read(request).unwrap(), "ocsp/responder")).unwrap();
}

#[test]
fn clients_that_ask_get_the_stapled_response() {
    let pki = copy_of_pki();
    if !openssl_is_there() {
        return;
    }
    publish(pki.path(), &["server/server", "hospital-e1"], &[]);
    staple(pki.path(), "server/server");
    let path = pki.path().join("staple.der").display().to_string();
    let server = server_on(Database::Sqlite, pki.path(), &[("tls.ocsp_staple", &path)]);
    let shown = || {
        let (certificate, key) = super::pki::connector(pki.path(), "hospital-e1");
        let mut command = Command::new("openssl");
        command.args(["s_client", "-status", "-connect"]).arg(server.https.unwrap().to_string());
        command.arg("-CAfile").arg(pki.path().join("ca/chain.pem")).arg("-cert").arg(certificate).arg("-key").arg(key);
        String::from_utf8_lossy(&command.stdin(std::process::Stdio::null()).output().unwrap().stdout).into_owned()
    };
    let first = shown();
    assert!(first.contains("OCSP Response Status: successful") && first.contains("Cert Status: good"), "{first}");
    server.assert_measured("dossier_tls_files_in_force 1");
    // What says nothing of the server, or nothing good, is not shown; what was shown before stays.
    staple(pki.path(), "connectors/hospital-e1");
    server.reload();
    server.assert_measured("dossier_tls_files_in_force 0");
    assert!(shown().contains("Cert Status: good"));
    publish(pki.path(), &[], &["server/server"]);
    staple(pki.path(), "server/server");
    server.reload();
    server.assert_measured("dossier_tls_files_in_force 0");
    let start = tls_settings(pki.path()).into_iter().chain([("tls.ocsp_staple", path)]).collect::<Vec<_>>();
    let refusal = super::start::refusal_of(start);
    assert!(refusal.contains("staple.der of tls.ocsp_staple cannot be shown to clients"), "{refusal}");
}
