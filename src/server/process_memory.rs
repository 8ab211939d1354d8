//! How much memory the process has, where the system tells it.

/// Resident bytes, from `/proc/self/status`; nothing on systems without it.
pub(super) fn resident_bytes() -> Option<u64> {
    read_resident(&std::fs::read_to_string("/proc/self/status").ok()?)
}

fn read_resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resident_size_is_read_in_bytes() {
        assert_eq!(read_resident("Name:\tx\nVmRSS:\t   12340 kB\nThreads:\t1\n"), Some(12_636_160));
        assert_eq!(read_resident("Name:\tx\n"), None);
    }
}
