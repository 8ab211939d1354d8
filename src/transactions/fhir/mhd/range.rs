//! Part of a document (RFC 9110, 14.1.2): one range of bytes.

/// What a `Range` header asks of content of some length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it: no header, or one that may be ignored.
    Whole,
    /// From this byte, so many.
    Bytes {
        /// The first byte, from 0.
        from: u64,
        /// How many; at least one.
        count: u64,
    },
    /// Nothing of it is in the range.
    Beyond,
}

/// Reads a `Range` header. Several ranges are one where they touch; where they lie apart, and for units other than bytes, the
/// answer is the whole (RFC 9110, 14.2: a server may ignore the header).
pub(super) fn part(header: Option<&str>, size: u64) -> Part {
    let Some(ranges) = header.and_then(|header| header.trim().strip_prefix("bytes=")) else { return Part::Whole };
    let mut parts: Vec<_> = ranges.split(',').map(|range| one(range.trim(), size)).collect();
    if parts.contains(&Part::Whole) {
        return Part::Whole;
    }
    // What is beyond the end is left out, as long as anything is not.
    parts.retain(|part| *part != Part::Beyond);
    let Some(joined) = joined(&parts) else { return if parts.is_empty() { Part::Beyond } else { Part::Whole } };
    joined
}

/// One range; the whole for what is none.
fn one(range: &str, size: u64) -> Part {
    let Some((first, last)) = range.split_once('-') else { return Part::Whole };
    let (first, last) = (first.trim(), last.trim());
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    match (first.is_empty(), number(first), last.is_empty(), number(last)) {
        (true, _, false, Some(count)) if count > 0 && size > 0 => bytes(size.saturating_sub(count), size - 1),
        (true, _, false, Some(_)) => Part::Beyond,
        (false, Some(first), true, _) if first < size => bytes(first, size - 1),
        (false, Some(first), false, Some(last)) if first <= last && first < size => bytes(first, last.min(size - 1)),
        (false, Some(first), false, Some(last)) if first > last => Part::Whole,
        (false, Some(_), true, _) | (false, Some(_), false, Some(_)) => Part::Beyond,
        _ => Part::Whole,
    }
}

/// Parts of bytes that overlap or follow each other, as one; nothing if there are gaps between them.
fn joined(parts: &[Part]) -> Option<Part> {
    let mut ends: Vec<_> =
        parts.iter().filter_map(|part| if let Part::Bytes { from, count } = part { Some((*from, from + count)) } else { None }).collect();
    ends.sort_unstable();
    let (first, others) = ends.split_first()?;
    let (from, mut end) = *first;
    for (next, until) in others {
        if *next > end {
            return None;
        }
        end = end.max(*until);
    }
    Some(Part::Bytes { from, count: end - from })
}

fn bytes(from: u64, last: u64) -> Part {
    Part::Bytes { from, count: last - from + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_cut_to_the_size() {
        let of_ten = |header| part(Some(header), 10);
        assert_eq!(of_ten("bytes=0-3"), Part::Bytes { from: 0, count: 4 });
        assert_eq!(of_ten("bytes=8-99"), Part::Bytes { from: 8, count: 2 });
        assert_eq!(of_ten("bytes=7-"), Part::Bytes { from: 7, count: 3 });
        assert_eq!(of_ten("bytes=-3"), Part::Bytes { from: 7, count: 3 });
        assert_eq!(of_ten("bytes=-30"), Part::Bytes { from: 0, count: 10 });
        for beyond in ["bytes=10-", "bytes=10-11", "bytes=-0", "bytes=10-,20-30"] {
            assert_eq!(of_ten(beyond), Part::Beyond, "{beyond}");
        }
        for whole in
            ["bytes=5-2", "bytes=0-1,3-4", "bytes=0-1,x", "lines=1-2", "bytes=", "bytes=a-b", "bytes=-", "bytes=99999999999999999999999-"]
        {
            assert_eq!(of_ten(whole), Part::Whole, "{whole}");
        }
        assert_eq!((part(None, 10), part(Some("bytes=-1"), 0)), (Part::Whole, Part::Beyond));
    }

    #[test]
    fn several_ranges_are_one_where_they_touch() {
        let of_ten = |header| part(Some(header), 10);
        for (header, from, count) in
            [("bytes=4-5, 0-3", 0, 6), ("bytes=0-6,2-3", 0, 7), ("bytes=2-3,50-60", 2, 2), ("bytes=7-,-4,5-7", 5, 5)]
        {
            assert_eq!(of_ten(header), Part::Bytes { from, count }, "{header}");
        }
    }
}
