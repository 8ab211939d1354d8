//! One database transaction: a snapshot to read, or all-or-nothing changes.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use diesel::connection::SimpleConnection;

use super::StoreError;
use super::connection::{Database, Engine, Pooled, StoreConnection, sqlite_migrations};
use super::trail::{AuditKeys, Head, Heads};

/// The database.
pub struct Store {
    pub(super) database: Database,
    heads: Arc<Heads>,
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
    /// What it adds to the audit trail is chained under a key that everybody knows, until [`Store::chaining_with`] gives it one.
    pub fn open(url: &str, connections: u32) -> Result<Self, StoreError> {
        let keys = AuditKeys::known_to_all().map_err(|_| StoreError::Failed("OpenSSL refuses to make the keys of the audit trail"))?;
        Ok(Self { database: Database::open(url, connections)?, heads: Heads::new(keys) })
    }

    /// The same store, which chains and seals the audit trail under these keys.
    #[must_use]
    pub fn chaining_with(self, keys: AuditKeys) -> Self {
        Self { heads: Heads::new(keys), ..self }
    }

    /// The keys of the audit trail.
    pub fn audit_keys(&self) -> &AuditKeys {
        &self.heads.keys
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
        let mut open = Write { read: Read::begin(connection, begin)?, heads: Arc::clone(&self.heads), chain: None };
        let result = act(&mut open)?;
        // A constraint that is checked late is an answer; anything else leaves open whether the commit happened.
        match open.read.end("COMMIT") {
            Ok(()) => open.committed(),
            Err(answer @ (StoreError::Duplicate { .. } | StoreError::Conflict | StoreError::NoSpace)) => return Err(answer.into()),
            Err(_) => {
                open.forget_chain();
                return Err(StoreError::Unconfirmed.into());
            }
        }
        Ok(result)
    }
}

#[cfg(test)]
impl Store {
    /// Runs statements behind the back of everything that watches, as an intruder in the database would.
    pub(crate) fn tamper(&self, sql: &str) {
        self.database.writers.get().unwrap().batch_execute(sql).unwrap();
    }

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
pub struct Write {
    read: Read,
    heads: Arc<Heads>,
    /// The end of this transaction's chain of audit records, as it was and as it is.
    chain: Option<(Head, Head)>,
}

impl Write {
    pub(super) fn audit_keys(&self) -> &AuditKeys {
        &self.heads.keys
    }

    /// The end of the chain to which this transaction adds its audit records.
    pub(super) fn chain_head(&mut self) -> Head {
        let (_, now) = self.chain.get_or_insert_with(|| {
            let head = self.heads.take();
            (head.clone(), head)
        });
        now.clone()
    }

    /// The chain has come this far.
    pub(super) fn keep_chain_head(&mut self, head: Head) {
        if let Some((_, now)) = &mut self.chain {
            *now = head;
        }
    }

    fn committed(&mut self) {
        if let Some((_, now)) = self.chain.take() {
            self.heads.give_back(now);
        }
    }

    /// Nobody knows whether the links were kept, so nobody goes on from them.
    fn forget_chain(&mut self) {
        self.chain = None;
    }
}

impl Drop for Write {
    /// Without a commit the chain is where it was.
    fn drop(&mut self) {
        if let Some((before, _)) = self.chain.take() {
            self.heads.give_back(before);
        }
    }
}

impl Deref for Write {
    type Target = Read;

    fn deref(&self) -> &Read {
        &self.read
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut Read {
        &mut self.read
    }
}
