//! Rules between settings, and whether the server may start with them.

use std::net::SocketAddr;

use super::kinds::Size;
use super::sections::{Environment, Limits, Profile};
use super::{Loaded, Origin, Problem, Problems, Settings};

/// The XML reader nests as deeply as the message does, so the depth is bounded by the stack.
const DEEPEST_XML: usize = 256;

impl Settings {
    /// Whether the server may start with these settings.
    ///
    /// # Errors
    /// The profile whose access rules are not built, and an open profile in production.
    pub fn check(&self) -> Result<(), Problems> {
        let problem = match (self.deployment.profile, self.deployment.environment) {
            (Profile::LuxembourgDsp, _) => Problem::new(
                "profile",
                "the access rules of luxembourg-dsp are not built yet, and the server does not run open in their place",
                "for test data only, set profile = \"ihe-connectathon\" and environment = \"test\"",
            ),
            (Profile::IheConnectathon, Environment::Production) => Problem::new(
                "profile",
                "ihe-connectathon opens every record to every caller, which production must never do",
                "for test data only, set environment = \"test\" or \"demo\"",
            ),
            (Profile::IheConnectathon, Environment::Test | Environment::Demo) => return Ok(()),
        };
        Err(Problems(vec![problem]))
    }
}

/// Whether the settings agree with each other.
pub(super) fn agree(loaded: &Loaded) -> Result<(), Problems> {
    let settings = &loaded.settings;
    let mut problems = Vec::new();
    problems.extend(one_source_of_the_key(loaded));
    problems.extend(ports_differ(settings));
    problems.extend(limits_agree(&settings.limits));
    if settings.staged.keep <= settings.limits.request_time {
        problems.push(Problem::new(
            "staged.keep and limits.request_time",
            "content of a request under way could be swept",
            "keep staged content longer than a request may take",
        ));
    }
    if settings.domain.assigning_authorities.is_empty() {
        problems.push(Problem::new(
            "domain.assigning_authorities",
            "no patient could be known",
            "name at least one assigning authority",
        ));
    }
    Problems(problems).none_or_error()
}

fn one_source_of_the_key(loaded: &Loaded) -> Option<Problem> {
    let encryption = &loaded.settings.encryption;
    let file_origin = loaded.origin("encryption.master_key_file");
    let place = "encryption.master_key and encryption.master_key_file";
    match (&encryption.master_key, &encryption.master_key_file) {
        (None, None) => Some(Problem::new(
            place,
            "there is no master key",
            "set one of the two, or leave the file to its default",
        )),
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
    ];
    let mut problems = Vec::new();
    for (index, (name, address)) in listeners.iter().enumerate() {
        for (other_name, other) in listeners.iter().skip(index + 1) {
            if address
                .zip(*other)
                .is_some_and(|(one, other)| collide(one, other))
            {
                let place = format!("{name} and {other_name}");
                problems.push(Problem::new(
                    place,
                    "both want the same port",
                    "give each a port of its own",
                ));
            }
        }
    }
    problems
}

/// Port 0 is chosen by the system and never collides; the unspecified address takes the port of every address.
fn collide(one: SocketAddr, other: SocketAddr) -> bool {
    let same_address =
        one.ip() == other.ip() || one.ip().is_unspecified() || other.ip().is_unspecified();
    one.port() != 0 && one.port() == other.port() && same_address
}

fn limits_agree(limits: &Limits) -> Vec<Problem> {
    let within_request = |name: &str, size: Size| {
        (size > limits.request_size).then(|| {
            let place = format!("limits.{name} and limits.request_size");
            Problem::new(
                place,
                "a part may be larger than the whole request",
                "raise limits.request_size",
            )
        })
    };
    let depth = (limits.xml_depth.get() > DEEPEST_XML).then(|| {
        let mend = format!("set at most {DEEPEST_XML}");
        Problem::new(
            "limits.xml_depth",
            "XML this deep could exhaust the stack",
            mend,
        )
    });
    let idle = (limits.idle_time > limits.request_time).then(|| {
        let place = "limits.idle_time and limits.request_time";
        Problem::new(
            place,
            "a pause may be longer than the whole request",
            "lower limits.idle_time",
        )
    });
    [
        within_request("document_size", limits.document_size),
        within_request("soap_message_size", limits.soap_message_size),
        depth,
        idle,
    ]
    .into_iter()
    .flatten()
    .collect()
}
