//! Document bytes in files: `<root>/<2 hex>/<content key>`.
//!
//! # Why files are written under their final name
//! Only a committed row makes content part of a record, and the row is written after the file is complete and durable.
//! So a file without a row is garbage by definition, whether whole, half or empty, and nobody can come across a half
//! file: its name is random and known to its writer alone until the commit. A temporary name and a rename would add a
//! step and protect nothing.
//!
//! # What is durable when `finish` returns
//! The bytes and length of the file (`fdatasync`), its entry in its folder (`fsync` of the folder), and the entry of that
//! folder in the root (`fsync` of the root, once for each folder and process). The entry of the root itself is synced
//! when the store is opened. What the disk promises about its own cache is outside of this.
//!
//! Folders are made when first needed and never removed, so that no file is created in a folder that is on its way out.

mod durable;
mod file_contents;
mod file_spool;
mod file_staging;
mod folders;
mod sweep;

pub(super) use durable::{create_private, sync_folder};
pub use file_contents::FileContents;
