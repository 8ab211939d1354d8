use proptest::prelude::*;

use super::*;
use crate::model::ids::Oid;
use crate::model::samples::{dtm, folder, submission_set, uuid};
use crate::model::text::{LocalizedString, Slot};
use crate::wire::fhir::json;

fn authorities() -> Vec<Oid> {
    vec!["1.2.3".parse().unwrap()]
}

fn through<T>(write: impl Fn(&Domain<'_>) -> Value, read: impl Fn(&Value, &Domain<'_>) -> Result<T, Vec<Issue>>) -> (Value, T) {
    let authorities = authorities();
    let domain = Domain { base_url: "http://x/fhir", authorities: &authorities };
    let written = write(&domain);
    let parsed = json::read(&json::write(&written, false)).unwrap_or_else(|fault| panic!("{fault}"));
    (written, read(&parsed, &domain).unwrap())
}

fn set_through(set: &SubmissionSet) -> (Value, SubmissionSet) {
    through(
        |domain| write_submission_set(set, &["DocumentReference/1".to_owned()], domain),
        |list, domain| read_submission_set(list, "List", None, &Resources::default(), domain),
    )
}

fn folder_through(folder: &Folder) -> (Value, Folder) {
    through(|domain| write_folder(folder, &[], domain), |list, domain| read_folder(list, "List", None, &Resources::default(), domain))
}

fn words() -> impl Strategy<Value = String> {
    "[A-Za-z0-9 éß&|^<>\"]{0,12}"
}

fn texts() -> impl Strategy<Value = InternationalString> {
    let wording =
        (proptest::option::of("[a-z]{2}"), words()).prop_map(|(language, value)| LocalizedString { language, charset: None, value });
    proptest::collection::vec(wording, 0..3).prop_map(InternationalString)
}

fn codes() -> impl Strategy<Value = Code> {
    (words(), "2\\.999\\.[1-9]", texts()).prop_map(|(code, scheme, display)| Code { code, scheme, display, extra_slots: Vec::new() })
}

fn recipients() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Z][a-z ]{0,8}",
        "\\|[0-9]{1,3}\\^[A-Z][a-z]{0,6}\\^[A-Z][a-z]{0,6}",
        "\\|\\|\\^\\^Internet\\^[a-z]{1,5}@example\\.org",
        "[A-Z][a-z]{0,5}\\|\\^[A-Z][a-z]{0,5}\\|\\^\\^PH\\^\\^\\^\\^\\^\\^\\^\\^\\^[0-9]{3,6}",
        words(),
    ]
}

fn times() -> impl Strategy<Value = Dtm> {
    "20[0-9]{2}(0[1-9](0[1-9](1[0-9]([0-5][0-9]([0-5][0-9])?)?)?)?)?".prop_map(|text| dtm(&text))
}

prop_compose! {
    fn sets()(
        (title, comments, code, time) in (texts(), texts(), codes(), times()),
        recipients in proptest::collection::vec(recipients(), 0..3),
        authors in proptest::collection::vec("\\^[A-Z][a-z]{0,6}\\^[A-Z][a-z]{0,6}", 0..3),
        (deprecated, limited, slot) in (any::<bool>(), any::<bool>(), words()),
    ) -> SubmissionSet {
        let author = |person: String| Author { person: Xcn::try_from(person).ok(), ..Author::default() };
        let mut set = submission_set(uuid(7), &"P1^^^&1.2.3&ISO".parse().unwrap(), "2.999.4.1");
        (set.title, set.comments, set.content_type_code, set.submission_time) = (title, comments, code, time);
        set.intended_recipients = recipients;
        set.authors = authors.into_iter().map(author).collect();
        set.availability_status = if deprecated { AvailabilityStatus::Deprecated } else { AvailabilityStatus::Approved };
        set.limited_metadata = limited;
        set.extras.slots = vec![Slot { name: "urn:x:slot".to_owned(), slot_type: None, values: vec![slot] }];
        set
    }
}

prop_compose! {
    fn folders()(
        (title, comments, time) in (texts(), texts(), times()),
        codes in proptest::collection::vec(codes(), 0..3),
        (deprecated, limited, version) in (any::<bool>(), any::<bool>(), 1_u32..9),
    ) -> Folder {
        let mut folder = folder(uuid(8), &"P1^^^&1.2.3&ISO".parse().unwrap(), "2.999.5.1");
        (folder.title, folder.comments, folder.last_update_time, folder.codes) = (title, comments, time, codes);
        folder.availability_status = if deprecated { AvailabilityStatus::Deprecated } else { AvailabilityStatus::Approved };
        (folder.limited_metadata, folder.version) = (limited, version);
        folder
    }
}

proptest! {
    #[test]
    fn nothing_of_a_submission_set_is_lost(set in sets()) {
        let (written, read) = set_through(&set);
        prop_assert!(read == set, "{:#}", written);
        prop_assert_eq!(set_through(&read).0, written);
    }

    #[test]
    fn nothing_of_a_folder_is_lost(folder in folders()) {
        let (written, read) = folder_through(&folder);
        prop_assert!(read == folder, "{:#}", written);
        prop_assert_eq!(folder_through(&read).0, written);
    }
}
