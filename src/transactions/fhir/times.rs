//! Search parameters of times (FHIR R4, search.html#date).

use std::ops::Range;

use super::Refusal;
use crate::model::timestamp::Instant;
use crate::wire::fhir::dates;
use crate::wire::fhir::search::{Comparison, comparison};

/// One comparison with the time that a value stands for.
pub(super) fn time(name: &str, value: &str) -> Result<(Comparison, Range<Instant>), Refusal> {
    let (comparison, text) = comparison(value);
    let period = dates::period(text).map_err(|fault| Refusal::invalid(&format!("http.{name}"), &fault.to_string(), "mend it"))?;
    Ok((comparison, period))
}

/// What a comparison leaves of all times: not before, and before. What `ne` leaves is no range: it is everything but this one.
pub(super) fn bounds((comparison, Range { start, end }): (Comparison, Range<Instant>)) -> (Option<Instant>, Option<Instant>) {
    match comparison {
        Comparison::Equal | Comparison::Approximately | Comparison::NotEqual => (Some(start), Some(end)),
        Comparison::Greater | Comparison::StartsAfter => (Some(end), None),
        Comparison::GreaterOrEqual => (Some(start), None),
        Comparison::Less | Comparison::EndsBefore => (None, Some(start)),
        Comparison::LessOrEqual => (None, Some(end)),
    }
}

/// Narrows a range of instants.
pub(super) fn narrow_instants(from: &mut Option<Instant>, to: &mut Option<Instant>, bounds: (Option<Instant>, Option<Instant>)) {
    *from = [*from, bounds.0].into_iter().flatten().max();
    *to = [*to, bounds.1].into_iter().flatten().min();
}

/// The instants that bounds leave.
pub(super) fn range((from, to): (Option<Instant>, Option<Instant>)) -> Range<Instant> {
    from.unwrap_or(Instant(i64::MIN))..to.unwrap_or(Instant(i64::MAX))
}
