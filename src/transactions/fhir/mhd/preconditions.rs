//! Conditions that a request sets on the document that it asks for (RFC 9110, 13).

use super::super::{Headers, Refusal};
use crate::model::timestamp::Instant;
use crate::wire::fhir::dates;

/// What is known of the document: its entity tag, as the answer writes it, and when it was registered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Validators<'v> {
    /// Such as `"da39…"`, or `W/"da39…"` for another form of the same content; nothing where the hash is not known.
    pub(super) etag: Option<&'v str>,
    /// For `Last-Modified`.
    pub(super) modified: Option<Instant>,
}

impl Validators<'_> {
    /// Whether the caller has the document already (`If-None-Match`, 13.1.2). `If-Modified-Since` is judged where the answer is
    /// written.
    ///
    /// # Errors
    /// 412 if `If-Match` names another content (13.1.1). It goes before all others (13.2.2).
    pub(super) fn caller_has_it(&self, headers: &Headers) -> Result<bool, Refusal> {
        let is_another = |tags: &str| tags.trim() != "*" && !self.is_among(tags, is_same);
        if headers.if_match.as_deref().is_some_and(is_another) {
            return Err(Refusal::precondition_failed("the document is another than If-Match names; read its metadata again").audited());
        }
        let has = |tags: &str| tags.trim() == "*" || self.is_among(tags, is_alike);
        Ok(headers.if_none_match.as_deref().is_some_and(has))
    }

    /// The range that counts: none if `If-Range` names another content or time, so that no parts of two documents are joined
    /// (13.1.5).
    pub(super) fn range<'h>(&self, headers: &'h Headers) -> Option<&'h str> {
        let second = |at: Instant| at.0.div_euclid(1_000_000);
        let fits = |condition: &str| match dates::of_http(condition) {
            Some(at) => self.modified.is_some_and(|modified| second(modified) == second(at)),
            None => self.etag.is_some_and(|etag| is_same(condition.trim(), etag)),
        };
        headers.range.as_deref().filter(|_| headers.if_range.as_deref().is_none_or(fits))
    }

    fn is_among(&self, tags: &str, compare: fn(&str, &str) -> bool) -> bool {
        self.etag.is_some_and(|etag| tags.split(',').any(|tag| compare(tag.trim(), etag)))
    }
}

/// Strong comparison (8.8.3.2): the same bytes.
fn is_same(one: &str, other: &str) -> bool {
    one == other && !one.starts_with("W/")
}

/// Weak comparison (8.8.3.2).
fn is_alike(one: &str, other: &str) -> bool {
    let opaque = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
    opaque(one) == opaque(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: Validators<'_> = Validators { etag: Some("\"a1\""), modified: Some(Instant(1_742_202_000_900_000)) };

    #[test]
    fn tags_are_compared_one_by_one() {
        let has = |tags: &str| KNOWN.caller_has_it(&Headers { if_none_match: Some(tags.to_owned()), ..Headers::default() }).unwrap();
        assert!(["\"a1\"", "W/\"a1\"", "\"b\", \"a1\"", "\"b\",W/\"a1\" ", "*", " * "].into_iter().all(has));
        assert!(!["\"b\"", "a1", "\"A1\"", "", "\"a1", "\"*\""].into_iter().any(has));
        let matches = |tags: &str| KNOWN.caller_has_it(&Headers { if_match: Some(tags.to_owned()), ..Headers::default() });
        assert!(["\"a1\"", "\"b\" , \"a1\"", "*"].into_iter().all(|tags| matches(tags) == Ok(false)));
        assert!(["\"b\"", "W/\"a1\"", ""].into_iter().all(|tags| matches(tags).unwrap_err().status == 412), "weak tags never match");
        let unknown = Validators { etag: None, modified: None };
        let any = Headers { if_match: Some("*".to_owned()), if_none_match: Some("\"a1\"".to_owned()), ..Headers::default() };
        assert_eq!(unknown.caller_has_it(&any), Ok(false));
    }

    #[test]
    fn a_range_counts_for_the_same_content_only() {
        let range = |condition: Option<&str>| {
            let headers = Headers { range: Some("bytes=0-1".to_owned()), if_range: condition.map(str::to_owned), ..Headers::default() };
            KNOWN.range(&headers).is_some()
        };
        assert!([None, Some("\"a1\""), Some("Mon, 17 Mar 2025 09:00:00 GMT")].into_iter().all(range));
        assert!(
            !["\"b\"", "W/\"a1\"", "Mon, 17 Mar 2025 09:00:01 GMT", "Mon, 17 Mar 2025 08:59:59 GMT", ""].iter().any(|no| range(Some(no)))
        );
    }
}
