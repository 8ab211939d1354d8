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

/// Reads a `Range` header. Several ranges, and units other than bytes, are answered with the whole.
pub(super) fn part(header: Option<&str>, size: u64) -> Part {
    let Some(range) = header.and_then(|header| header.trim().strip_prefix("bytes=")) else { return Part::Whole };
    let Some((first, last)) = range.split_once('-').filter(|_| !range.contains(',')) else { return Part::Whole };
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
        for beyond in ["bytes=10-", "bytes=10-11", "bytes=-0"] {
            assert_eq!(of_ten(beyond), Part::Beyond, "{beyond}");
        }
        for whole in ["bytes=5-2", "bytes=0-1,3-4", "lines=1-2", "bytes=", "bytes=a-b", "bytes=-", "bytes=99999999999999999999999-"] {
            assert_eq!(of_ten(whole), Part::Whole, "{whole}");
        }
        assert_eq!((part(None, 10), part(Some("bytes=-1"), 0)), (Part::Whole, Part::Beyond));
    }
}
