//! The database under a server: a file, a cluster of this run, or one that is named.

use std::path::Path;

use crate::options::Options;
use crate::postgres::Cluster;

/// Where databases come from.
pub enum Engine {
    /// A file in the folder of the server.
    Sqlite,
    /// Databases of a cluster, which commits durably.
    Postgres(Cluster),
    /// One database that is there and empty.
    Named(String),
}

impl Engine {
    /// What the command line names: SQLite if nothing is.
    pub fn chosen(options: &Options) -> Self {
        match options.database.as_deref() {
            None | Some("sqlite") => Self::Sqlite,
            Some("postgres") => Self::started(),
            Some(url) => Self::Named(url.to_owned()),
        }
    }

    /// The one the command line names, or both.
    pub fn all(options: &Options) -> Vec<Self> {
        match options.database {
            Some(_) => vec![Self::chosen(options)],
            None => vec![Self::Sqlite, Self::started()],
        }
    }

    fn started() -> Self {
        Self::Postgres(Cluster::find_or_start("fsync=on").unwrap_or_else(|reason| panic!("no PostgreSQL: {reason}")))
    }

    /// As the table shows it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres(_) | Self::Named(_) => "PostgreSQL",
        }
    }

    /// The URL of an empty database; a file is put into `folder`.
    pub fn create_database(&self, folder: &Path) -> String {
        match self {
            Self::Sqlite => format!("sqlite:{}", folder.join("bench.sqlite3").display()),
            Self::Postgres(cluster) => cluster.create_database(),
            Self::Named(url) => url.clone(),
        }
    }
}
