//! The server as an audit record repository: other systems report by syslog and FHIR, the operator's staff reads, and nobody else.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::Command;

use dossier::wire::jwt::SigningKey;
use openssl::ssl::SslStream;
use serde_json::{Value, json};

use crate::access::scene::{P01, Scene};
use crate::audit_delivery::{Rsyslog, wait_until};
use crate::iua::scene::{AUDIENCE, ISSUER, new_key, payload};
use crate::mllp::message::{adt, pid_3};
use crate::on_both_databases;
use crate::support::served_program::ServedProgram;
use crate::support::{Connection, Database, REPOSITORY, Response, TestServer, request, send_hl7};
use crate::tls::client::connect;
use crate::tls::pki::{pki, tls_settings};

on_both_databases!(other_systems_report_and_the_staff_reads, a_record_about_several_patients_is_found_by_each_name);

struct Repository {
    scene: Scene,
    key: SigningKey,
    _folder: tempfile::TempDir,
}

impl Repository {
    fn start(database: Database) -> Self {
        let (folder, key) = (tempfile::tempdir().unwrap(), new_key());
        let file = folder.path().join("keys.json");
        fs::write(&file, key.key_set().to_string()).unwrap();
        let issuers = format!("{ISSUER}={}", file.display());
        let tls = tls_settings(pki());
        let mut settings: Vec<_> = tls.iter().map(|(key, value)| (*key, value.as_str())).collect();
        settings.extend([
            ("nodes.attestation", "shown"),
            ("https.client_certificate", "optional"),
            ("audit_repository.tls_listen", "127.0.0.1:0"),
            ("audit_repository.udp_listen", "127.0.0.1:0"),
            ("audit_repository.message_size", "16KiB"),
            ("iua.mode", "required"),
            ("iua.issuers", issuers.as_str()),
            ("iua.audiences", AUDIENCE),
            ("iua.admin_issuers", ISSUER),
        ]);
        let this = Self { scene: Scene::start_with(database, &settings), key, _folder: folder };
        this.scene.run(&["import", "systems", &pki().join("systems.csv").display().to_string()]);
        this
    }

    fn token(&self, role: &str, own: Value) -> String {
        let role = json!([{ "system": "urn:oid:2.999.442.1.5", "code": role }]);
        self.key.sign(&payload(|said| said["extensions"] = json!({ "ihe_iua": { "subject_role": role }, "dossier": own }))).unwrap()
    }

    fn admin(&self) -> String {
        self.token("admin", json!({}))
    }

    fn professional(&self) -> String {
        self.token("professionnel", json!({ "provider_identifier": [{ "system": "urn:oid:2.999.442.2.1", "value": "D01" }] }))
    }

    fn send(&self, token: &str, method: &str, path: &str, body: &str) -> Response {
        let authorization = format!("Authorization: Bearer {token}");
        let headers = [authorization.as_str(), "Content-Type: application/fhir+json"];
        request(self.scene.server.http, method, &format!("/fhir/{}", path.replace('|', "%7C")), &headers, body.as_bytes())
    }

    fn get(&self, path: &str) -> Value {
        let answer = self.send(&self.admin(), "GET", path, "");
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        serde_json::from_slice(&answer.body).unwrap()
    }

    /// The texts of the syslog messages that a search finds, the newest first.
    fn messages(&self, search: &str) -> Vec<String> {
        let found = self.get(&format!("syslogsearch?{search}"));
        found.as_array().unwrap().iter().map(|message| message["msg"].as_str().unwrap().to_owned()).collect()
    }

    /// The resources that a search finds.
    fn found(&self, search: &str) -> Vec<Value> {
        entries(&self.get(&format!("AuditEvent?{search}")))
    }

    fn syslog(&self, name: &str) -> SslStream<TcpStream> {
        connect(self.scene.server.syslog_tls.unwrap(), pki(), Some(name), |_| {}).unwrap()
    }
}

fn entries(bundle: &Value) -> Vec<Value> {
    let of_matches = bundle["entry"].as_array().into_iter().flatten().filter(|entry| entry["search"]["mode"] == "match");
    of_matches.map(|entry| entry["resource"].clone()).collect()
}

fn frame(message: &str) -> Vec<u8> {
    format!("{} {message}", message.len()).into_bytes()
}

/// Sends messages and ends the connection; whether the repository confirms that it has all of them (RFC 5425, 4.4).
fn confirmed(mut stream: SslStream<TcpStream>, bytes: &[u8]) -> bool {
    stream.write_all(bytes).is_ok() && stream.shutdown().is_ok() && matches!(stream.read(&mut [0]), Ok(0))
}

/// An audit message of a foreign system about a patient.
fn dicom(patient: &str, user: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><AuditMessage><EventIdentification EventActionCode="E" EventDateTime="2025-03-17T09:00:00.5+01:00" EventOutcomeIndicator="0"><EventID csd-code="110112" codeSystemName="DCM" originalText="Query"/><EventTypeCode csd-code="ITI-18" codeSystemName="IHE Transactions" originalText="Registry Stored Query"/></EventIdentification><ActiveParticipant UserID="{user}" UserName="Müller" UserIsRequestor="true" NetworkAccessPointID="10.1.2.3" NetworkAccessPointTypeCode="2"><RoleIDCode csd-code="110153" codeSystemName="DCM" originalText="Source"/></ActiveParticipant><AuditSourceIdentification AuditSourceID="his-e1" AuditEnterpriseSiteID="E1"><AuditSourceTypeCode csd-code="4"/></AuditSourceIdentification><ParticipantObjectIdentification ParticipantObjectID="{patient}^^^&amp;1.3.182.4.4&amp;ISO" ParticipantObjectTypeCode="1" ParticipantObjectTypeCodeRole="1"><ParticipantObjectIDTypeCode csd-code="2" originalText="Patient Number" codeSystemName="RFC-3881"/></ParticipantObjectIdentification></AuditMessage>"#
    )
}

fn syslog(second: u32, text: &str) -> String {
    format!("<85>1 2025-03-17T08:00:{second:02}.000000Z his.e1 his 77 IHE+RFC-3881 - \u{feff}{text}")
}

fn other_systems_report_and_the_staff_reads(database: Database) {
    let repository = Repository::start(database);
    messages_over_tls_are_kept(&repository);
    what_is_no_message_is_kept_as_it_is(&repository);
    strangers_are_not_heard(&repository);
    datagrams_are_kept(&repository);
    resources_are_kept(&repository);
    nobody_else_reads(&repository);
    pages_follow_each_other(&repository);
    let verified = repository.scene.run(&["audit", "verify"]);
    assert!(verified.contains("nothing is wrong"), "{verified}");
    let lines = repository.scene.run(&["audit", "search", "--received", "--since", "2025-03-17"]);
    assert!(lines.contains("syslog-tls dicom from 127.0.0.1  his.e1 his IHE+RFC-3881"), "{lines}");
}

fn messages_over_tls_are_kept(repository: &Repository) {
    let messages =
        [syslog(1, "first of all"), syslog(2, &dicom(P01, "dr.mueller")), syslog(3, &dicom("77", "dr.weber")), syslog(4, "last of all")];
    let bytes: Vec<u8> = messages.iter().flat_map(|message| frame(message)).collect();
    assert!(confirmed(repository.syslog("hospital-e1"), &bytes));
    let day = "date=ge2025-03-17&date=lt2025-03-18";
    assert_eq!(repository.messages(&format!("{day}&hostname=his.e1&msg=of+all")), ["last of all", "first of all"]);
    assert_eq!(repository.messages(&format!("{day}&msgid=IHE%2BRFC-3881")).len(), 4);
    assert_eq!(repository.messages(&format!("{day}&app-name=other")).len(), 0);
    let of_patient = repository.found(&format!("{day}&patient.identifier=urn:oid:1.3.182.4.4|{P01}"));
    assert_eq!(of_patient.len(), 1);
    let event = &of_patient[0];
    assert_eq!(event["type"], json!({ "system": "http://dicom.nema.org/resources/ontology/DCM", "code": "110112", "display": "Query" }));
    assert_eq!(event["subtype"][0]["system"], "urn:ihe:event-type-code");
    assert_eq!(event["recorded"], "2025-03-17T08:00:00.500Z");
    assert_eq!((&event["agent"][0]["name"], &event["agent"][0]["requestor"]), (&json!("Müller"), &json!(true)));
    assert_eq!(event["source"]["site"], "E1");
    for (search, number) in [
        ("agent.identifier=dr.weber", 1),
        ("address=10.1.2&subtype=ITI-18", 2),
        ("source.identifier=his-e1&entity-role=1", 2),
        ("entity.identifier=urn:oid:1.3.182.4.4|77", 1),
        ("type=110112&outcome=4", 0),
    ] {
        assert_eq!(repository.found(&format!("{day}&{search}")).len(), number, "{search}");
    }
    let id = event["id"].as_str().unwrap();
    assert_eq!(&repository.get(&format!("AuditEvent/{id}")), event);
    // The history of the patient is what was done here, and not what others report.
    let history = repository.send(&repository.professional(), "GET", &format!("AuditEvent?patient=Patient/{P01}"), "");
    assert!(history.status == 200 && !history.text().contains("dr.mueller"), "{}", history.text());
}

fn what_is_no_message_is_kept_as_it_is(repository: &Repository) {
    let entity = r#"<!DOCTYPE x [<!ENTITY e "boom">]><AuditMessage>&e;</AuditMessage>"#;
    let bytes = [frame("no syslog at all"), frame(&syslog(5, entity)), b"<13>Oct 11 22:14:15 old format\n".to_vec()].concat();
    assert!(!confirmed(repository.syslog("hospital-e1"), &bytes), "the connection is cut where the frames end");
    let kept = repository.messages("date=ge2020");
    for text in ["no syslog at all", entity, "<13>Oct 11 22:14:15 old format\n"] {
        assert!(kept.iter().any(|message| message == text), "{text}: {kept:?}");
    }
    let long = "x".repeat(17 * 1024);
    assert!(!confirmed(repository.syslog("hospital-e1"), &frame(&long)));
    assert!(repository.messages("date=ge2020").iter().all(|message| message.len() <= 16 * 1024));
}

fn strangers_are_not_heard(repository: &Repository) {
    let before = repository.messages("date=ge2020").len();
    let nobody = connect(repository.scene.server.syslog_tls.unwrap(), pki(), None, |_| {});
    assert!(nobody.map_or(true, |stream| !confirmed(stream, &frame(&syslog(6, "from nobody")))));
    for name in ["unknown", "suspended-e6"] {
        assert!(!confirmed(repository.syslog(name), &frame(&syslog(6, "from a stranger"))), "{name}");
    }
    assert_eq!(repository.messages("date=ge2020").len(), before);
}

fn datagrams_are_kept(repository: &Repository) {
    let address = repository.scene.server.syslog_udp.unwrap();
    UdpSocket::bind("127.0.0.1:0").unwrap().send_to(syslog(7, "by datagram").as_bytes(), address).unwrap();
    wait_until("a datagram is kept", || repository.messages("date=2025-03-17&procid=77&msg=by+datagram").len() == 1);
    let logger = ["--server", "127.0.0.1", "--port", &address.port().to_string(), "--udp", "--rfc5424", "--tag", "pacs", "by logger"];
    match Command::new("logger").args(logger).status() {
        Ok(done) if done.success() => {
            wait_until("what logger sends is kept", || repository.messages("date=ge2025&app-name=pacs") == ["by logger"]);
        }
        other => eprintln!("skipped: logger cannot be run: {other:?}"),
    }
}

fn resource(name: &str) -> Value {
    json!({
        "resourceType": "AuditEvent",
        "type": { "system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest" },
        "recorded": "2025-03-17T09:00:30Z",
        "outcome": "0",
        "agent": [{ "who": { "identifier": { "value": name } }, "requestor": true }],
        "source": { "observer": { "display": "a device" } },
    })
}

fn resources_are_kept(repository: &Repository) {
    let body = resource("by-fhir").to_string();
    for (token, status) in [(repository.admin(), 201), (repository.professional(), 403)] {
        let answer = repository.send(&token, "POST", "AuditEvent", &body);
        assert_eq!(answer.status, status, "{}", answer.text());
    }
    let wrong = repository.send(&repository.admin(), "POST", "AuditEvent", r#"{"resourceType":"AuditEvent"}"#);
    assert_eq!(wrong.status, 400, "{}", wrong.text());
    let request = json!({ "method": "POST", "url": "AuditEvent" });
    let entry = |name: &str| json!({ "resource": resource(name), "request": request });
    let bundle = json!({ "resourceType": "Bundle", "type": "batch", "entry": [entry("in-a-batch"), entry("in-a-batch")] }).to_string();
    // A connected system needs no token: its certificate says who it is.
    for (path, body) in [("AuditEvent", &body), ("", &bundle)] {
        let stream = connect(repository.scene.server.https.unwrap(), pki(), Some("hospital-e1"), |_| {}).unwrap();
        let headers = ["Content-Type: application/fhir+json"];
        let answer = Connection::over(stream).request("POST", &format!("/fhir/{path}"), &headers, body.as_bytes());
        assert!(answer.status < 300 && !answer.text().contains("OperationOutcome"), "{}: {}", answer.status, answer.text());
    }
    assert_eq!(repository.found("agent.identifier=by-fhir").len(), 2);
    assert_eq!(repository.found("agent.identifier=in-a-batch&date=2025-03-17").len(), 2);
}

fn nobody_else_reads(repository: &Repository) {
    let professional = repository.professional();
    assert_eq!(repository.send(&professional, "GET", "syslogsearch?date=ge2020", "").status, 403);
    assert_eq!(repository.send(&professional, "GET", "AuditEvent?date=ge2020", "").status, 400, "a history has a patient");
    assert_eq!(repository.send(&repository.admin(), "GET", "syslogsearch?hostname=his.e1", "").status, 400, "no date");
    let id = repository.found("agent.identifier=dr.mueller")[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(repository.send(&professional, "GET", &format!("AuditEvent/{id}"), "").status, 404);
}

/// Both kinds of records, each once, the newest first.
fn pages_follow_each_other(repository: &Repository) {
    let all = repository.found("date=lt2026&_count=500");
    let (mut found, mut path) = (Vec::new(), Some("AuditEvent?date=lt2026&_count=3".to_owned()));
    while let Some(next) = path {
        let page = repository.get(&next);
        found.extend(entries(&page));
        let link = page["link"].as_array().unwrap().iter().find(|link| link["relation"] == "next");
        path = link.map(|link| link["url"].as_str().unwrap().split_once("/fhir/").unwrap().1.to_owned());
    }
    assert_eq!(found, all);
    let times: Vec<_> = all.iter().map(|event| event["recorded"].as_str().unwrap()).collect();
    assert!(times.len() > 6 && times.is_sorted_by(|a, b| a >= b), "{times:?}");
    let own = repository.found("subtype=ITI-82&_count=1");
    assert_eq!(own[0]["type"]["code"], "110101", "{own:?}");
    let named = format!("domain.repository_unique_id={REPOSITORY}");
    let exported = repository.scene.run(&["audit", "export", "--format", "fhir", "--set", &named]);
    let nameless = own.iter().cloned().map(|mut event| {
        event.as_object_mut().unwrap().remove("id");
        event
    });
    for event in nameless {
        let is_it = |line: &str| serde_json::from_str::<Value>(line).is_ok_and(|exported| exported == event);
        assert!(exported.lines().any(is_it), "what is shown is what is exported: {event:#}");
    }
}

/// Each patient of the record has a resource; pages end within the record, and each resource is read by its name.
fn a_record_about_several_patients_is_found_by_each_name(database: Database) {
    let (folder, key) = (tempfile::tempdir().unwrap(), new_key());
    let file = folder.path().join("keys.json");
    fs::write(&file, key.key_set().to_string()).unwrap();
    let issuers = format!("{ISSUER}={}", file.display());
    let iua = [("iua.mode", "required"), ("iua.issuers", issuers.as_str()), ("iua.audiences", AUDIENCE), ("iua.admin_issuers", ISSUER)];
    let server = TestServer::start_with(database, &iua);
    let role = json!([{ "system": "urn:oid:2.999.442.1.5", "code": "admin" }]);
    let token = key.sign(&payload(|said| said["extensions"] = json!({ "ihe_iua": { "subject_role": role } }))).unwrap();
    let authorization = format!("Authorization: Bearer {token}");
    let ask = |path: &str| request(server.http, "GET", &format!("/fhir/{path}"), &[&authorization], b"");
    for patient in ["G1", "G2", "G3"] {
        let person = format!("PID|||{}||Mehrere^{patient}", pid_3(patient));
        assert!(send_hl7(server.mllp, &adt("A01", "ADT_A01", &[&person, "PV1||I"])).contains("MSA|AA|"));
    }
    let get = |path: &str| {
        let answer = ask(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        serde_json::from_slice::<Value>(&answer.body).unwrap()
    };
    assert_eq!(entries(&get("Patient?family=Mehrere")).len(), 3);
    let all = entries(&get("AuditEvent?subtype=ITI-78&type=rest"));
    let names: Vec<_> = all.iter().map(|event| event["id"].as_str().unwrap()).collect();
    assert_eq!(names, [names[0], &format!("{}-1", names[0]), &format!("{}-2", names[0])]);
    let (mut paged, mut path) = (Vec::new(), Some("AuditEvent?subtype=ITI-78&_count=1".to_owned()));
    while let Some(next) = path {
        let page = get(&next);
        paged.extend(entries(&page));
        let link = page["link"].as_array().unwrap().iter().find(|link| link["relation"] == "next");
        path = link.map(|link| link["url"].as_str().unwrap().split_once("/fhir/").unwrap().1.to_owned());
    }
    assert_eq!(paged, all);
    for event in &all {
        assert_eq!(&get(&format!("AuditEvent/{}", event["id"].as_str().unwrap())), event);
    }
    for number in ["-0", "-3", "-", "x"] {
        let answer = ask(&format!("AuditEvent/{}{number}", names[0]));
        assert_eq!(answer.status, 404, "{number}: {}", answer.text());
    }
}

fn program(port: u16) -> ServedProgram {
    let tls = tls_settings(pki());
    let mut settings: Vec<_> = tls.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let listen = format!("127.0.0.1:{port}");
    settings.push(("audit_repository.tls_listen", &listen));
    // Under load rsyslog was seen to send nothing for a minute after the server was there again; a connection that stays silent is cut.
    settings.push(("audit_repository.idle_time", "15s"));
    ServedProgram::start_in(tempfile::tempdir().unwrap(), &settings)
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The texts of what was received, the oldest first.
fn received(program: &ServedProgram) -> Vec<String> {
    let output = program.run(&["audit", "export", "--received", "--format", "dicom"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let mut texts: Vec<_> = lines.lines().map(|line| line.rsplit(['\u{feff}', ' ']).next().unwrap().to_owned()).collect();
    texts.reverse();
    texts
}

fn numbered(first: usize, count: usize) -> impl Iterator<Item = String> {
    (first..first + count).map(|number| format!("<85>1 2025-03-17T08:00:00.{number:06}Z his.e1 his 77 - - \u{feff}n{number}"))
}

/// Syslog has no acknowledgement: what was committed is the beginning of what was sent, and what was confirmed is all there.
#[test]
fn what_is_committed_when_the_server_is_killed_is_the_beginning_of_what_was_sent() {
    let port = free_port();
    let mut program = program(port);
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let open = || connect(address, pki(), Some("hospital-e1"), |_| {}).unwrap();
    let confirmed_ones: Vec<u8> = numbered(0, 300).flat_map(|message| frame(&message)).collect();
    assert!(confirmed(open(), &confirmed_ones));
    let mut stream = open();
    for message in numbered(300, 2000) {
        if stream.write_all(&frame(&message)).is_err() {
            break;
        }
    }
    program.kill();
    program.start_again();
    let kept = received(&program);
    let expected: Vec<_> = (0..kept.len()).map(|number| format!("n{number}")).collect();
    assert_eq!(kept, expected);
    assert!(kept.len() >= 300, "{}", kept.len());
    let verified = program.run(&["audit", "verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

/// rsyslog with `conformance/rsyslog/sender.conf`.
#[test]
fn rsyslog_reports_over_mutual_tls_also_when_the_server_ends_in_between() {
    if !Rsyslog::is_there() {
        return;
    }
    let (port, from, folder) = (free_port(), free_port(), tempfile::tempdir().unwrap());
    let mut program = program(port);
    let template = include_str!("../../conformance/rsyslog/sender.conf");
    let _rsyslog = Rsyslog::start(template, folder.path(), &[("@PORT@", port.to_string()), ("@FROM@", from.to_string())]);
    wait_until("rsyslog listens", || TcpStream::connect(("127.0.0.1", from)).is_ok());
    let say = |first, count| {
        let mut stream = TcpStream::connect(("127.0.0.1", from)).unwrap();
        numbered(first, count).for_each(|message| stream.write_all(format!("{message}\n").as_bytes()).unwrap());
    };
    say(0, 20);
    wait_until("the first messages are kept", || received(&program).len() == 20);
    program.kill();
    program.start_again();
    // What goes into the broken connection is lost until rsyslog notices: it has no acknowledgement either.
    let mut sent = 20;
    wait_until("messages come again", || {
        say(500, 1);
        received(&program).len() > 20
    });
    say(1000, 20);
    sent += 20;
    wait_until("the rest is kept", || received(&program).last().is_some_and(|last| last == "n1019"));
    let kept = received(&program);
    let regular: Vec<_> = kept.iter().filter(|text| *text != "n500").cloned().collect();
    assert_eq!(regular.len(), sent);
    assert!(regular.iter().zip((0..20).chain(1000..1020)).all(|(text, number)| *text == format!("n{number}")), "{regular:?}");
    assert!(program.run(&["audit", "verify"]).status.success());
}
