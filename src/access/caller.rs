//! Who calls.

use crate::model::dsp::Caller;
use crate::store::Read;

use super::{Call, Failure};

/// Who calls, if anybody does whom the rules know.
pub(super) fn caller(_tx: &mut Read, _call: &Call) -> Result<Option<Caller>, Failure> {
    Ok(None)
}
