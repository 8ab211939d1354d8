//! The name an operator probably meant.

/// Below this likeness (0 to 1, Jaro-Winkler) a suggestion would mislead.
const LIKE_ENOUGH: f64 = 0.6;

/// The candidate most like `given`, or the one that only lacks its section, if any is like it at all.
pub(super) fn nearest(given: &str, candidates: impl IntoIterator<Item = String>) -> Option<String> {
    candidates
        .into_iter()
        .map(|candidate| (likeness(given, &candidate), candidate))
        .filter(|(likeness, _)| *likeness >= LIKE_ENOUGH)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

fn likeness(given: &str, candidate: &str) -> f64 {
    let (_, last) = candidate.rsplit_once('.').unwrap_or(("", candidate));
    if last == given { 1.0 } else { strsim::jaro_winkler(&given.to_lowercase(), &candidate.to_lowercase()) }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    fn keys() -> Vec<String> {
        ["http.listen", "mllp.listen", "limits.parts", "profile"].map(str::to_owned).to_vec()
    }

    #[test]
    fn a_slip_of_the_finger_is_recognised() {
        assert_eq!(nearest("http.lisen", keys()).as_deref(), Some("http.listen"));
        assert_eq!(nearest("MLLP.Listen", keys()).as_deref(), Some("mllp.listen"));
    }

    #[test]
    fn a_key_without_its_section_is_recognised() {
        assert_eq!(nearest("parts", keys()).as_deref(), Some("limits.parts"));
    }

    #[test]
    fn nothing_is_suggested_for_what_resembles_nothing() {
        assert_eq!(nearest("zzzz", keys()), None);
    }
}
