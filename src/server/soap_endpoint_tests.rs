//! The bridge between sockets and blocking threads, with handlers made for each case.
