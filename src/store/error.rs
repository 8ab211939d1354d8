//! What can go wrong with the database.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A failure of the database. Its text is for the operator: it names tables and constraints, never values.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The URL names neither engine.
    #[error("the database URL begins with neither sqlite: nor postgres://")]
    UnknownScheme,
    /// No connection could be made at start-up.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// All connections stayed busy.
    #[error("no database connection became free in time")]
    Busy,
    /// A migration failed.
    #[error("the database could not be migrated: {0}")]
    Migration(String),
    /// A row with that key is already there; names the constraint.
    #[error("a row with that key exists already ({constraint})")]
    Duplicate {
        /// Table and column, or the name of the constraint.
        constraint: String,
    },
    /// Two transactions got into each other's way; a retry may succeed.
    #[error("another transaction changed the same rows")]
    Conflict,
    /// The database did not confirm a commit: the changes may have been made or not.
    #[error("the database did not confirm a commit; it may have happened")]
    Unconfirmed,
    /// The disk is full.
    #[error("the database has no room left")]
    NoSpace,
    /// A row does not hold what this program writes.
    #[error("a row of {table} cannot be read: {reason}")]
    Corrupt {
        /// Which table.
        table: &'static str,
        /// What does not fit, without the value.
        reason: String,
    },
    /// Anything else.
    #[error("the database failed: {0}")]
    Failed(&'static str),
}

impl From<DieselError> for StoreError {
    /// Keeps the kind and drops the message, which on some engines quotes values.
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, information) => {
                let constraint = information.constraint_name().map(str::to_owned);
                Self::Duplicate { constraint: constraint.unwrap_or_else(|| information.message().to_owned()) }
            }
            DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Self::Conflict,
            DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => {
                Self::Failed("a row that another refers to is missing")
            }
            DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => Self::Failed("the connection was closed"),
            DieselError::DatabaseError(_, information) => of_message(information.message()),
            DieselError::NotFound => Self::Failed("a row that has to be there is missing"),
            DieselError::BrokenTransactionManager => Self::Failed("the connection was left in a broken transaction"),
            _ => Self::Failed("a statement was refused"),
        }
    }
}

/// Failures that the engines tell apart by their message only. SQLite has its messages in English; PostgreSQL is asked for
/// it when a connection is made.
fn of_message(message: &str) -> StoreError {
    if message.contains("disk is full") || message.contains("No space left") {
        StoreError::NoSpace
    } else if message.contains("database is locked") || message.contains("deadlock detected") {
        StoreError::Conflict
    } else {
        StoreError::Failed("a statement was refused by the engine")
    }
}

impl From<diesel::r2d2::PoolError> for StoreError {
    fn from(_: diesel::r2d2::PoolError) -> Self {
        Self::Busy
    }
}

impl StoreError {
    pub(super) fn corrupt(table: &'static str) -> impl Fn(String) -> Self {
        move |reason| Self::Corrupt { table, reason }
    }
}
