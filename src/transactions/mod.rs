//! One file per IHE transaction: `perform(context, request) -> outcome`, synchronous and free of sockets.
