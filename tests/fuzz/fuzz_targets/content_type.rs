//! Any text as Content-Type, Content-ID and cid: URL.
#![no_main]

use dossier_fuzz::wire::mtom::{ContentId, ContentType, response_content_type};
use libfuzzer_sys::fuzz_target;

const PARAMETERS: [&str; 6] = ["type", "boundary", "start", "start-info", "action", "charset"];

fuzz_target!(|text: &str| {
    if let Ok(read) = ContentType::parse(text) {
        let media_type = read.media_type();
        assert!(media_type.is_ascii() && !media_type.contains(char::is_uppercase), "{media_type}");
        let _ = read.action();
        let mut written = media_type.to_owned();
        for name in PARAMETERS {
            if let Some(value) = read.parameter(name) {
                assert!(!value.chars().any(|c| c.is_control() && c != '\t'), "a control character in {name}");
                written.push_str(&format!("; {name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")));
            }
        }
        let again = ContentType::parse(&written).unwrap_or_else(|error| panic!("{error}: {written}"));
        for name in PARAMETERS {
            assert_eq!(again.parameter(name), read.parameter(name));
        }
    }
    if let Ok(id) = ContentId::parse(text) {
        assert_eq!(ContentId::from_cid_url(&id.cid_url()).as_ref(), Ok(&id), "{}", id.cid_url());
        assert_eq!(ContentId::parse(&id.to_string()).as_ref(), Ok(&id), "{id}");
        let ours = ContentType::parse(&response_content_type("b0undary", &id, text)).expect("a Content-Type of our own");
        // The ids that the server makes are in ASCII; of others a header field has what it can hold.
        if id.as_str().is_ascii() {
            assert_eq!(ours.parameter("start").map(ContentId::parse), Some(Ok(id)));
        }
    }
});
