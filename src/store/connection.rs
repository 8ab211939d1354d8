//! SQLite or PostgreSQL behind one type, chosen by URL.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool, PooledConnection};
use diesel::sqlite::Sqlite;
use diesel::{MultiConnection, PgConnection, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::StoreError;

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Names the lock on the schema among the advisory locks of a PostgreSQL database: "dossier" in ASCII.
const MIGRATION_LOCK: i64 = 0x64_6f_73_73_69_65_72;

/// A connection to either database. The derive tries variants in order and SQLite takes any text for a path, so
/// [`Database::open`] looks at the scheme before it connects.
#[derive(MultiConnection)]
pub(super) enum StoreConnection {
    /// PostgreSQL.
    Postgres(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

pub(super) type ConnectionPool = Pool<ConnectionManager<StoreConnection>>;
pub(super) type Pooled = PooledConnection<ConnectionManager<StoreConnection>>;

/// diesel gives a deadlock no kind of its own, so that it is told by its message, which has to be in English then. Only a
/// superuser, or who was granted it, may choose the language; for others it stays as the server has it.
const MESSAGES_IN_ENGLISH: &str = "DO $$ BEGIN SET lc_messages = 'C'; EXCEPTION WHEN insufficient_privilege THEN NULL; END $$;";

/// Which engine a URL names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One file, one machine.
    Sqlite,
    /// A server, any number of machines.
    Postgres,
}

/// Prepares each new connection for durable writes.
#[derive(Debug, Clone, Copy)]
struct Prepare {
    read_only: bool,
}

impl CustomizeConnection<StoreConnection, diesel::r2d2::Error> for Prepare {
    fn on_acquire(&self, connection: &mut StoreConnection) -> Result<(), diesel::r2d2::Error> {
        let statements = match (&connection, self.read_only) {
            // FULL makes each commit durable in WAL mode; NORMAL could lose an acknowledged write at power failure.
            (StoreConnection::Sqlite(_), false) => {
                "PRAGMA busy_timeout = 15000; PRAGMA case_sensitive_like = ON; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
            }
            (StoreConnection::Sqlite(_), true) => "PRAGMA busy_timeout = 15000; PRAGMA case_sensitive_like = ON; PRAGMA query_only = ON;",
            (StoreConnection::Postgres(_), false) => "SET synchronous_commit = on;",
            (StoreConnection::Postgres(_), true) => "SET default_transaction_read_only = on;",
        };
        if let StoreConnection::Postgres(pg) = connection {
            pg.batch_execute(MESSAGES_IN_ENGLISH).map_err(diesel::r2d2::Error::QueryError)?;
        }
        connection.batch_execute(statements).map_err(diesel::r2d2::Error::QueryError)
    }
}

/// The pools of one database. SQLite has one writer at a time, so its writers queue for a single connection here
/// instead of for a lock there.
pub(super) struct Database {
    pub(super) engine: Engine,
    pub(super) writers: ConnectionPool,
    pub(super) readers: ConnectionPool,
}

/// The engine a database URL names and the text to connect with.
pub(super) fn engine_of(url: &str) -> Result<(Engine, String), StoreError> {
    if let Some(path) = url.strip_prefix("sqlite:") {
        Ok((Engine::Sqlite, path.strip_prefix("//").unwrap_or(path).to_owned()))
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        Ok((Engine::Postgres, url.to_owned()))
    } else {
        Err(StoreError::UnknownScheme)
    }
}

impl Database {
    /// Connects; does not migrate. `connections` bounds readers, and writers on PostgreSQL.
    pub(super) fn open(url: &str, connections: u32) -> Result<Self, StoreError> {
        let (engine, target) = engine_of(url)?;
        let writers = if engine == Engine::Sqlite { 1 } else { connections };
        let pool = |size: u32, read_only: bool| {
            Pool::builder()
                .max_size(size.max(1))
                .min_idle(Some(1))
                .connection_timeout(Duration::from_secs(10))
                .connection_customizer(Box::new(Prepare { read_only }))
                .build(ConnectionManager::new(target.clone()))
                .map_err(|error| StoreError::Unreachable(error.to_string()))
        };
        // Writers first: they create the SQLite file that readers only open.
        let writers = pool(writers, false)?;
        Ok(Self { engine, writers, readers: pool(connections, true)? })
    }

    /// Applies the migrations that are missing; gives their names.
    pub(super) fn migrate(&self) -> Result<Vec<String>, StoreError> {
        let mut connection = self.writers.get()?;
        let applied = match &mut *connection {
            StoreConnection::Postgres(pg) => {
                // Of several servers that start at once, one migrates and the others find it done.
                pg.batch_execute(&format!("SELECT pg_advisory_lock({MIGRATION_LOCK})"))?;
                let applied = run(pg, POSTGRES_MIGRATIONS);
                pg.batch_execute(&format!("SELECT pg_advisory_unlock({MIGRATION_LOCK})"))?;
                applied
            }
            StoreConnection::Sqlite(sqlite) => run(sqlite, SQLITE_MIGRATIONS),
        };
        applied.map_err(|error| StoreError::Migration(error.to_string()))
    }

    /// The names of the migrations that are missing. To find out, diesel makes a table of its own, which is taken back.
    pub(super) fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        let mut connection = self.writers.get()?;
        connection.batch_execute("BEGIN")?;
        let names = match &mut *connection {
            StoreConnection::Postgres(pg) => pg.pending_migrations(POSTGRES_MIGRATIONS).map(names_of),
            StoreConnection::Sqlite(sqlite) => sqlite.pending_migrations(SQLITE_MIGRATIONS).map(names_of),
        };
        connection.batch_execute("ROLLBACK")?;
        names.map_err(|error| StoreError::Migration(error.to_string()))
    }

    /// Whether all migrations of this program have been applied.
    pub(super) fn is_current(&self) -> Result<bool, StoreError> {
        let mut connection = self.writers.get()?;
        let pending = match &mut *connection {
            StoreConnection::Postgres(pg) => pg.has_pending_migration(POSTGRES_MIGRATIONS),
            StoreConnection::Sqlite(sqlite) => sqlite.has_pending_migration(SQLITE_MIGRATIONS),
        };
        pending.map(|pending| !pending).map_err(|error| StoreError::Migration(error.to_string()))
    }
}

/// The names of all migrations of SQLite.
pub(super) fn sqlite_migrations() -> Result<Vec<String>, StoreError> {
    let all = MigrationSource::<Sqlite>::migrations(&SQLITE_MIGRATIONS);
    all.map(names_of).map_err(|error| StoreError::Migration(error.to_string()))
}

fn names_of<DB: diesel::backend::Backend>(migrations: Vec<Box<dyn diesel::migration::Migration<DB>>>) -> Vec<String> {
    migrations.iter().map(|migration| migration.name().to_string()).collect()
}

/// Applies the migrations that are missing; gives their names.
fn run<DB: diesel::backend::Backend>(
    connection: &mut impl MigrationHarness<DB>,
    migrations: EmbeddedMigrations,
) -> diesel::migration::Result<Vec<String>> {
    let pending = connection.pending_migrations(migrations)?;
    connection.run_migrations(&pending)?;
    Ok(names_of(pending))
}
