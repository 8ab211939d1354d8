//! Which database a case runs on.

use std::path::Path;
use std::sync::OnceLock;

use super::postgres::{self, Cluster};

/// Which database a case runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    /// A file in the folder of the test.
    Sqlite,
    /// A database of its own in the cluster of the suite.
    Postgres,
}

/// The cluster of the whole suite, or why there is none.
static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();

impl Database {
    /// Runs the case on PostgreSQL, or says once that there is none. With `DOSSIER_TEST_REQUIRE_POSTGRES=1` that is a
    /// failure.
    pub fn on_postgres(name: &str, case: fn(Self)) {
        let cluster = CLUSTER.get_or_init(|| {
            let cluster = Cluster::find_or_start("fsync=off");
            if let Err(reason) = &cluster {
                postgres::say(&format!("skipped the PostgreSQL half of the tests: {reason}"));
            }
            cluster
        });
        let required = std::env::var_os("DOSSIER_TEST_REQUIRE_POSTGRES").is_some_and(|value| value == "1");
        match cluster {
            Ok(_) => case(Self::Postgres),
            Err(reason) => assert!(!required, "{name} was not run on PostgreSQL: {reason}"),
        }
    }

    /// The URL of a fresh database for a test with this folder.
    pub fn create(self, folder: &Path) -> String {
        match self {
            Self::Sqlite => format!("sqlite:{}", folder.join("dossier.sqlite3").display()),
            Self::Postgres => {
                let Some(Ok(cluster)) = CLUSTER.get() else { panic!("cases on PostgreSQL are started by on_postgres") };
                cluster.create_database()
            }
        }
    }
}

/// Makes two tests of each case, `sqlite::case` and `postgres::case`. A case is a `fn(Database)`.
macro_rules! on_both_databases {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $( #[test] fn $case() { super::$case(super::Database::Sqlite) } )+
        }
        mod postgres {
            $( #[test] fn $case() { super::Database::on_postgres(stringify!($case), super::$case) } )+
        }
    };
}

pub(crate) use on_both_databases;
