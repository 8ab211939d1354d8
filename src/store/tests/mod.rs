//! The store on SQLite and, where there is one, on PostgreSQL.

mod answers;
mod audit_deliveries;
mod conflicts;
mod directory_versions;
mod plan_cases;
mod plans;
mod population;
mod received_records;
mod recorded;
mod rows_on_both;

use std::path::Path;

use super::Store;
use super::test_database::Database;

/// A migrated store of its own.
fn open(database: Database, folder: &Path) -> Store {
    let store = Store::open(&database.create(folder), 2).unwrap();
    store.migrate().unwrap();
    store
}
