//! Members of JSON objects, read strictly.

use serde_json::{Map, Value};

use super::Refusal;
use crate::model::timestamp::Instant;

/// An object of a token.
#[derive(Clone, Copy)]
pub(super) struct Members<'v>(pub(super) &'v Map<String, Value>);

impl<'v> Members<'v> {
    /// What has this name; null is nothing.
    pub(super) fn get(self, name: &str) -> Option<&'v Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text that is not empty.
    pub(super) fn text(self, name: &str, complaint: &'static str) -> Result<Option<String>, Refusal> {
        let text = |value: &Value| value.as_str().map(|text| text.trim().to_owned());
        let found = self.get(name).map(|value| text(value).ok_or(Refusal::Malformed(complaint))).transpose()?;
        Ok(found.filter(|text| !text.is_empty()))
    }

    /// A text, or a list of texts.
    pub(super) fn texts(self, name: &str, complaint: &'static str) -> Result<Vec<String>, Refusal> {
        let text = |value: &Value| value.as_str().map(str::to_owned).ok_or(Refusal::Malformed(complaint));
        let texts: Vec<_> = self.values(name).into_iter().map(text).collect::<Result<_, _>>()?;
        Ok(texts.into_iter().filter(|text| !text.trim().is_empty()).collect())
    }

    /// A value, or the values of a list.
    pub(super) fn values(self, name: &str) -> Vec<&'v Value> {
        match self.get(name) {
            None => Vec::new(),
            Some(Value::Array(values)) => values.iter().collect(),
            Some(value) => vec![value],
        }
    }

    /// An object; an absent one is empty.
    pub(super) fn object(self, name: &str, complaint: &'static str) -> Result<Option<Self>, Refusal> {
        self.get(name).map(|value| value.as_object().map(Members).ok_or(Refusal::Malformed(complaint))).transpose()
    }

    /// A NumericDate (RFC 7519, 2): seconds since 1970, perhaps with a fraction.
    pub(super) fn time(self, name: &str, complaint: &'static str) -> Result<Option<Instant>, Refusal> {
        self.get(name).map(|value| instant(value).ok_or(Refusal::Malformed(complaint))).transpose()
    }
}

fn instant(value: &Value) -> Option<Instant> {
    const LATEST: i64 = 253_402_300_799; // The last second of the year 9999.
    let seconds = value.as_i64().or_else(|| value.as_f64().filter(|seconds| seconds.is_finite()).map(|seconds| seconds.floor() as i64))?;
    (0..=LATEST).contains(&seconds).then(|| Instant(seconds * 1_000_000))
}
