//! ITI-41, beside the plain writing and committing of the same bytes.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

use dossier::model::timestamp::Instant;
use dossier::store::{Store, StoreError, StoredDocument};
use uuid::Uuid;

use crate::bench::{Bench, PATIENT};
use crate::http::Connection;
use crate::measure::{Busy, Row, Samples};
use crate::messages::provide_and_register;
use crate::submissions::fresh_oid;

/// Server and floor take turns, this often, so that both see the same moods of the machine.
const TURNS: usize = 10;

/// 4 KiB, 100 KiB and 10 MiB.
pub fn measure(bench: &Bench, tell: &mut dyn FnMut(Row)) {
    let rows =
        [("ITI-41, 4 KiB", 4096, 300, None), ("ITI-41, 100 KiB", 100 * 1024, 300, Some(2.0)), ("ITI-41, 10 MiB", 10 << 20, 50, None)];
    for (what, size, count, target) in rows.into_iter().filter(|(what, ..)| bench.options.wants_row(what)) {
        tell(row(bench, what, size, count, target));
    }
}

fn row(bench: &Bench, what: &str, size: usize, count: usize, target: Option<f64>) -> Row {
    let document: Vec<u8> = (0..size).map(|at| (at * 31 + at / 251) as u8).collect();
    let per_turn = bench.options.scaled(count).div_ceil(TURNS);
    let floor = Floor::open(bench);
    let mut connection = Connection::open(bench.program.http);
    submit(&mut connection, &document, &mut Samples::default());
    floor.store(&document, &mut Samples::default());
    let busy = Busy::from_now(bench.program.process_id());
    let (mut server, mut least) = (Samples::default(), Samples::default());
    for _ in 0..TURNS {
        (0..per_turn).for_each(|_| submit(&mut connection, &document, &mut server));
        (0..per_turn).for_each(|_| floor.store(&document, &mut least));
    }
    let floor = Some(("synced file and commit of one row", least));
    Row { what: what.to_owned(), bytes: size as u64, cost: busy.cost(&server), server, floor, target }
}

fn submit(connection: &mut Connection, document: &[u8], samples: &mut Samples) {
    let message = provide_and_register(PATIENT, &fresh_oid());
    let answer = samples.time(|| connection.post(message.path, &message.content_type, &[&message.before, document, &message.after]));
    answer.expect("ResponseStatusType:Success");
}

/// The least that makes a document and its row durable: the same folders, the same calls, no encryption and no registry.
pub struct Floor {
    store: Store,
    folder: PathBuf,
}

impl Floor {
    /// A database of its own beside that of the server.
    pub fn open(bench: &Bench) -> Self {
        let folder = bench.program.folder().join(format!("floor-{}", Uuid::new_v4().simple()));
        fs::create_dir(&folder).unwrap();
        let url = bench.engine.create_database(&folder);
        let store = Store::open(&url, 1).unwrap();
        store.migrate().unwrap();
        Self { store, folder }
    }

    /// Commits one row.
    pub fn commit(&self, name: &str, size: u64) {
        let row = StoredDocument {
            unique_id: fresh_oid().parse().unwrap(),
            content_key: name.to_owned(),
            sealed_key: vec![0; 69],
            size,
            sha1: "0".repeat(40),
            sha256: "0".repeat(64),
            mime_type: "application/octet-stream".to_owned(),
        };
        self.store.write::<_, StoreError>(|tx| tx.insert_document(&row, Instant(0))).unwrap();
    }

    fn store(&self, document: &[u8], samples: &mut Samples) {
        let name = Uuid::new_v4().to_string();
        samples.time(|| {
            let folder = self.folder.join(&name[..2]);
            let mut file = File::create_new(folder.join(&name)).or_else(|_| {
                fs::create_dir(&folder)?;
                File::open(&self.folder)?.sync_all()?;
                File::create_new(folder.join(&name))
            });
            let file = file.as_mut().unwrap();
            file.write_all(document).unwrap();
            file.sync_data().unwrap();
            File::open(&folder).unwrap().sync_all().unwrap();
            self.commit(&name, document.len() as u64);
        });
    }
}
