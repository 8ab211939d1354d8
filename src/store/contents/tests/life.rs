use std::{
    fs::File,
    time::{Duration, SystemTime},
};

use super::{
    super::{DataKey, sealing::SealingWriter},
    *,
};

#[test]
fn a_dropped_document_is_removed_and_a_kept_one_stays() {
    let fixture = Fixture::new();
    let staged = fixture.stage(b"dropped");
    let file = fixture.file(&staged.key);
    assert!(file.exists());
    drop(staged);
    assert!(!file.exists());

    let (key, sealed_key) = fixture.put(b"kept");
    assert_eq!(fixture.open(&key, &sealed_key).unwrap(), b"kept");
}

#[test]
fn a_document_that_is_not_finished_is_removed() {
    let fixture = Fixture::new();
    let mut staging = fixture.store.stage().unwrap();
    staging.write_all(&text(2 * CHUNK)).unwrap();
    assert_eq!(files_below(fixture.root.path()).len(), 1);
    drop(staging);
    assert!(files_below(fixture.root.path()).is_empty());
}

#[test]
fn the_limit_is_the_largest_document() {
    let fixture = Fixture::new();
    let store = FileContents::open(fixture.root.path(), Arc::clone(&fixture.keys), 10).unwrap();
    let mut fits = store.stage().unwrap();
    fits.write_all(&[1; 10]).unwrap();
    assert_eq!(fits.finish().unwrap().size, 10);

    let mut staging = store.stage().unwrap();
    staging.write_all(&[1; 8]).unwrap();
    let error = staging.write_all(&[1; 3]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    assert!(matches!(typed(error), ContentError::TooLarge { limit: 10 }));
    let error = staging.write_all(&[1]).unwrap_err();
    assert!(matches!(typed(error), ContentError::Broken), "a document cannot go on with a gap");
    assert!(matches!(staging.finish(), Err(ContentError::Broken)));
    assert!(files_below(fixture.root.path()).is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_told_as_such() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let error = SealingWriter::new(full, ContentKey::new_random(), &DataKey::new_random().unwrap()).err().unwrap();
    let error = ContentError::from_io(error, "write", "/contents");
    assert!(matches!(&error, ContentError::NoSpace { place } if place == "/contents"), "{error}");
}

#[test]
fn deleting_twice_is_the_same_as_once() {
    let fixture = Fixture::new();
    let (key, sealed_key) = fixture.put(b"content");
    fixture.store.delete(&key).unwrap();
    fixture.store.delete(&key).unwrap();
    fixture.store.delete(&ContentKey::new_random()).unwrap();
    let gone = fixture.store.open(&key, &sealed_key).unwrap_err();
    assert!(matches!(gone, ContentError::Missing { key: named } if named == key), "{gone}");
}

#[test]
fn a_resealed_key_reads_the_untouched_document() {
    let fixture = Fixture::new();
    let digits = "17".repeat(32);
    let old = || MasterKey::from_hex(&digits).unwrap();
    let open = |keys| FileContents::open(fixture.root.path(), Arc::new(keys), 100).unwrap();

    let before = open(MasterKeys::new(old(), vec![]));
    let mut staging = before.stage().unwrap();
    staging.write_all(b"content").unwrap();
    let staged = staging.finish().unwrap();
    let stored = fs::read(fixture.file(&staged.key)).unwrap();

    let new = "18".repeat(32);
    let rotation = MasterKeys::new(MasterKey::from_hex(&new).unwrap(), vec![old()]);
    let resealed = rotation.reseal(&staged.sealed_key, &staged.key).unwrap();
    let during = open(rotation);
    assert_eq!(during.verify(&staged.key, &staged.sealed_key).unwrap(), 7, "both work while rows are rewritten");

    let after = open(MasterKeys::new(MasterKey::from_hex(&new).unwrap(), vec![]));
    assert_eq!(after.verify(&staged.key, &resealed).unwrap(), 7);
    assert!(after.verify(&staged.key, &staged.sealed_key).is_err());
    assert_eq!(fs::read(fixture.file(&staged.key)).unwrap(), stored);
}

fn set_age(file: &Path, written: SystemTime) {
    File::options().write(true).open(file).unwrap().set_modified(written).unwrap();
}

#[test]
fn the_sweep_sees_all_old_content_and_nothing_else() {
    let fixture = Fixture::new();
    let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let minutes = |count: u64| Duration::from_secs(60 * count);
    let mut old: Vec<_> = (0..20).map(|_| fixture.put(b"old").0).collect();
    let young = fixture.put(b"young").0;
    for key in &old {
        set_age(&fixture.file(key), noon - minutes(61));
    }
    set_age(&fixture.file(&young), noon - minutes(59));
    for foreign in ["README", "ab", "lost+found/x", "cd/00/00000000-0000-4000-8000-000000000000", "zz/00000000-0000-4000-8000-000000000000"]
    {
        let path = fixture.root.path().join(foreign);
        let _ = fs::create_dir_all(path.parent().unwrap());
        if !path.exists() {
            fs::write(&path, "x").unwrap();
            set_age(&path, noon - minutes(120));
        }
    }
    let beside = fixture.file(&old[0]).with_file_name("notes.txt");
    fs::write(&beside, "x").unwrap();
    set_age(&beside, noon - minutes(120));

    let found = fixture.store.staged_before(noon - minutes(60)).unwrap();
    let mut found: Vec<_> = found.map(Result::unwrap).collect();
    found.sort();
    old.sort();
    assert_eq!(found, old);
}

#[test]
fn the_check_leaves_nothing_and_names_a_root_that_is_gone() {
    let fixture = Fixture::new();
    fixture.store.check().unwrap();
    assert!(files_below(fixture.root.path()).is_empty());

    let root = fixture.root.path().join("below");
    let store = FileContents::open(&root, Arc::clone(&fixture.keys), 100).unwrap();
    store.check().unwrap();
    fs::remove_dir_all(&root).unwrap();
    let error = store.check().unwrap_err();
    assert!(matches!(error, ContentError::Storage { .. }));
    assert!(error.to_string().contains(root.to_str().unwrap()), "{error}");
    assert!(!root.exists(), "a root that vanished, such as a volume not mounted, is not made again");
}

#[test]
fn a_folder_that_was_removed_by_hand_is_made_again() {
    let fixture = Fixture::new();
    fixture.store.check().unwrap();
    for entry in fs::read_dir(fixture.root.path()).unwrap() {
        fs::remove_dir_all(entry.unwrap().path()).unwrap();
    }
    let (key, sealed_key) = fixture.put(b"content");
    assert_eq!(fixture.open(&key, &sealed_key).unwrap(), b"content");
}

#[test]
fn a_root_that_is_a_file_is_refused_when_opened() {
    let fixture = Fixture::new();
    let root = fixture.root.path().join("file");
    fs::write(&root, "x").unwrap();
    let opened = FileContents::open(&root, Arc::clone(&fixture.keys), 100);
    assert!(matches!(opened, Err(ContentError::Storage { .. })));
}

#[cfg(unix)]
#[test]
fn files_and_folders_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::new();
    let (key, _) = fixture.put(b"content");
    let file = fixture.file(&key);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(file.parent().unwrap()), 0o700);
}

#[test]
fn staging_on_several_threads_at_once_mixes_nothing() {
    let fixture = Fixture::new();
    let documents: Vec<_> = std::thread::scope(|scope| {
        let fixture = &fixture;
        let threads: Vec<_> = (0..8).map(|number: u8| scope.spawn(move || (number, fixture.put(&vec![number; CHUNK + 1])))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for (number, (key, sealed_key)) in documents {
        assert!(fixture.open(&key, &sealed_key).unwrap() == vec![number; CHUNK + 1]);
    }
}

#[test]
fn a_document_whose_folder_cannot_be_synced_is_not_finished() {
    let fixture = Fixture::new();
    let mut staging = fixture.store.stage().unwrap();
    staging.write_all(b"content").unwrap();
    let folder = fs::read_dir(fixture.root.path()).unwrap().next().unwrap().unwrap().path();
    fs::remove_dir_all(folder).unwrap();
    let error = staging.finish().unwrap_err();
    assert!(matches!(error, ContentError::Storage { action: "sync a folder", .. }), "{error}");
}
