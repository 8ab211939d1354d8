//! DTM ⇄ dateTime.

use crate::model::timestamp::{Dtm, Instant};

/// A DTM as `dateTime` in UTC. To the hour or minute FHIR cannot say: the first second of it.
pub(super) fn date_time(dtm: &Dtm) -> String {
    let digits = dtm.as_str();
    let filled = dtm.first_second();
    let part = |from: usize, to: usize| filled.get(from..to).unwrap_or_default();
    match digits.len() {
        4 => part(0, 4).to_owned(),
        6 => format!("{}-{}", part(0, 4), part(4, 6)),
        8 => format!("{}-{}-{}", part(0, 4), part(4, 6), part(6, 8)),
        _ => format!("{}-{}-{}T{}:{}:{}Z", part(0, 4), part(4, 6), part(6, 8), part(8, 10), part(10, 12), part(12, 14)),
    }
}

/// A `dateTime` or `instant` as DTM in UTC, fractions of a second cut off; nothing if it is none.
pub(super) fn dtm_of(text: &str) -> Option<Dtm> {
    match text.contains('T') {
        true => text.parse::<Instant>().ok().map(Instant::to_dtm),
        false => {
            let shaped =
                matches!(text.len(), 4 | 7 | 10) && text.bytes().enumerate().all(|(at, byte)| (byte == b'-') == matches!(at, 4 | 7));
            shaped.then(|| Dtm::try_from(text.replace('-', "")).ok()).flatten()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples::dtm;

    #[test]
    fn times_are_written_and_read() {
        for (dtm_text, fhir) in
            [("2005", "2005"), ("200502", "2005-02"), ("20050228", "2005-02-28"), ("20050228103059", "2005-02-28T10:30:59Z")]
        {
            assert_eq!(date_time(&dtm(dtm_text)), fhir);
            assert_eq!(dtm_of(fhir), Some(dtm(dtm_text)));
        }
        assert_eq!(dtm_of("2005-02-28T10:30:59.9+01:00"), Some(dtm("20050228093059")));
        assert_eq!(date_time(&dtm("2005022810")), "2005-02-28T10:00:00Z");
        for bad in ["20050", "2005-2", "2005-02-30", "2005-02-28T10", "----", ""] {
            assert_eq!(dtm_of(bad), None, "{bad}");
        }
    }
}
