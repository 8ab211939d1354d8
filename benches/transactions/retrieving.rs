//! ITI-43, beside nginx sending the same bytes to the same client.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::bench::{Bench, PATIENT, REPOSITORY};
use crate::http::Connection;
use crate::measure::{Busy, Row, Samples};
use crate::messages::{provide_and_register, retrieve};
use crate::nginx::Nginx;
use crate::submissions::fresh_oid;

const BLOCK: usize = 1 << 20;

/// 100 KiB, 10 MiB and 1 GiB.
pub fn measure(bench: &Bench, tell: &mut dyn FnMut(Row)) {
    let files = tempfile::tempdir().unwrap();
    let nginx = Nginx::start(files.path());
    let mut sizes = vec![("ITI-43, 100 KiB", 100 * 1024, 500, None), ("ITI-43, 10 MiB", 10 << 20, 100, Some(1.5))];
    if !bench.options.quick {
        sizes.push(("ITI-43, 1 GiB", 1 << 30, 5, None));
    }
    let row = |(what, size, count, target): (&str, usize, usize, Option<f64>)| {
        let unique_id = fresh_oid();
        write_file(&files.path().join(&unique_id), size);
        provide(bench, &unique_id, size);
        let message = retrieve(REPOSITORY, &unique_id);
        let mut connection = Connection::open(bench.program.http);
        let mut plain = nginx.as_ref().map(|nginx| Connection::open(nginx.address));
        let path = format!("/{unique_id}");
        let mut ask = |samples: &mut Samples| {
            let answer = samples.time(|| connection.post(message.path, &message.content_type, &[&message.before]));
            answer.expect("ResponseStatusType:Success");
            assert!(answer.bytes > size as u64);
        };
        ask(&mut Samples::default());
        let busy = Busy::from_now(bench.program.process_id());
        let (mut server, mut least) = (Samples::default(), Samples::default());
        for _ in 0..bench.options.scaled(count) {
            ask(&mut server);
            if let Some(plain) = &mut plain {
                let answer = least.time(|| plain.get(&path));
                assert_eq!((answer.status, answer.bytes), (200, size as u64));
            }
        }
        let floor = plain.is_some().then_some(("nginx, the same file", least));
        Row { what: what.to_owned(), bytes: size as u64, cost: busy.cost(&server), server, floor, target }
    };
    sizes.into_iter().filter(|(what, ..)| bench.options.wants_row(what)).map(row).for_each(tell);
}

fn write_file(path: &Path, size: usize) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    pieces(size).for_each(|piece| file.write_all(piece).unwrap());
}

fn provide(bench: &Bench, unique_id: &str, size: usize) {
    let message = provide_and_register(PATIENT, unique_id);
    let document = pieces(size).map(|piece| -> &[u8] { piece });
    let body: Vec<&[u8]> = [message.before.as_slice()].into_iter().chain(document).chain([message.after.as_slice()]).collect();
    Connection::open(bench.program.http).post(message.path, &message.content_type, &body).expect("ResponseStatusType:Success");
}

/// So many bytes in pieces of one block, which is the same all over.
pub fn pieces(size: usize) -> impl Iterator<Item = &'static [u8]> {
    static BYTES: [u8; BLOCK] = [0x5a; BLOCK];
    (0..size.div_ceil(BLOCK)).map(move |number| &BYTES[..BLOCK.min(size - number * BLOCK)])
}
