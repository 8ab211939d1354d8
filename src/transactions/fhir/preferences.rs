//! The header `Prefer` (RFC 7240; FHIR R4, http.html#ops and search.html#errors).

/// What a change is answered with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Returned {
    /// The resource.
    #[default]
    Representation,
    /// Nothing but the head.
    Minimal,
    /// An OperationOutcome.
    OperationOutcome,
}

/// What a caller prefers. What is not understood is left aside, as RFC 7240 has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Preferences {
    /// `return=…`.
    pub(super) returned: Returned,
    /// `handling=strict`: an unknown search parameter is an error.
    pub(super) is_strict: bool,
}

impl Preferences {
    /// Those of the header.
    pub(super) fn of(header: Option<&str>) -> Self {
        let mut preferences = Self::default();
        let words = header.unwrap_or_default().split([',', ';']);
        for (name, value) in words.filter_map(|word| word.trim().split_once('=')) {
            match (name.trim().to_ascii_lowercase().as_str(), value.trim().trim_matches('"')) {
                ("return", "minimal") => preferences.returned = Returned::Minimal,
                ("return", "OperationOutcome") => preferences.returned = Returned::OperationOutcome,
                ("handling", "strict") => preferences.is_strict = true,
                _ => {}
            }
        }
        preferences
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_understood_is_taken() {
        let of = |header| Preferences::of(Some(header));
        assert_eq!(Preferences::of(None), Preferences::default());
        assert_eq!(of("respond-async, return=\"minimal\""), Preferences { returned: Returned::Minimal, is_strict: false });
        assert_eq!(of("Return=OperationOutcome; handling=strict"), Preferences { returned: Returned::OperationOutcome, is_strict: true });
        for nothing in ["", "return", "return=all", "x-handling=strict", "handling=strictly", "return=representation,handling=lenient"] {
            assert_eq!(of(nothing), Preferences::default(), "{nothing}");
        }
    }
}
