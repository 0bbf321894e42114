//! For tests: ends the process in the middle of its writes, as a crash would.
//!
//! Every write of a file passes three points: half of its bytes are in the temporary file; all of them are; the file
//! has its name. With `MF_END_AT=17` in the environment the process aborts at the 17th point that it reaches, without
//! cleaning up. Without this variable, or if it is not a whole number, a point does nothing.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// A point of a write.
pub(crate) fn point() {
    static END_AT: OnceLock<Option<u64>> = OnceLock::new();
    static PASSED: AtomicU64 = AtomicU64::new(0);
    let end_at = END_AT.get_or_init(|| std::env::var("MF_END_AT").ok()?.parse().ok());
    if end_at.is_some_and(|end| PASSED.fetch_add(1, Ordering::Relaxed) + 1 == end) {
        std::process::abort();
    }
}
