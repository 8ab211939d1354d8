//! A name and the file that proves it.

use std::path::PathBuf;

use super::{Base, Kind, Shown, Unacceptable, quoted};

/// An issuer of assertions: its name, and the file with its certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerFile {
    /// The name as it stands in assertions.
    pub name: String,
    /// The file: certificates in PEM.
    pub path: PathBuf,
}

impl Kind for IssuerFile {
    const EXPECTED: &'static str = "NAME=FILE, such as \"https://idp.example=/etc/dossier/idp.pem\"";

    fn parse(text: &str, base: &Base) -> Result<Self, Unacceptable> {
        // A name may be a URI with a query; a file need not have such a name.
        match text.rsplit_once('=').map(|(name, path)| (name.trim(), path.trim())) {
            Some((name, path)) if !name.is_empty() => Ok(Self { name: name.to_owned(), path: PathBuf::parse(path, base)? }),
            _ => Err(Unacceptable(format!("{} has no name before =", quoted(text)))),
        }
    }

    fn show(&self) -> Shown {
        Shown::Text(format!("{}={}", self.name, self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_sign_parts_name_and_file() {
        let base = Base { folder: PathBuf::from("/etc/dossier"), data: None };
        let read = IssuerFile::parse("https://idp.example/?a=b = idp.pem", &base).unwrap();
        assert_eq!((read.name.as_str(), read.path.to_str()), ("https://idp.example/?a=b", Some("/etc/dossier/idp.pem")));
        assert_eq!(read.show(), Shown::Text("https://idp.example/?a=b=/etc/dossier/idp.pem".to_owned()));
        for bad in ["", "idp.pem", "=idp.pem", "name="] {
            assert!(IssuerFile::parse(bad, &base).is_err(), "{bad}");
        }
    }
}
