//! Bytes that only this process needs, and only for a while.

use std::{
    fs::File,
    io::{self, Read, Write},
    sync::Arc,
};

use super::{
    super::{ContentError, ContentKey, DataKey, Spool, opening::OpeningReader, sealing::SealingWriter},
    file_staging::Unreferenced,
    folders::Folders,
};

/// Encrypts under a key that is kept in memory alone. The file loses its name before it is read, and what a crash leaves
/// of it nobody can read and the sweep takes.
pub(super) struct FileSpool {
    folders: Arc<Folders>,
    key: ContentKey,
    data_key: DataKey,
    sealing: SealingWriter<File>,
    file: Unreferenced,
}

impl FileSpool {
    /// Creates the file of a new content key.
    pub(super) fn begin(folders: Arc<Folders>) -> Result<Self, ContentError> {
        let (key, data_key) = (ContentKey::new_random(), DataKey::new_random()?);
        let refused = |error| ContentError::from_io(error, "create a file", folders.root().display().to_string());
        let created = folders.create(&key).map_err(refused)?;
        let file = Unreferenced::new(folders.path(&key));
        let sealing = SealingWriter::new(created, key, &data_key).map_err(refused)?;
        Ok(Self { folders, key, data_key, sealing, file })
    }
}

impl Write for FileSpool {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let place = self.folders.root().display();
        self.sealing.write_all(text).map_err(|error| ContentError::from_io(error, "write", place.to_string()))?;
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Spool for FileSpool {
    fn read(self: Box<Self>) -> Result<Box<dyn Read + Send>, ContentError> {
        let Self { folders, key, data_key, sealing, file } = *self;
        let refused = |action| move |error| ContentError::from_io(error, action, folders.root().display().to_string());
        let opened = sealing
            .finish()
            .and_then(|_| File::open(file.path()))
            .and_then(|opened| opened.metadata().map(|metadata| (opened, metadata.len())));
        drop(file);
        let opened = opened.and_then(|(opened, sealed_size)| OpeningReader::new(opened, sealed_size, key, &data_key));
        Ok(Box::new(opened.map_err(refused("read a file"))?))
    }
}
