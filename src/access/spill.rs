//! The bytes of an answer that may be long.

use std::io::{self, Read, Write};
use std::sync::Arc;

use crate::store::contents::{ContentError, ContentStore, Spool};

use super::Failure;

/// How much of an answer is held in memory, in bytes.
const IN_MEMORY: usize = 1024 * 1024;

/// Takes the bytes of an answer before its audit record is written. What does not fit a small memory goes into the
/// content store, encrypted under a key of its own, and is gone when the answer is.
pub struct Spill {
    contents: Arc<dyn ContentStore>,
    buffer: Vec<u8>,
    overflow: Option<Box<dyn Spool>>,
}

/// The bytes of an answer, complete.
pub enum Spilled {
    /// All at hand.
    InMemory(Vec<u8>),
    /// To be read.
    Stored(Box<dyn Read + Send>),
}

impl Spill {
    pub(super) fn new(contents: Arc<dyn ContentStore>) -> Self {
        Self { contents, buffer: Vec::new(), overflow: None }
    }

    /// Completes it.
    pub fn finish(mut self) -> Result<Spilled, Failure> {
        if self.overflow.is_some() {
            self.pour().map_err(|error| ContentError::from_io(error, "write", "an answer"))?;
        }
        Ok(match self.overflow {
            None => Spilled::InMemory(self.buffer),
            Some(overflow) => Spilled::Stored(overflow.read()?),
        })
    }

    /// Empties the buffer into the content store.
    fn pour(&mut self) -> io::Result<()> {
        let overflow = match &mut self.overflow {
            Some(overflow) => overflow,
            None => self.overflow.insert(self.contents.spool()?),
        };
        overflow.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

impl Write for Spill {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.buffer.len().saturating_add(bytes.len()) > IN_MEMORY {
            self.pour()?;
        }
        self.buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
