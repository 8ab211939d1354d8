//! One database transaction: a snapshot to read, or all-or-nothing changes.

use std::ops::{Deref, DerefMut};

use diesel::connection::SimpleConnection;

use super::StoreError;
use super::connection::{Database, Engine, Pooled, StoreConnection, sqlite_migrations};

/// The database.
pub struct Store {
    pub(super) database: Database,
}

/// How busy the connections are, for the operator's metrics.
#[derive(Debug, Clone, Copy)]
pub struct PoolState {
    /// Connections open for reading.
    pub readers_open: u32,
    /// Of these, unused now.
    pub readers_idle: u32,
    /// Connections open for writing.
    pub writers_open: u32,
    /// Of these, unused now.
    pub writers_idle: u32,
}

impl Store {
    /// Connects to the database that `url` names (`sqlite:PATH` or `postgres://…`) with at most `connections` readers.
    pub fn open(url: &str, connections: u32) -> Result<Self, StoreError> {
        Ok(Self { database: Database::open(url, connections)? })
    }

    /// Applies the migrations that are missing; gives their names.
    pub fn migrate(&self) -> Result<Vec<String>, StoreError> {
        self.database.migrate()
    }

    /// The names of the migrations that are missing.
    pub fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        self.database.pending_migrations()
    }

    /// The names of the migrations that a new SQLite file will get.
    pub fn migrations_of_a_new_file() -> Result<Vec<String>, StoreError> {
        sqlite_migrations()
    }

    /// Whether the tables are those this program expects.
    pub fn is_current(&self) -> Result<bool, StoreError> {
        self.database.is_current()
    }

    /// Which engine it is.
    pub fn engine(&self) -> Engine {
        self.database.engine
    }

    /// How busy the connections are.
    pub fn pool_state(&self) -> PoolState {
        let (readers, writers) = (self.database.readers.state(), self.database.writers.state());
        PoolState {
            readers_open: readers.connections,
            readers_idle: readers.idle_connections,
            writers_open: writers.connections,
            writers_idle: writers.idle_connections,
        }
    }

    /// Runs `act` on one snapshot; nothing it does can change a row.
    pub fn read<T, E: From<StoreError>>(&self, act: impl FnOnce(&mut Read) -> Result<T, E>) -> Result<T, E> {
        let begin = match self.database.engine {
            Engine::Sqlite => "BEGIN",
            Engine::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        let connection = self.database.readers.get().map_err(StoreError::from)?;
        let mut open = Read::begin(connection, begin)?;
        let result = act(&mut open)?;
        open.end("COMMIT")?;
        Ok(result)
    }

    /// Runs `act` and commits what it did; an error, its own or the commit's, leaves nothing behind.
    /// When this returns `Ok`, the changes survive a power failure.
    pub fn write<T, E: From<StoreError>>(&self, act: impl FnOnce(&mut Write) -> Result<T, E>) -> Result<T, E> {
        let begin = match self.database.engine {
            // The write lock at once: a lock taken later could fail half-way.
            Engine::Sqlite => "BEGIN IMMEDIATE",
            Engine::Postgres => "BEGIN",
        };
        let connection = self.database.writers.get().map_err(StoreError::from)?;
        let mut open = Write(Read::begin(connection, begin)?);
        let result = act(&mut open)?;
        // A constraint that is checked late is an answer; anything else leaves open whether the commit happened.
        open.0.end("COMMIT").map_err(|error| match error {
            answer @ (StoreError::Duplicate { .. } | StoreError::Conflict | StoreError::NoSpace) => answer,
            _ => StoreError::Unconfirmed,
        })?;
        Ok(result)
    }
}

#[cfg(test)]
impl Store {
    /// Takes a table away, for tests of what happens when the database fails.
    pub(crate) fn drop_table(&self, name: &str) {
        self.database.writers.get().unwrap().batch_execute(&format!("DROP TABLE {name}")).unwrap();
    }
}

/// An open transaction that may ask. Dropping it before its end rolls it back.
pub struct Read {
    connection: Pooled,
    open: bool,
}

impl Read {
    fn begin(mut connection: Pooled, statement: &str) -> Result<Self, StoreError> {
        connection.batch_execute(statement)?;
        Ok(Self { connection, open: true })
    }

    fn end(&mut self, statement: &str) -> Result<(), StoreError> {
        self.connection.batch_execute(statement)?;
        self.open = false;
        Ok(())
    }

    pub(super) fn connection(&mut self) -> &mut StoreConnection {
        &mut self.connection
    }
}

impl Drop for Read {
    fn drop(&mut self) {
        if self.open && self.end("ROLLBACK").is_err() {
            tracing::warn!("a database transaction could not be rolled back; its connection will be closed");
        }
    }
}

/// An open transaction that may ask and change.
pub struct Write(Read);

impl Deref for Write {
    type Target = Read;

    fn deref(&self) -> &Read {
        &self.0
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut Read {
        &mut self.0
    }
}
