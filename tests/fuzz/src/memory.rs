//! How much memory reading takes, against the size of what is read.

use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Runs `read` and fails if it took more memory at any time than `factor` bytes for each byte of the input, beside `base`
/// bytes for buffers.
pub fn within<T>(input: &[u8], factor: usize, base: usize, read: impl FnOnce() -> T) -> T {
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    let value = read();
    let taken = ALLOCATOR.peak_usage().saturating_sub(before);
    assert!(taken <= factor * input.len() + base, "{taken} bytes of memory for {} bytes of input", input.len());
    value
}
