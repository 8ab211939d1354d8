//! A large registry made of the rows of one patient, copied by the database itself.

use diesel::connection::SimpleConnection;
use diesel::{Connection as _, PgConnection, SqliteConnection};

/// What is copied for each further patient, and which columns of it; `t` are the rows of the first.
const COPIED: [(&str, &str); 5] = [
    ("patients", "patient_id, demographics, created_at, updated_at"),
    (
        "submission_sets",
        "entry_uuid, patient_id, unique_id, source_id, submission_time, content_type_code, availability_status, registered_at, content",
    ),
    (
        "document_entries",
        "entry_uuid, patient_id, logical_id, version, unique_id, repository_unique_id, availability_status, object_type, class_code, \
         type_code, format_code, healthcare_facility_type_code, practice_setting_code, creation_time, service_start_time, \
         service_stop_time, hash, size, submission_set, registered_at, content",
    ),
    ("object_values", "entry_uuid, attribute, value"),
    (
        "associations",
        "entry_uuid, patient_id, association_type, source, target, availability_status, submission_set, registered_at, content",
    ),
];

/// The SQLite file is thrown away if this fails, so nothing of it has to be durable.
const FAST_SQLITE: &str = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000;";

/// The id of a patient by number; the first, whose rows are copied, is 0.
pub fn patient(authority: &str, number: usize) -> String {
    format!("L{number}^^^&{authority}&ISO")
}

/// Adds patients 1 to `others`, each with a copy of what the first has.
pub fn fill(url: &str, authority: &str, others: usize) {
    let statements = COPIED.map(|(table, columns)| (table, copy(table, columns, authority, others)));
    eprintln!("copying the rows of one patient for {others} others");
    match url.strip_prefix("sqlite:") {
        Some(path) => {
            let mut sqlite = SqliteConnection::establish(path).unwrap();
            sqlite.batch_execute(FAST_SQLITE).unwrap();
            statements.iter().for_each(|(_, sql)| sqlite.batch_execute(sql).unwrap());
        }
        None => {
            let mut pg = PgConnection::establish(url).unwrap();
            statements.iter().for_each(|(_, sql)| pg.batch_execute(sql).unwrap());
            // As autovacuum does within minutes in a database that grows by itself.
            statements.iter().for_each(|(table, _)| pg.batch_execute(&format!("VACUUM ANALYZE {table}")).unwrap());
            pg.batch_execute("CHECKPOINT").unwrap();
        }
    }
}

/// The first digits of ids, which cut the rows of a patient into as many parts.
const DIGITS: &str = "0123456789abcdef";

/// Statements that both engines understand. Each part is copied for all patients before the next is, so that what belongs
/// to one of them is spread over tables and indexes as if it had come in over years.
fn copy(table: &str, columns: &str, authority: &str, others: usize) -> String {
    let values = columns.split(", ").map(|column| match column {
        "patient_id" => format!("'L' || n || '^^^&{authority}&ISO'"),
        "entry_uuid" | "logical_id" | "submission_set" | "source" | "target" => copied_uuid(column),
        "unique_id" => "t.unique_id || '.' || n".to_owned(),
        "content" if table == "associations" => renamed("content", &["entry_uuid", "source", "target"]),
        "content" => renamed("content", &["entry_uuid"]),
        other => format!("t.{other}"),
    });
    let values = values.collect::<Vec<_>>().join(", ");
    let part = |condition: String| {
        format!(
            "INSERT INTO {table} ({columns}) WITH RECURSIVE numbers (n) AS \
             (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {others}) \
             SELECT {values} FROM first_rows t CROSS JOIN numbers {condition};\n"
        )
    };
    let parts: String = match table {
        "patients" => part(String::new()),
        _ => DIGITS.chars().map(|digit| part(format!("WHERE t.entry_uuid LIKE '{digit}%'"))).collect(),
    };
    // Apart, so that neither engine reads the table that it writes.
    format!("CREATE TEMPORARY TABLE first_rows AS SELECT * FROM {table};\n{parts}DROP TABLE first_rows;")
}

/// The id with the patient's number in its last twelve digits: what is random stands in front.
fn copied_uuid(column: &str) -> String {
    format!("substr(t.{column}, 1, 24) || substr(CAST(1000000000000 + n AS TEXT), 2)")
}

/// JSON in which ids are those of the copy.
fn renamed(column: &str, ids: &[&str]) -> String {
    ids.iter().fold(format!("t.{column}"), |json, id| format!("replace({json}, t.{id}, {})", copied_uuid(id)))
}
