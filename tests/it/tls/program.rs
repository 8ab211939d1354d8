//! The built program: its own client over TLS, and SIGHUP.

use std::path::Path;
use std::process::{Command, Output};

use super::pki::{connector, copy_of_pki, tls_settings};
use crate::support::served_program::ServedProgram;

const PATIENT: &str = "1958031498124^^^&1.3.182.4.4&ISO";

fn client(arguments: &[&str], pki: &Path, name: &str) -> Output {
    let (certificate, key) = connector(pki, name);
    let mut command = Command::new(env!("CARGO_BIN_EXE_dossier"));
    command.arg("client").args(arguments).args(["--patient", PATIENT]).arg("--tls-ca").arg(pki.join("ca/chain.pem"));
    command.arg("--cert").arg(certificate).arg("--key").arg(key).output().unwrap()
}

#[test]
fn the_client_feeds_submits_and_finds_over_tls_until_sighup_brings_an_old_list() {
    let pki = copy_of_pki();
    let settings = tls_settings(pki.path());
    let settings: Vec<_> = settings.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let program = ServedProgram::start_in(tempfile::tempdir().unwrap(), &settings);
    let (https, feed) = (format!("https://{}/xds", program.https.unwrap()), format!("mllps://{}", program.mllp_tls.unwrap()));
    let (registry, repository) = (format!("{https}/registry"), format!("{https}/repository"));
    let succeed = |arguments: &[&str]| {
        let output = client(arguments, pki.path(), "hospital-e1");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(succeed(&["feed", "A01", "--mllp", &feed, "--name", "Exemple^Jeanne"]).contains("accepted (AA)"));
    let letter = program.folder().join("letter.txt");
    std::fs::write(&letter, "Good day").unwrap();
    succeed(&["submit", letter.to_str().unwrap(), "--url", &repository]);
    assert!(succeed(&["find", "--url", &registry]).contains("letter"));

    for refused in ["revoked", "stranger"] {
        for arguments in [&["find", "--url", &registry][..], &["feed", "A01", "--mllp", &feed]] {
            let output = client(arguments, pki.path(), refused);
            assert_eq!(output.status.code(), Some(1), "{refused} {arguments:?}");
        }
    }
    // A list that is out of date lets nobody in.
    std::fs::copy(pki.path().join("crl/issuing-expired.pem"), pki.path().join("crl/issuing.pem")).unwrap();
    program.hang_up();
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while client(&["find", "--url", &registry], pki.path(), "hospital-e1").status.success() {
        assert!(std::time::Instant::now() < patience, "SIGHUP is not heard");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}
