use super::{
    super::{Damage, DataKey, opening::OpeningReader, sealing::SealingWriter},
    *,
};

/// Asserts that no way of reading gives altered content, and what is said about it.
fn refused(fixture: &Fixture, key: &ContentKey, sealed_key: &SealedKey, how: &str) -> Damage {
    let damages = [
        fixture.store.verify(key, sealed_key).map(|_| ()),
        fixture.store.open(key, sealed_key).map(|_| ()),
        fixture.read(key, sealed_key).map(|_| ()),
    ]
    .map(|outcome| match outcome {
        Err(ContentError::NotAuthentic { key: named, damage }) if named == *key => damage,
        other => panic!("{how}: {other:?}"),
    });
    assert!(damages[0] == damages[1] && damages[1] == damages[2], "{how}: {damages:?}");
    damages[0]
}

#[test]
fn any_flipped_bit_of_a_small_document_is_detected() {
    let fixture = Fixture::new();
    let (key, sealed_key) = fixture.put(b"a small document");
    let file = fixture.file(&key);
    let stored = fs::read(&file).unwrap();
    for at in 0..stored.len() {
        for bit in 0..8 {
            let mut altered = stored.clone();
            altered[at] ^= 1 << bit;
            fs::write(&file, &altered).unwrap();
            refused(&fixture, &key, &sealed_key, &format!("bit {bit} of byte {at}"));
        }
    }
    fs::write(&file, &stored).unwrap();
    assert_eq!(fixture.open(&key, &sealed_key).unwrap(), b"a small document");
}

#[test]
fn flipped_bytes_of_a_large_document_are_detected_in_their_chunk() {
    let fixture = Fixture::new();
    let (key, sealed_key) = fixture.put(&text(5 * 1024 * 1024));
    let file = fixture.file(&key);
    let stored = fs::read(&file).unwrap();
    let sealed_chunk = CHUNK + TAG;
    let sampled = (HEADER..stored.len()).step_by(300_007);
    for at in sampled.chain([HEADER, HEADER + sealed_chunk - 1, HEADER + sealed_chunk, stored.len() - 1]) {
        let mut altered = stored.clone();
        altered[at] = !altered[at];
        fs::write(&file, &altered).unwrap();
        let damage = refused(&fixture, &key, &sealed_key, &format!("byte {at}"));
        assert_eq!(damage, Damage::Chunk { chunk: ((at - HEADER) / sealed_chunk) as u32 });
    }
}

#[test]
fn any_truncation_is_detected() {
    let fixture = Fixture::new();
    let (key, sealed_key) = fixture.put(&text(3 * CHUNK + 7));
    let file = fixture.file(&key);
    let stored = fs::read(&file).unwrap();
    let boundaries = (0..=3).map(|chunk| HEADER + chunk * (CHUNK + TAG));
    let around = boundaries.flat_map(|end| [end.saturating_sub(1), end, end + 1, end + TAG - 1, end + TAG, end + TAG + 1]);
    for length in around.chain(0..HEADER).chain([stored.len() - 1]) {
        fs::write(&file, &stored[..length]).unwrap();
        refused(&fixture, &key, &sealed_key, &format!("cut to {length}"));
    }
}

#[test]
fn appended_bytes_are_detected() {
    let fixture = Fixture::new();
    for size in [0, 100, CHUNK] {
        let (key, sealed_key) = fixture.put(&text(size));
        let file = fixture.file(&key);
        let stored = fs::read(&file).unwrap();
        for extra in [1, TAG, TAG + 1, CHUNK, CHUNK + TAG] {
            let appended = [stored.clone(), vec![0; extra]].concat();
            fs::write(&file, appended).unwrap();
            refused(&fixture, &key, &sealed_key, &format!("{extra} bytes after {size}"));
        }
        let last_again = [&stored[..], &stored[HEADER..]].concat();
        fs::write(&file, last_again).unwrap();
        refused(&fixture, &key, &sealed_key, "chunks repeated");
    }
}

#[test]
fn chunks_in_another_order_are_detected() {
    let fixture = Fixture::new();
    let (key, sealed_key) = fixture.put(&text(3 * CHUNK));
    let file = fixture.file(&key);
    let stored = fs::read(&file).unwrap();
    let (header, chunks) = stored.split_at(HEADER);
    let chunks: Vec<_> = chunks.chunks(CHUNK + TAG).collect();
    for order in [&[1, 0, 2][..], &[0, 2, 1], &[0, 2], &[1, 2], &[0, 0, 2], &[0, 1, 1, 2]] {
        let reordered: Vec<_> = order.iter().flat_map(|&chunk| chunks[chunk]).copied().collect();
        fs::write(&file, [header, &reordered].concat()).unwrap();
        refused(&fixture, &key, &sealed_key, &format!("{order:?}"));
    }
}

#[test]
fn two_documents_cannot_change_places() {
    let fixture = Fixture::new();
    let (one, sealed_one) = fixture.put(b"document one");
    let (two, sealed_two) = fixture.put(b"document two");
    let (file_one, file_two) = (fixture.file(&one), fixture.file(&two));
    let spare = fixture.root.path().join("spare");
    fs::rename(&file_one, &spare).unwrap();
    fs::rename(&file_two, &file_one).unwrap();
    fs::rename(&spare, &file_two).unwrap();
    refused(&fixture, &one, &sealed_one, "one");
    refused(&fixture, &two, &sealed_two, "two");
    // Not even with the sealed key that belongs to the bytes: it is bound to the content key.
    let crossed = fixture.store.open(&one, &sealed_two);
    assert!(matches!(crossed, Err(ContentError::SealedKeyRefused { key, .. }) if key == one), "{crossed:?}");
}

#[test]
fn another_master_key_opens_nothing() {
    let fixture = Fixture::new();
    let (key, sealed_key) = fixture.put(b"content");
    let others = Arc::new(MasterKeys::new(MasterKey::new_random().unwrap(), vec![]));
    let store = FileContents::open(fixture.root.path(), others, 100).unwrap();
    let expected = fixture.keys.current().id();
    let error = store.open(&key, &sealed_key).unwrap_err();
    assert!(matches!(error, ContentError::UnknownMasterKey { id } if id == expected), "{error}");
}

#[test]
fn bytes_altered_between_verifying_and_serving_are_not_served() {
    let fixture = Fixture::new();
    let (key, sealed_key) = fixture.put(&text(5 * 1024 * 1024));
    let mut verified = fixture.store.open(&key, &sealed_key).unwrap();
    let file = fixture.file(&key);
    let mut stored = fs::read(&file).unwrap();
    stored[HEADER + 10 * (CHUNK + TAG)] ^= 1;
    fs::write(&file, stored).unwrap();

    let mut served = Vec::new();
    let error = verified.read_to_end(&mut served).map_err(typed).unwrap_err();
    assert!(matches!(error, ContentError::NotAuthentic { damage: Damage::Chunk { chunk: 10 }, .. }), "{error}");
    assert!(served == text(10 * CHUNK));
    assert!(verified.read(&mut [0; 10]).is_err(), "a reader that failed gives nothing more");
}

#[test]
fn an_inserted_chunk_ends_the_reading_for_good() {
    let fixture = Fixture::new();
    let (key, sealed_key) = fixture.put(&text(3 * CHUNK));
    let file = fixture.file(&key);
    let stored = fs::read(&file).unwrap();
    let (before, after) = stored.split_at(HEADER + CHUNK + TAG);
    fs::write(&file, [before, &vec![0; CHUNK + TAG], after].concat()).unwrap();

    let mut reader = fixture.store.read(&key, &sealed_key).unwrap();
    let mut served = vec![0; CHUNK];
    reader.read_exact(&mut served).unwrap();
    // The chunk after the inserted one would open with the index that failed, if the reader went on.
    for _ in 0..3 {
        assert!(reader.read(&mut served).is_err());
    }
}

#[test]
fn chunks_are_bound_to_the_content_key_and_not_only_to_the_data_key() {
    let (key, other, data_key) = (ContentKey::new_random(), ContentKey::new_random(), DataKey::new_random().unwrap());
    let mut writer = SealingWriter::new(Vec::new(), key, &data_key).unwrap();
    writer.write_all(b"content").unwrap();
    let stored = writer.finish().unwrap();
    let verify = |key| OpeningReader::new(&stored[..], stored.len() as u64, key, &data_key).unwrap().verify().map_err(typed);
    assert_eq!(verify(key).unwrap(), 7);
    assert!(matches!(verify(other), Err(ContentError::NotAuthentic { damage: Damage::Chunk { chunk: 0 }, .. })));
}

#[test]
fn a_file_that_shrinks_while_it_is_read_is_detected() {
    let fixture = Fixture::new();
    let (key, sealed_key) = fixture.put(&text(2 * CHUNK));
    let mut reader = fixture.store.read(&key, &sealed_key).unwrap();
    fs::File::options().write(true).open(fixture.file(&key)).unwrap().set_len((HEADER + CHUNK + TAG) as u64).unwrap();
    let error = reader.read_to_end(&mut Vec::new()).map_err(typed).unwrap_err();
    assert!(matches!(error, ContentError::NotAuthentic { damage: Damage::Truncated { chunk: 1 }, .. }), "{error}");
}
