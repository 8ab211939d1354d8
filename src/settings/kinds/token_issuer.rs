//! A name and the keys that prove it.

use std::path::PathBuf;

use super::{Base, Kind, PublicUrl, Shown, Unacceptable, quoted};

/// An issuer of access tokens: its name, and where its keys are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenIssuer {
    /// The name as it stands in tokens.
    pub name: String,
    /// Its JWK Set.
    pub keys: KeysAt,
}

/// Where a JWK Set is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeysAt {
    /// In this file.
    File(PathBuf),
    /// At this URL.
    Url(PublicUrl),
}

impl Kind for TokenIssuer {
    const EXPECTED: &'static str =
        "NAME=KEYS, such as \"https://as.example=/etc/dossier/as-keys.json\" or \"https://as.example=https://as.example/jwks\"";

    fn parse(text: &str, base: &Base) -> Result<Self, Unacceptable> {
        // A name may be a URI with a query; neither a file nor a URL of keys need have such a sign.
        match text.rsplit_once('=').map(|(name, keys)| (name.trim(), keys.trim())) {
            Some((name, keys)) if !name.is_empty() => Ok(Self { name: name.to_owned(), keys: KeysAt::parse(keys, base)? }),
            _ => Err(Unacceptable(format!("{} has no name before =", quoted(text)))),
        }
    }

    fn show(&self) -> Shown {
        let keys = match &self.keys {
            KeysAt::File(path) => path.display().to_string(),
            KeysAt::Url(url) => url.as_str().to_owned(),
        };
        Shown::Text(format!("{}={keys}", self.name))
    }
}

impl KeysAt {
    fn parse(text: &str, base: &Base) -> Result<Self, Unacceptable> {
        if !text.contains("://") {
            return PathBuf::parse(text, base).map(Self::File);
        }
        let url = PublicUrl::parse(text, base)?;
        if url.is_private_on_the_way() {
            return Ok(Self::Url(url));
        }
        Err(Unacceptable("keys are fetched with https, or with http from the loopback address only".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_from_a_file_or_a_safe_url() {
        let base = Base { folder: PathBuf::from("/etc/dossier"), data: None };
        let read = |text: &str| TokenIssuer::parse(text, &base);
        assert!(matches!(read("https://as.example=keys.json").unwrap().keys, KeysAt::File(_)));
        assert!(matches!(read("urn:as?a=b=https://as.example/jwks").unwrap().keys, KeysAt::Url(_)));
        assert!(read("urn:as=http://127.0.0.1:8080/jwks").is_ok() && read("urn:as=http://[::1]/jwks").is_ok());
        for bad in [
            "",
            "keys.json",
            "=keys.json",
            "urn:as=",
            "urn:as=http://as.example/jwks",
            "urn:as=http://127.0.0.1.evil.example/",
            "urn:as=ftp://as.example/",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
