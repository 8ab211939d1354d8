//! How something was asked: what an audit record keeps of the request itself.

use serde::{Deserialize, Serialize};

use super::text::cut_at;

/// What is kept of a query at most, in bytes.
pub const LONGEST_QUERY: usize = 16 * 1024;

/// How something was asked. A query can name what the reader of a patient's history must not know of (access rules, 8): it is for
/// auditors and audit record repositories alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The interaction over FHIR, a code of <http://hl7.org/fhir/restful-interaction>; nothing over other protocols.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interaction: Option<String>,
    /// The query as it was received, or its beginning: `AdhocQueryRequest` in XML, or path, query string and form of a search.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// How many bytes of the query were left out: it was longer than [`LONGEST_QUERY`].
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u64,
}

impl Asked {
    /// By this query.
    pub fn query(text: &str) -> Self {
        let kept = cut_at(text, LONGEST_QUERY);
        Self { interaction: None, query: Some(kept.to_owned()), left_out: (text.len() - kept.len()) as u64 }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_query_is_cut_between_characters_and_says_so() {
        let long = format!("x{}", "é".repeat(LONGEST_QUERY));
        let asked = Asked::query(&long);
        let kept = asked.query.unwrap();
        assert!(long.starts_with(&kept) && kept.len() == LONGEST_QUERY - 1);
        assert_eq!(asked.left_out, (long.len() - kept.len()) as u64);
        assert_eq!(Asked::query("a=b"), Asked { query: Some("a=b".to_owned()), ..Asked::default() });
    }
}
