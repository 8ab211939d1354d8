//! Paths, relative to where they were written down or to the data folder.

use std::path::PathBuf;

use super::{Base, Kind, Shown, Unacceptable, quoted};

impl Kind for PathBuf {
    const EXPECTED: &'static str = "a path, such as \"/var/lib/dossier\" or \"<data>/contents\"";

    fn parse(text: &str, base: &Base) -> Result<Self, Unacceptable> {
        if text.is_empty() {
            return Err(Unacceptable("the path is empty".to_owned()));
        }
        if text.contains('\0') {
            return Err(Unacceptable(format!("{} holds a zero byte", quoted(text))));
        }
        match text.strip_prefix("<data>") {
            Some(within) => within_data_folder(text, within, base),
            None => Ok(base.folder.join(text.strip_prefix("./").unwrap_or(text))),
        }
    }

    fn show(&self) -> Shown {
        Shown::Text(self.display().to_string())
    }
}

fn within_data_folder(text: &str, within: &str, base: &Base) -> Result<PathBuf, Unacceptable> {
    let Some(data) = &base.data else {
        return Err(Unacceptable(format!("{} refers to itself", quoted(text))));
    };
    match within.strip_prefix('/') {
        Some(rest) => Ok(data.join(rest.trim_start_matches('/'))),
        None if within.is_empty() => Ok(data.clone()),
        None => Err(Unacceptable(format!("{} lacks a slash after <data>", quoted(text)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Base {
        Base { folder: PathBuf::from("/etc/dossier"), data: Some(PathBuf::from("/srv/data")) }
    }

    #[test]
    fn paths_start_at_their_base() {
        for (text, path) in [
            ("/var/key", "/var/key"),
            ("./key", "/etc/dossier/key"),
            ("key", "/etc/dossier/key"),
            ("<data>", "/srv/data"),
            ("<data>/contents", "/srv/data/contents"),
            ("<data>//contents", "/srv/data/contents"),
        ] {
            assert_eq!(PathBuf::parse(text, &base()), Ok(PathBuf::from(path)));
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in ["", "a\0b", "<data>contents"] {
            assert!(PathBuf::parse(text, &base()).is_err(), "{text:?}");
        }
        let without_data = Base { data: None, ..base() };
        assert!(PathBuf::parse("<data>/data", &without_data).is_err());
    }
}
