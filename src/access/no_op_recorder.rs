//! What the audit trail costs can be measured only against a server that keeps none. Only a build for that bench has this file.

use std::sync::LazyLock;

/// The variable of the environment that such a build looks for; any value switches the trail off.
const VARIABLE: &str = "BENCHES_ALONE_NO_OP_RECORDER";

static IS_ON: LazyLock<bool> = LazyLock::new(|| {
    tracing::warn!("this build is made for a bench: it can run without an audit trail, and must serve nobody");
    std::env::var_os(VARIABLE).is_some()
});

/// Whether calls leave no record.
pub(super) fn is_on() -> bool {
    *IS_ON
}
