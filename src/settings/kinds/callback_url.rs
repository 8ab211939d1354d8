//! An address below which answers may be sent.

use super::{Base, Kind, Shown, Unacceptable};
use crate::model::callback_url::CallbackUrl;

impl Kind for CallbackUrl {
    const EXPECTED: &'static str =
        "an http or https URL without user, query and fragment, such as \"https://consumer.example:8443/answers\"";

    fn parse(text: &str, _: &Base) -> Result<Self, Unacceptable> {
        match Self::parse(text) {
            Ok(url) if url.has_query() => Err(Unacceptable("the URL has a query".to_owned())),
            parsed => parsed.map_err(|invalid| Unacceptable(invalid.to_string())),
        }
    }

    fn show(&self) -> Shown {
        Shown::Text(self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Shown, String> {
        <CallbackUrl as Kind>::parse(text, &Base::default()).map(|url| url.show()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_prefix_is_shown_with_its_port() {
        assert_eq!(parse("https://a.example/b"), Ok(Shown::Text("https://a.example:443/b".to_owned())));
    }

    #[test]
    fn what_is_wrong_is_named_without_the_text() {
        assert_eq!(parse("https://a.example/b?c"), Err("the URL has a query".to_owned()));
        assert_eq!(parse("https://anna:hush@a.example"), Err("the URL names a user".to_owned()));
    }
}
