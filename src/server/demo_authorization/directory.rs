//! Whom the directories know, for those who choose a person for a token.

use std::sync::Arc;

use super::WishError;
use crate::model::directory::{Establishment, Professional};
use crate::store::{Store, StoreError};

/// The directories of the store, in which persons are looked up before anybody calls for them.
#[derive(Clone)]
pub struct DemoDirectory(Arc<Store>);

impl DemoDirectory {
    /// Those of this store.
    pub fn of(store: Arc<Store>) -> Self {
        Self(store)
    }

    pub(super) fn professional(&self, id: &str) -> Result<Option<Professional>, WishError> {
        Ok(self.0.read(|tx| tx.professionals(&[id])).map_err(failed)?.pop())
    }

    pub(super) fn establishment(&self, id: &str) -> Result<Option<Establishment>, WishError> {
        self.0.read(|tx| tx.establishment(id)).map_err(failed)
    }
}

fn failed(error: StoreError) -> WishError {
    WishError::Failed(error.to_string())
}
