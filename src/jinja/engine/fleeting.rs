//! Counts what templates read of the clock, the system's time zone and chance.

use std::sync::atomic::{AtomicUsize, Ordering};

// The process's own: filters and modules know nothing of the render that uses them.
static READS: AtomicUsize = AtomicUsize::new(0);

/// Something was read that may differ the next time.
pub(super) fn note() {
    READS.fetch_add(1, Ordering::Relaxed);
}

/// How often such things were read so far: no change means that a render would give the same again.
pub fn count() -> usize {
    READS.load(Ordering::Relaxed)
}
