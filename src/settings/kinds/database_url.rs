//! Where the database is.

use std::fmt;
use std::path::PathBuf;

use zeroize::Zeroizing;

use super::{Base, Kind, Shown, Unacceptable};

/// A database, by its URL. `Debug` and the printed form hide the password.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A SQLite file: `sqlite:PATH`.
    Sqlite(PathBuf),
    /// A PostgreSQL database: `postgres://user:password@host/name`, kept as given, password included.
    Postgres(Zeroizing<String>),
}

impl DatabaseUrl {
    /// The URL without its password, fit for a log.
    pub fn without_password(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite:{}", path.display()),
            Self::Postgres(url) => mask(url),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.without_password())
    }
}

impl Kind for DatabaseUrl {
    const EXPECTED: &'static str =
        "\"sqlite:PATH\" or \"postgres://USER:PASSWORD@HOST/DATABASE\", such as \"sqlite:<data>/dossier.sqlite3\"";

    /// The text may hold a password, so no message repeats it.
    fn parse(text: &str, base: &Base) -> Result<Self, Unacceptable> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(Zeroizing::new(text.to_owned())));
        }
        let Some(path) = text.strip_prefix("sqlite:") else {
            return Err(Unacceptable("the URL begins neither with sqlite: nor with postgres://".to_owned()));
        };
        let path = path.strip_prefix("//").unwrap_or(path);
        if path == ":memory:" {
            return Err(Unacceptable("a database in memory does not survive a restart".to_owned()));
        }
        PathBuf::parse(path, base).map(Self::Sqlite)
    }

    fn show(&self) -> Shown {
        Shown::Text(self.without_password())
    }
}

/// Hides the password before the last `@` and the value of every parameter that is named like a password.
fn mask(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (user, place) = match rest.rsplit_once('@') {
        Some((user, place)) => (Some(user.split_once(':').map_or(user, |(name, _)| name)), place),
        None => (None, rest),
    };
    let user = user.map_or_else(String::new, |name| format!("{name}:***@"));
    let (place, parameters) = place.split_once('?').map_or((place, None), |(place, query)| (place, Some(query)));
    let hidden = |parameter: &str| match parameter.split_once('=') {
        Some((name, _)) if name.to_lowercase().contains("pass") => format!("{name}=***"),
        Some(_) | None => parameter.to_owned(),
    };
    let query = parameters.map_or_else(String::new, |query| format!("?{}", query.split('&').map(hidden).collect::<Vec<_>>().join("&")));
    format!("{scheme}://{user}{place}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<DatabaseUrl, Unacceptable> {
        DatabaseUrl::parse(text, &Base { folder: PathBuf::new(), data: Some(PathBuf::from("/srv")) })
    }

    #[test]
    fn a_sqlite_file_may_lie_in_the_data_folder() {
        assert_eq!(parse("sqlite:<data>/a.sqlite3"), Ok(DatabaseUrl::Sqlite(PathBuf::from("/srv/a.sqlite3"))));
        assert_eq!(parse("sqlite:///var/a.sqlite3"), Ok(DatabaseUrl::Sqlite(PathBuf::from("/var/a.sqlite3"))));
        assert!(parse("sqlite::memory:").is_err());
    }

    #[test]
    fn no_password_is_shown() {
        for url in [
            "postgres://anna:hush@db.example/dossier",
            "postgres://anna:hu@hush/x@db.example/dossier",
            "postgresql://db.example/dossier?user=anna&password=hush&sslmode=require",
            "postgres://anna:hush@db.example/dossier?sslpassword=hush",
        ] {
            let url = parse(url).unwrap();
            let shown = format!("{url:?} {:?} {}", url.show(), url.without_password());
            assert!(!shown.contains("hush"), "{shown}");
            assert!(shown.contains("db.example"), "{shown}");
        }
        assert!(!parse("anna:hush@db.example").unwrap_err().to_string().contains("hush"));
    }
}
