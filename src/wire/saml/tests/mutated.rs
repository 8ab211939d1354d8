//! Whatever is done to a genuine message: it is refused, or it says what its issuer said. And nothing panics.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

static GENUINE: LazyLock<String> = LazyLock::new(|| message(&ISSUER.issue(&said())));
static READ: LazyLock<Assertion> = LazyLock::new(|| open_message(&GENUINE, &ISSUER).unwrap());
static TRUSTED: LazyLock<TrustedIssuers> = LazyLock::new(|| trusted(&ISSUER));

fn is_refused_or_the_same(bytes: &[u8]) -> bool {
    let Ok(envelope) = soap::read(bytes, &XmlLimits::default(), None) else { return true };
    let Some(security) = envelope.security else { return true };
    security.assertion(&TRUSTED, AT).is_ok_and(|found| found.is_none_or(|assertion| assertion == *READ))
        || security.assertion(&TRUSTED, AT).is_err()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn another_byte(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = GENUINE.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        prop_assert!(is_refused_or_the_same(&bytes));
    }

    #[test]
    fn a_piece_elsewhere(from in any::<prop::sample::Index>(), length in 1_usize..200, to in any::<prop::sample::Index>(), cut in any::<bool>()) {
        let mut bytes = GENUINE.clone().into_bytes();
        let from = from.index(bytes.len());
        let end = (from + length).min(bytes.len());
        let piece = bytes[from..end].to_vec();
        if cut {
            bytes.drain(from..end);
        }
        let to = to.index(bytes.len());
        bytes.splice(to..to, piece);
        prop_assert!(is_refused_or_the_same(&bytes));
    }

    #[test]
    fn an_element_elsewhere(which in any::<prop::sample::Index>(), target in any::<prop::sample::Index>(), before in any::<bool>()) {
        let starts: Vec<usize> = GENUINE.match_indices('<').map(|(at, _)| at).filter(|at| !GENUINE[*at..].starts_with("</")).collect();
        let from = starts[which.index(starts.len())];
        let name = GENUINE[from + 1..].split([' ', '>', '/']).next().unwrap().to_owned();
        let closing = format!("</{name}>");
        let end = GENUINE[from..].find(&closing).map_or(from, |end| from + end + closing.len());
        let piece = GENUINE[from..end].to_owned();
        let at = starts[target.index(starts.len())];
        let at = if before { at } else { GENUINE[at..].find('>').map_or(at, |end| at + end + 1) };
        let mut copied = GENUINE.clone();
        copied.insert_str(at, &piece);
        prop_assert!(is_refused_or_the_same(copied.as_bytes()));
    }

    #[test]
    fn cut_short(length in any::<prop::sample::Index>()) {
        prop_assert!(is_refused_or_the_same(&GENUINE.as_bytes()[..length.index(GENUINE.len())]));
    }
}
