//! A master key in a file: 64 hex digits and a line end, for its owner only.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::Path,
};

use zeroize::Zeroizing;

use super::{
    MasterKey, MasterKeyError,
    files::{create_private, sync_folder},
};

/// 64 digits, CR LF, and one byte more that shows the file is too long.
const READ_LIMIT: u64 = 67;

impl MasterKey {
    /// Reads the key from `path`, which only its owner may read or write.
    pub fn read_file(path: &Path) -> Result<Self, MasterKeyError> {
        let file = File::open(path).map_err(refused("open", path))?;
        refuse_shared(&file, path)?;
        // Sized once, so that no copy of the digits is left behind by growth.
        let mut text = Zeroizing::new(String::with_capacity(128));
        (&file).take(READ_LIMIT).read_to_string(&mut text).map_err(refused("read", path))?;
        let digits = text.strip_suffix('\n').unwrap_or(&text);
        Self::from_hex(digits.strip_suffix('\r').unwrap_or(digits))
    }

    /// Makes a new random key and writes it to the new file `path` (mode 0600), durably. Never overwrites a file.
    pub fn generate_file(path: &Path) -> Result<Self, MasterKeyError> {
        let key = Self::new_random()?;
        let mut digits = Zeroizing::new([0; 64]);
        let mut file = create_private(path).map_err(refused("create", path))?;
        hex::encode_to_slice(key.bytes(), digits.as_mut_slice())
            .map_err(io::Error::other)
            .and_then(|()| file.write_all(digits.as_slice()))
            .and_then(|()| file.write_all(b"\n"))
            .and_then(|()| file.sync_all())
            .and_then(|()| sync_folder(folder_of(path)))
            .map_err(refused("write", path))?;
        Ok(key)
    }
}

/// The folder that holds `path`; the current one for a bare file name.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        Some(_) | None => Path::new("."),
    }
}

fn refused(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> MasterKeyError {
    move |source| MasterKeyError::File { action, path: path.display().to_string(), source }
}

#[cfg(unix)]
fn refuse_shared(file: &File, path: &Path) -> Result<(), MasterKeyError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata().map_err(refused("inspect", path))?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(MasterKeyError::Permissions { path: path.display().to_string(), mode })
}

#[cfg(not(unix))]
fn refuse_shared(_: &File, _: &Path) -> Result<(), MasterKeyError> {
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::{
        fs::{self, Permissions},
        os::unix::fs::PermissionsExt,
    };

    use super::*;

    fn write(path: &Path, text: &str) {
        fs::write(path, text).unwrap();
        fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
    }

    #[test]
    fn a_generated_file_is_private_and_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let key = MasterKey::generate_file(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_to_string(&path).unwrap().trim_end().len(), 64);
        assert_eq!(MasterKey::read_file(&path).unwrap().id(), key.id());
    }

    #[test]
    fn generating_never_overwrites() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let key = MasterKey::generate_file(&path).unwrap();
        let again = MasterKey::generate_file(&path).unwrap_err();
        assert!(matches!(again, MasterKeyError::File { action: "create", .. }), "{again}");
        assert_eq!(MasterKey::read_file(&path).unwrap().id(), key.id());
    }

    #[test]
    fn a_file_others_may_touch_is_refused_with_the_cure() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        MasterKey::generate_file(&path).unwrap();
        for mode in [0o640, 0o604, 0o620, 0o602, 0o644, 0o610] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let error = MasterKey::read_file(&path).unwrap_err();
            assert!(matches!(error, MasterKeyError::Permissions { mode: seen, .. } if seen == mode));
            assert!(error.to_string().contains("chmod 600"));
        }
        fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
        MasterKey::read_file(&path).unwrap();
    }

    #[test]
    fn takes_one_line_end_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let digits = "ab".repeat(32);
        for good in [digits.clone(), format!("{digits}\n"), format!("{digits}\r\n")] {
            write(&path, &good);
            MasterKey::read_file(&path).unwrap();
        }
        for bad in [format!("{digits}\n\n"), format!(" {digits}"), format!("{digits}{digits}"), String::new()] {
            write(&path, &bad);
            assert!(matches!(MasterKey::read_file(&path), Err(MasterKeyError::Form { .. })));
        }
    }
}
