//! Texts that are never shown.

use std::fmt;

use zeroize::Zeroizing;

use super::{Base, Kind, Shown, Unacceptable, quoted};

/// The longest secret, in bytes.
const LONGEST: usize = 1000;

/// A secret text. `Debug` hides it and it is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The text itself; keep it out of logs.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(set)")
    }
}

impl Kind for Secret {
    const SECRET: bool = true;
    const EXPECTED: &'static str = "one line of text, 1000 bytes at most";

    fn parse(text: &str, _: &Base) -> Result<Self, Unacceptable> {
        if text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
            return Err(Unacceptable("the text given is no such line".to_owned()));
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    fn show(&self) -> Shown {
        Shown::Secret
    }
}

/// A client of the authorization server of the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoClient {
    /// Its name.
    pub id: String,
    /// Its secret, if it can keep one.
    pub secret: Option<Secret>,
}

impl Kind for DemoClient {
    const EXPECTED: &'static str = "ID or ID=SECRET";

    fn parse(text: &str, base: &Base) -> Result<Self, Unacceptable> {
        let (id, secret) = text.split_once('=').map_or((text, None), |(id, secret)| (id, Some(secret)));
        let is_id = !id.is_empty() && id.len() <= 100 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
        if !is_id {
            return Err(Unacceptable(format!("{} is not made of letters, digits and -._~", quoted(id))));
        }
        Ok(Self { id: id.to_owned(), secret: secret.map(|secret| Secret::parse(secret, base)).transpose()? })
    }

    fn show(&self) -> Shown {
        Shown::Text(if self.secret.is_some() { format!("{}=(set)", self.id) } else { self.id.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown() {
        let client = DemoClient::parse("portal=hush=hush", &Base::default()).unwrap();
        assert_eq!(client.secret.as_ref().map(Secret::expose), Some("hush=hush"));
        assert_eq!(client.show(), Shown::Text("portal=(set)".to_owned()));
        assert!(!format!("{client:?}").contains("hush"));
        assert_eq!(DemoClient::parse("demo", &Base::default()).unwrap().secret, None);
        for bad in ["", "=x", "a b", "a="] {
            assert!(DemoClient::parse(bad, &Base::default()).is_err(), "{bad}");
        }
    }
}
