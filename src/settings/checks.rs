//! Rules between settings, and whether the server may start with them.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::kinds::Size;
use super::sections::{AttestationRule, ClientCertificate, Environment, IuaMode, Limits, OcspMode, Profile, XuaMode};
use super::{Loaded, Origin, Problem, Problems, Settings};

/// The XML reader nests as deeply as the message does, so the depth is bounded by the stack.
const DEEPEST_XML: usize = 256;

/// How long after its last byte a request may wait for the database and commit, and clocks may differ, with a wide margin:
/// what is swept too early is lost.
const COMMIT_TIME: Duration = Duration::from_secs(600);

impl Settings {
    /// Whether the server may start with these settings.
    ///
    /// # Errors
    /// An open profile in production, and settings under which the access rules would protect nobody, or let nobody in.
    pub fn check(&self) -> Result<(), Problems> {
        if self.demo_authorization.enabled && self.deployment.environment == Environment::Production {
            let what = "the authorization server of the demo gives tokens to whoever asks, which production must never do";
            return Err(Problems(vec![Problem::new("demo_authorization.enabled", what, "set demo_authorization.enabled = false")]));
        }
        if self.clock.settable && self.deployment.environment != Environment::Test {
            let what = "a clock that may be set would decide on the records of real patients";
            return Err(Problems(vec![Problem::new("clock.settable", what, "leave it off (--test-clock), or set environment = \"test\"")]));
        }
        let problems = match (self.deployment.profile, self.deployment.environment) {
            (Profile::LuxembourgDsp, _) => self.rules_can_hold(),
            (Profile::IheConnectathon, Environment::Production) => vec![Problem::new(
                "profile",
                "ihe-connectathon opens every record to every caller, which production must never do",
                "for test data only, set environment = \"test\" or \"demo\"",
            )],
            (Profile::IheConnectathon, Environment::Test | Environment::Demo) => Vec::new(),
        };
        Problems(problems).none_or_error()
    }

    /// The access rules judge people, each by what they may see.
    fn rules_can_hold(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.xua_mode() != XuaMode::Required {
            let what = "the access rules of luxembourg-dsp judge the person behind each request, who has to be proven";
            problems.push(Problem::new("xua.mode", what, "set xua.mode = \"required\", or leave it to the profile"));
        } else if self.xua.issuers.is_empty() || self.xua.audiences.is_empty() {
            let what = "the access rules of luxembourg-dsp let nobody in whom no trusted issuer vouches for";
            let mend =
                "set xua.issuers and xua.audiences; for test data only, set profile = \"ihe-connectathon\" and environment = \"test\"";
            problems.push(Problem::new("xua.issuers and xua.audiences", what, mend));
        }
        if self.on_demand.persist {
            let what = "a document made on demand holds what one caller may read; kept under luxembourg-dsp, it would show that to others";
            problems.push(Problem::new("on_demand.persist", what, "set on_demand.persist = false"));
        }
        problems
    }

    /// Which calling systems need an attestation of conformity.
    pub fn attestation_rule(&self) -> AttestationRule {
        // Where one listener lets persons in without a certificate, those who come that way are no systems.
        let all_require = || {
            let mut listeners = self.tls_listeners().map(|(_, certificate)| certificate).peekable();
            listeners.peek().is_some() && listeners.all(|certificate| certificate == ClientCertificate::Required)
        };
        self.nodes.attestation.unwrap_or_else(|| match self.deployment.profile {
            Profile::LuxembourgDsp if all_require() => AttestationRule::Required,
            Profile::LuxembourgDsp => AttestationRule::Shown,
            Profile::IheConnectathon => AttestationRule::Off,
        })
    }

    /// The TLS listeners of documents and patients that are on, by the name of their section.
    fn tls_listeners(&self) -> impl Iterator<Item = (&'static str, ClientCertificate)> {
        let https = ("https", self.https.listen, self.https.client_certificate);
        let mllp = ("mllp_tls", self.mllp_tls.listen, self.mllp_tls.client_certificate);
        let on = [https, mllp].into_iter().filter(|(_, listen, _)| listen.address().is_some());
        on.map(|(section, _, certificate)| (section, certificate))
    }
}

/// Whether the settings agree with each other.
pub(super) fn agree(loaded: &Loaded) -> Result<(), Problems> {
    let settings = &loaded.settings;
    let mut problems = Vec::new();
    problems.extend(one_source_of_the_key(loaded));
    problems.extend(ports_differ(settings));
    problems.extend(limits_agree(&settings.limits));
    problems.extend(syslog_over_tls_is_whole(settings));
    problems.extend(tls_is_whole(settings));
    problems.extend(somebody_is_asked(settings));
    problems.extend(callbacks_see_a_whole_pair(settings));
    problems.extend(repositories_see_a_whole_pair(settings));
    if settings.staged.keep < settings.limits.request_time.saturating_add(COMMIT_TIME) {
        problems.push(Problem::new(
            "staged.keep and limits.request_time",
            "content of a request under way could be swept",
            "keep staged content at least ten minutes longer than a request may take",
        ));
    }
    if settings.domain.assigning_authorities.is_empty() {
        problems.push(Problem::new("domain.assigning_authorities", "no patient could be known", "name at least one assigning authority"));
    }
    problems.extend(assertions_can_be_accepted(settings));
    problems.extend(tokens_can_be_accepted(settings));
    problems.extend(admin_issuers_are_issuers(settings));
    Problems(problems).none_or_error()
}

/// Without issuers and audiences no assertion could be accepted. Where the profile alone asks for assertions, the server
/// refuses everybody until both are set.
fn assertions_can_be_accepted(settings: &Settings) -> Option<Problem> {
    let asked_for = settings.xua.mode.is_some_and(|mode| mode != XuaMode::Off);
    let lacking = settings.xua.issuers.is_empty() || settings.xua.audiences.is_empty();
    let mend = "set xua.issuers and xua.audiences, or xua.mode = \"off\"";
    (asked_for && lacking).then(|| Problem::new("xua.mode", "no assertion could be accepted without issuers and audiences", mend))
}

/// As for assertions; and what belongs to introspection stands together.
fn tokens_can_be_accepted(settings: &Settings) -> Vec<Problem> {
    let iua = &settings.iua;
    let mut problems = Vec::new();
    let asked_for = iua.mode.is_some_and(|mode| mode != IuaMode::Off) && !settings.demo_authorization.enabled;
    let somebody = !iua.issuers.is_empty() || iua.introspection_url.is_some();
    if asked_for && (!somebody || iua.audiences.is_empty()) {
        let mend = "set iua.audiences and iua.issuers or iua.introspection_url, or iua.mode = \"off\"";
        problems.push(Problem::new("iua.mode", "no token could be accepted without issuers and audiences", mend));
    }
    if iua.algorithms.is_empty() {
        problems.push(Problem::new(
            "iua.algorithms",
            "no token could be accepted",
            "name one algorithm at least, or leave it to its default",
        ));
    }
    if let Some(url) = &iua.introspection_url {
        if !url.is_private_on_the_way() {
            let what = "a token sent there without TLS could be read by others";
            problems.push(Problem::new("iua.introspection_url", what, "use https, or http on the loopback address"));
        }
        if iua.introspection_issuer.is_none() || iua.introspection_client.is_none() || iua.introspection_secret.is_none() {
            let mend = "set iua.introspection_issuer, iua.introspection_client and iua.introspection_secret";
            problems.push(Problem::new("iua.introspection_url", "this server has no name and secret to ask with", mend));
        }
    }
    problems
}

/// Who may vouch for the operator's staff is an issuer whose word counts at all.
fn admin_issuers_are_issuers(settings: &Settings) -> Vec<Problem> {
    let (iua, xua) = (&settings.iua, &settings.xua);
    let of_tokens: Vec<_> = iua.issuers.iter().map(|issuer| &issuer.name).chain(&iua.introspection_issuer).collect();
    let of_assertions: Vec<_> = xua.issuers.iter().map(|issuer| &issuer.name).collect();
    let unknown = |named: &[String], known: &[&String]| named.iter().any(|name| !known.contains(&name));
    let problem = |place: &str, issuers: &str| {
        let what = format!("it names an issuer that is none of {issuers}");
        Problem::new(place.to_owned(), what, format!("add the issuer to {issuers}, or take its name away"))
    };
    let tokens = unknown(&iua.admin_issuers, &of_tokens).then(|| problem("iua.admin_issuers", "iua.issuers"));
    let assertions = unknown(&xua.admin_issuers, &of_assertions).then(|| problem("xua.admin_issuers", "xua.issuers"));
    tokens.into_iter().chain(assertions).collect()
}

fn one_source_of_the_key(loaded: &Loaded) -> Option<Problem> {
    let encryption = &loaded.settings.encryption;
    let file_origin = loaded.origin("encryption.master_key_file");
    let place = "encryption.master_key and encryption.master_key_file";
    match (&encryption.master_key, &encryption.master_key_file) {
        (None, None) => Some(Problem::new(place, "there is no master key", "set one of the two, or leave the file to its default")),
        (Some(_), Some(_)) if *file_origin != Origin::Default => {
            let key_origin = loaded.origin("encryption.master_key");
            let what = format!("the master key has two sources: {key_origin} and {file_origin}");
            Some(Problem::new(place, what, "take one of the two away"))
        }
        (Some(_), Some(_) | None) | (None, Some(_)) => None,
    }
}

fn ports_differ(settings: &Settings) -> Vec<Problem> {
    let listeners = [
        ("http.listen", Some(settings.http.listen)),
        ("operations.listen", Some(settings.operations.listen)),
        ("mllp.listen", settings.mllp.listen.address()),
        ("https.listen", settings.https.listen.address()),
        ("mllp_tls.listen", settings.mllp_tls.listen.address()),
        ("audit_repository.tls_listen", settings.audit_repository.tls_listen.address()),
    ];
    let mut problems = Vec::new();
    for (index, (name, address)) in listeners.iter().enumerate() {
        for (other_name, other) in listeners.iter().skip(index + 1) {
            if address.zip(*other).is_some_and(|(one, other)| collide(one, other)) {
                let place = format!("{name} and {other_name}");
                problems.push(Problem::new(place, "both want the same port", "give each a port of its own"));
            }
        }
    }
    problems
}

/// A TLS listener needs keys, one that asks for certificates somebody to trust, and attestation needs certificates.
fn tls_is_whole(settings: &Settings) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (section, certificate) in settings.tls_listeners() {
        if settings.tls.certificate.is_none() || settings.tls.key.is_none() {
            let place = format!("{section}.listen");
            problems.push(Problem::new(place, "TLS needs a certificate and its key", "set tls.certificate and tls.key"));
        }
        if certificate != ClientCertificate::None && settings.tls.client_ca.is_empty() {
            let place = format!("{section}.client_certificate");
            let mend = format!("set tls.client_ca, or {section}.client_certificate = \"none\"");
            problems.push(Problem::new(place, "no authority is trusted, so that no client could show a certificate", mend));
        }
    }
    let proven = settings.tls_listeners().any(|(_, certificate)| certificate != ClientCertificate::None);
    if settings.nodes.attestation == Some(AttestationRule::Required) && !proven {
        let what = "no listener asks for client certificates, so that no system could prove to be attested";
        problems.push(Problem::new("nodes.attestation", what, "set https.listen or mllp_tls.listen, with client_certificate"));
    }
    problems
}

/// Syslog over TLS is always mutual. What it needs says nothing of how the other listeners are to be used.
fn syslog_over_tls_is_whole(settings: &Settings) -> Option<Problem> {
    let tls = &settings.tls;
    let is_whole = tls.certificate.is_some() && tls.key.is_some() && !tls.client_ca.is_empty();
    let what = "syslog over TLS needs a certificate, its key, and authorities whose senders are trusted";
    let mend = "set tls.certificate, tls.key and tls.client_ca";
    let is_on = settings.audit_repository.tls_listen.address().is_some();
    (is_on && !is_whole).then(|| Problem::new("audit_repository.tls_listen", what, mend))
}

/// Where revocations are asked for, there is somebody to ask.
fn somebody_is_asked(settings: &Settings) -> Option<Problem> {
    let tls = &settings.tls;
    let nobody = tls.ocsp_responder.is_none() && tls.ocsp_responders.is_empty();
    let mend = "set tls.ocsp_responder, tls.ocsp_responders or tls.ocsp = \"off\"";
    (tls.ocsp != OcspMode::Off && nobody).then(|| Problem::new("tls.ocsp", "there is no OCSP responder that may be asked", mend))
}

fn callbacks_see_a_whole_pair(settings: &Settings) -> Option<Problem> {
    let section = &settings.async_exchange;
    whole_pair("async_exchange.client_certificate and async_exchange.client_key", &section.client_certificate, &section.client_key)
}

fn repositories_see_a_whole_pair(settings: &Settings) -> Option<Problem> {
    whole_pair("audit.client_certificate and audit.client_key", &settings.audit.client_certificate, &settings.audit.client_key)
}

fn whole_pair(place: &'static str, certificate: &Option<PathBuf>, key: &Option<PathBuf>) -> Option<Problem> {
    let what = "a certificate is of no use without its key, nor a key without its certificate";
    (certificate.is_some() != key.is_some()).then(|| Problem::new(place, what, "set both or none"))
}

/// Port 0 is chosen by the system and never collides; the unspecified address takes the port of every address.
fn collide(one: SocketAddr, other: SocketAddr) -> bool {
    let same_address = one.ip() == other.ip() || one.ip().is_unspecified() || other.ip().is_unspecified();
    one.port() != 0 && one.port() == other.port() && same_address
}

fn limits_agree(limits: &Limits) -> Vec<Problem> {
    let within_request = |name: &str, size: Size| {
        (size > limits.request_size).then(|| {
            let place = format!("limits.{name} and limits.request_size");
            Problem::new(place, "a part may be larger than the whole request", "raise limits.request_size")
        })
    };
    let depth = (limits.xml_depth.get() > DEEPEST_XML).then(|| {
        let mend = format!("set at most {DEEPEST_XML}");
        Problem::new("limits.xml_depth", "XML this deep could exhaust the stack", mend)
    });
    let idle = (limits.idle_time > limits.request_time).then(|| {
        let place = "limits.idle_time and limits.request_time";
        Problem::new(place, "a pause may be longer than the whole request", "lower limits.idle_time")
    });
    [within_request("document_size", limits.document_size), within_request("soap_message_size", limits.soap_message_size), depth, idle]
        .into_iter()
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::settings::MasterKey;
    use crate::settings::case::{Case, KEY};

    #[test]
    fn the_key_has_exactly_one_source() {
        let text_only = Case::new().variable("DOSSIER_ENCRYPTION_MASTER_KEY", KEY).load().unwrap();
        assert!(matches!(text_only.settings.encryption.current_key(), Some(MasterKey::Given(_))));
        let both =
            Case::new().file("[encryption]\nmaster_key_file = \"k\"\n").variable("DOSSIER_ENCRYPTION_MASTER_KEY", KEY).only_problem();
        assert!(both.contains("has two sources: environment variable DOSSIER_ENCRYPTION_MASTER_KEY and"), "{both}");
        let none = Case::new().variable("DOSSIER_ENCRYPTION_MASTER_KEY_FILE", "").only_problem();
        assert!(none.contains("there is no master key"), "{none}");
    }

    #[test]
    fn listeners_must_not_share_a_port() {
        let shared = Case::new().variable("DOSSIER_HTTP_LISTEN", "0.0.0.0:2575").only_problem();
        assert_eq!(shared, "http.listen and mllp.listen: both want the same port; give each a port of its own");
        let chosen = Case::new()
            .variable("DOSSIER_HTTP_LISTEN", "127.0.0.1:0")
            .variable("DOSSIER_OPERATIONS_LISTEN", "127.0.0.1:0")
            .variable("DOSSIER_MLLP_LISTEN", "off");
        assert!(chosen.load().is_ok());
        let apart = Case::new().variable("DOSSIER_HTTP_LISTEN", "127.0.0.2:8081");
        assert!(apart.load().is_ok());
    }

    #[test]
    fn tls_needs_keys_and_somebody_to_trust() {
        let bare = Case::new().file("[https]\nlisten = \"127.0.0.1:8443\"\n");
        let places: Vec<String> = bare.problems().iter().map(|problem| problem.split(": ").next().unwrap().to_owned()).collect();
        assert_eq!(places, ["https.listen", "https.client_certificate"]);
        let anonymous = "[https]\nlisten = \"127.0.0.1:8443\"\nclient_certificate = \"none\"\n[tls]\ncertificate = \"c\"\nkey = \"k\"\n";
        assert!(Case::new().file(anonymous).load().is_ok());
        let attested = Case::new().file(&format!("{anonymous}[nodes]\nattestation = \"required\"\n"));
        assert!(attested.only_problem().starts_with("nodes.attestation: "));
    }

    #[test]
    fn attestation_follows_the_profile_and_the_listeners() {
        use super::AttestationRule::{Off, Required, Shown};
        let rule = |profile: &str, https: &str, more: &str| {
            let tls = "[https]\nlisten = \"127.0.0.1:8443\"\nclient_certificate = \"HTTPS\"\n[tls]\ncertificate = \"c\"\nkey = \"k\"\nclient_ca = [\"a\"]\n";
            let case = Case::new().file(&format!("profile = \"{profile}\"\n{}{more}", tls.replace("HTTPS", https)));
            case.load().unwrap().settings.attestation_rule()
        };
        assert_eq!(rule("luxembourg-dsp", "optional", ""), Shown);
        assert_eq!(rule("luxembourg-dsp", "required", ""), Required);
        let feed = "[mllp_tls]\nlisten = \"127.0.0.1:2576\"\nclient_certificate = \"required\"\n";
        assert_eq!(rule("luxembourg-dsp", "optional", feed), Shown);
        assert_eq!(rule("luxembourg-dsp", "required", "[nodes]\nattestation = \"off\"\n"), Off);
        assert_eq!(rule("ihe-connectathon", "required", ""), Off);
        assert_eq!(rule("ihe-connectathon", "required", "[nodes]\nattestation = \"required\"\n"), Required);
    }

    #[test]
    fn limits_must_agree_with_each_other() {
        let case = Case::new().file(concat!(
            "[staged]\nkeep = \"30min\"\n",
            "[limits]\nrequest_size = \"1MiB\"\nxml_depth = 257\nidle_time = \"31min\"\n",
            "[domain]\nassigning_authorities = []\n",
        ));
        let places: Vec<String> = case.problems().iter().map(|problem| problem.split(": ").next().unwrap().to_owned()).collect();
        assert_eq!(
            places,
            [
                "limits.document_size and limits.request_size",
                "limits.soap_message_size and limits.request_size",
                "limits.xml_depth",
                "limits.idle_time and limits.request_time",
                "staged.keep and limits.request_time",
                "domain.assigning_authorities",
            ]
        );
    }

    #[test]
    fn assertions_need_somebody_to_trust() {
        let alone = Case::new().variable("DOSSIER_XUA_MODE", "optional").only_problem();
        assert!(alone.starts_with("xua.mode: no assertion could be accepted"), "{alone}");
        let whole = Case::new().file("[xua]\nmode = \"required\"\nissuers = [\"urn:idp=idp.pem\"]\naudiences = [\"urn:us\"]\n");
        assert!(whole.load().is_ok());
    }

    #[test]
    fn responders_are_named_where_they_are_asked_and_pairs_are_whole() {
        let nobody = Case::new().variable("DOSSIER_TLS_OCSP", "required").only_problem();
        assert!(nobody.starts_with("tls.ocsp: there is no OCSP responder"), "{nobody}");
        for key in ["ocsp_responder = \"http://ocsp.example/\"", "ocsp_responders = [\"http://ocsp.example\"]"] {
            assert!(Case::new().file(&format!("[tls]\nocsp = \"if-available\"\n{key}\n")).load().is_ok(), "{key}");
        }
        let half = Case::new().variable("DOSSIER_ASYNC_EXCHANGE_CLIENT_KEY", "own.key").only_problem();
        assert!(half.starts_with("async_exchange.client_certificate and async_exchange.client_key: "), "{half}");
    }

    #[test]
    fn tokens_need_somebody_to_trust() {
        let alone = Case::new().variable("DOSSIER_IUA_MODE", "optional").only_problem();
        assert!(alone.starts_with("iua.mode: no token could be accepted"), "{alone}");
        let whole = Case::new().file("[iua]\nmode = \"required\"\nissuers = [\"urn:as=keys.json\"]\naudiences = [\"urn:us\"]\n");
        assert!(whole.load().is_ok());
        let open = Case::new().variable("DOSSIER_IUA_INTROSPECTION_URL", "http://as.example/introspect");
        assert_eq!(open.problems().len(), 2);
        assert!(Case::new().variable("DOSSIER_IUA_ALGORITHMS", "none").load().is_err());
        assert!(Case::new().variable("DOSSIER_IUA_ALGORITHMS", "HS256").load().is_err());
    }

    #[test]
    fn the_demo_gives_no_tokens_in_production() {
        let with = |environment: &str| {
            let case = Case::new().variable("DOSSIER_PROFILE", "ihe-connectathon").variable("DOSSIER_ENVIRONMENT", environment);
            case.variable("DOSSIER_DEMO_AUTHORIZATION_ENABLED", "true").load().unwrap().settings.check()
        };
        assert!(with("demo").is_ok());
        assert!(with("production").unwrap_err().0[0].to_string().starts_with("demo_authorization.enabled: "));
    }

    #[test]
    fn the_server_may_only_run_open_on_test_data() {
        for (profile, environment, may_start) in
            [("ihe-connectathon", "production", false), ("ihe-connectathon", "test", true), ("ihe-connectathon", "demo", true)]
        {
            let case = Case::new().variable("DOSSIER_PROFILE", profile).variable("DOSSIER_ENVIRONMENT", environment);
            assert_eq!(case.load().unwrap().settings.check().is_ok(), may_start, "{profile} {environment}");
        }
        assert!(Case::new().load().unwrap().settings.check().is_err());
    }

    #[test]
    fn the_access_rules_need_people_and_keep_no_snapshots() {
        let trusted = "[xua]\nissuers = [\"urn:idp=idp.pem\"]\naudiences = [\"urn:us\"]\n";
        let check = |more: &str| Case::new().file(&format!("profile = \"luxembourg-dsp\"\n{more}")).load().unwrap().settings.check();
        assert!(check(trusted).is_ok());
        for (more, place) in [
            (String::new(), "xua.issuers and xua.audiences"),
            (format!("{trusted}mode = \"optional\"\n"), "xua.mode"),
            (format!("{trusted}[on_demand]\npersist = true\n"), "on_demand.persist"),
        ] {
            let problems = check(&more).unwrap_err();
            assert!(problems.0.iter().all(|problem| problem.to_string().starts_with(place)), "{problems}");
        }
    }
}
