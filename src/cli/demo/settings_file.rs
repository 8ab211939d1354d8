//! The settings of the demonstration under the access rules, written into its folder: for its server, and for every other
//! command that takes `--config`.

use toml::{Table, Value};

use super::Demo;

/// The file in the data folder.
pub(super) const FILE: &str = "dossier.toml";

const HEAD: &str = "\
# Made by `dossier demo` at each start, for its server and for other commands on this machine, such as
#   dossier history 1958031498124 --config FILE
# Never for patients' data: the keys in this folder are for everybody to see.

";

/// Whom one click chooses in the form of the authorization server.
const PERSONAS: [&str; 8] = ["D01", "D03", "F01", "I01", "Z01", "1958031498124", "1986070298269", "1991050998408"];

/// The text of the file. Paths in it start at its folder.
pub(super) fn text(demo: &Demo) -> String {
    let address = |given: &Option<String>, usual: &str| Value::from(given.as_deref().unwrap_or(usual));
    let list = |items: &[&str]| Value::from(items.iter().map(|item| Value::from(*item)).collect::<Vec<_>>());
    let settings: [(&str, &str, Value); 18] = [
        ("", "profile", "luxembourg-dsp".into()),
        // The clock is set to the time of the story, which only a test may.
        ("", "environment", "test".into()),
        ("clock", "settable", true.into()),
        ("data", "directory", ".".into()),
        ("http", "listen", address(&demo.http, "127.0.0.1:8080")),
        ("https", "listen", address(&demo.https, "127.0.0.1:8443")),
        // People come without a certificate, establishments show theirs.
        ("https", "client_certificate", "optional".into()),
        // A feed of patients and visits has to come from a system that shows its certificate.
        ("mllp", "listen", "off".into()),
        ("mllp_tls", "listen", address(&demo.mllp, "127.0.0.1:2576")),
        ("operations", "listen", address(&demo.operations, "127.0.0.1:8081")),
        ("tls", "certificate", "pki/server/server.pem".into()),
        ("tls", "key", "pki/server/server.key".into()),
        ("tls", "client_ca", list(&["pki/ca/chain.pem"])),
        ("domain", "assigning_authorities", list(&["1.3.182.4.4"])),
        ("xua", "issuers", list(&["urn:dossier:demo:issuer=pki/saml/issuer-rsa.pem"])),
        ("xua", "audiences", list(&["urn:dossier:demo"])),
        ("demo_authorization", "enabled", true.into()),
        ("demo_authorization", "personas", list(&PERSONAS)),
    ];
    let mut table = Table::new();
    for (section, key, value) in settings {
        let place = match section {
            "" => Some(&mut table),
            name => table.entry(name).or_insert_with(|| Table::new().into()).as_table_mut(),
        };
        place.and_then(|place| place.insert(key.to_owned(), value));
    }
    format!("{HEAD}{table}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Sources, load};

    #[test]
    fn a_server_may_start_with_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        std::fs::write(&file, text(&Demo { mllp: Some("off".to_owned()), ..Demo::default() })).unwrap();
        let settings = load(&Sources { file: Some(file), ..Sources::default() }).unwrap().settings;
        assert_eq!(settings.check(), Ok(()));
        assert_eq!((settings.mllp.listen.address(), settings.mllp_tls.listen.address()), (None, None));
        assert_eq!(settings.tls.certificate, Some(folder.path().join("pki/server/server.pem")));
        assert_eq!(settings.xua.issuers[0].path, folder.path().join("pki/saml/issuer-rsa.pem"));
    }
}
