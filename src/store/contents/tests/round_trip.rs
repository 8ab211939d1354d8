use openssl::sha::{sha1, sha256};
use proptest::prelude::*;

use super::*;

#[test]
fn every_size_comes_back_byte_for_byte() {
    let fixture = Fixture::new();
    for size in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7, 5 * 1024 * 1024] {
        let text = text(size);
        let staged = fixture.stage(&text);
        assert_eq!(staged.size, size as u64);
        assert_eq!(staged.sha1, sha1(&text));
        assert_eq!(staged.sha256, sha256(&text));
        let (key, sealed_key) = (staged.key, staged.sealed_key.clone());
        staged.keep();

        let chunks = size.div_ceil(CHUNK).max(1);
        assert_eq!(fs::metadata(fixture.file(&key)).unwrap().len(), (HEADER + size + chunks * TAG) as u64);
        assert_eq!(fixture.store.verify(&key, &sealed_key).unwrap(), size as u64);
        assert!(fixture.read(&key, &sealed_key).unwrap() == text, "read {size}");
        assert!(fixture.open(&key, &sealed_key).unwrap() == text, "open {size}");
        assert_eq!(fixture.store.open(&key, &sealed_key).unwrap().size(), size as u64);
    }
}

#[test]
fn a_document_at_the_memory_limit_and_one_above_come_back() {
    let fixture = Fixture::new();
    for size in [super::super::IN_MEMORY_LIMIT, super::super::IN_MEMORY_LIMIT + 1] {
        let text = text(size as usize);
        let (key, sealed_key) = fixture.put(&text);
        assert!(fixture.open(&key, &sealed_key).unwrap() == text, "{size}");
    }
}

#[test]
fn a_store_opened_again_reads_what_is_there() {
    let fixture = Fixture::new();
    let (key, sealed_key) = fixture.put(b"content");
    let again = FileContents::open(fixture.root.path(), Arc::clone(&fixture.keys), 1).unwrap();
    assert_eq!(again.verify(&key, &sealed_key).unwrap(), 7);
}

#[test]
fn no_plaintext_reaches_the_disk() {
    let fixture = Fixture::new();
    let marker = b"a marker that must not be found on disk";
    let mut document = text(CHUNK - 20);
    document.extend_from_slice(marker);
    document.extend(text(CHUNK));
    document.extend_from_slice(marker);
    let (key, _) = fixture.put(&document);
    let stored = fs::read(fixture.file(&key)).unwrap();
    assert_eq!(files_below(fixture.root.path()), [fixture.file(&key)]);
    // Half of the marker, for it lies across two chunks.
    assert!(!stored.windows(19).any(|seen| seen == &marker[..19] || seen == &marker[20..]));
    assert_eq!(&stored[..4], b"DSRC");
}

#[test]
fn the_same_text_is_stored_differently_each_time() {
    let fixture = Fixture::new();
    let stored = [(); 2].map(|()| fs::read(fixture.file(&fixture.put(b"twice").0)).unwrap());
    assert_ne!(stored[0][9..16], stored[1][9..16], "nonce prefix");
    assert_ne!(stored[0][16..], stored[1][16..]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn write_and_read_sizes_do_not_matter(
        size in 0..4 * CHUNK,
        writes in prop::collection::vec(1..100_000_usize, 1..8),
        reads in prop::collection::vec(1..100_000_usize, 1..8),
    ) {
        let fixture = Fixture::new();
        let document = text(size);
        let mut staging = fixture.store.stage().unwrap();
        let mut rest = &document[..];
        for length in writes.iter().cycle() {
            let (now, later) = rest.split_at((*length).min(rest.len()));
            staging.write_all(now).unwrap();
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        let staged = staging.finish().unwrap();
        prop_assert_eq!(staged.sha256, sha256(&document));

        let mut reader = fixture.store.read(&staged.key, &staged.sealed_key).unwrap();
        let mut back = Vec::new();
        for length in reads.iter().cycle() {
            let mut piece = vec![0; *length];
            let count = reader.read(&mut piece).unwrap();
            if count == 0 {
                break;
            }
            back.extend_from_slice(&piece[..count]);
        }
        prop_assert!(back == document);
    }
}
