//! Times, and the memory of the server.

use std::time::{Duration, Instant};

/// The times of one thing done again and again.
#[derive(Default)]
pub struct Samples(Vec<Duration>);

impl Samples {
    /// Does it once more.
    pub fn time<T>(&mut self, act: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let result = act();
        self.0.push(began.elapsed());
        result
    }

    /// How many in a second, one after the other.
    pub fn rate(&self) -> f64 {
        self.0.len() as f64 / self.0.iter().sum::<Duration>().as_secs_f64()
    }

    /// The time that this share of all does not exceed.
    pub fn quantile(&self, share: f64) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort();
        let at = (share * (sorted.len() as f64 - 1.0)).round() as usize;
        sorted[at]
    }

    /// The time that half of all do not exceed.
    pub fn median(&self) -> Duration {
        self.quantile(0.5)
    }
}

/// One line of the table.
pub struct Row {
    /// What was done.
    pub what: String,
    /// Bytes of documents in one of them; 0 if there are none.
    pub bytes: u64,
    /// The server.
    pub server: Samples,
    /// The least that has to be done, and what that was; nothing if it could not be measured.
    pub floor: Option<(&'static str, Samples)>,
    /// The most memory that the server took, in bytes.
    pub peak: Option<u64>,
    /// The ratio to stay below.
    pub target: Option<f64>,
}

impl Row {
    /// The head of the table.
    pub const HEAD: &str = "\
| transaction | per second | MiB/s | p50 | p99 | peak memory | floor | floor p50 | ratio (p50) | target |
|---|---:|---:|---:|---:|---:|---|---:|---:|---:|";

    /// The line, as Markdown.
    pub fn line(&self) -> String {
        let rate = self.server.rate();
        let throughput = if self.bytes == 0 { "–".to_owned() } else { format!("{:.0}", rate * self.bytes as f64 / 1_048_576.0) };
        let peak = self.peak.map_or("–".to_owned(), |peak| format!("{:.0} MiB", peak as f64 / 1_048_576.0));
        let (floor, floor_time, ratio) = match &self.floor {
            None => ("not there".to_owned(), "–".to_owned(), "–".to_owned()),
            Some((name, samples)) => {
                let ratio = self.server.median().as_secs_f64() / samples.median().as_secs_f64();
                ((*name).to_owned(), shown(samples.median()), format!("**{ratio:.2}**"))
            }
        };
        let target = self.target.map_or("–".to_owned(), |target| format!("{target}"));
        format!(
            "| {} | {rate:.1} | {throughput} | {} | {} | {peak} | {floor} | {floor_time} | {ratio} | {target} |",
            self.what,
            shown(self.server.median()),
            shown(self.server.quantile(0.99)),
        )
    }
}

/// A time in milliseconds.
pub fn shown(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1000.0;
    if milliseconds < 10.0 { format!("{milliseconds:.2} ms") } else { format!("{milliseconds:.0} ms") }
}

/// The most memory a process took since [`forget_peak`], in bytes, where the system tells it.
pub fn peak(process_id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process_id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}

/// Counts the peak from here on, where the system can (proc(5), `clear_refs`).
pub fn forget_peak(process_id: u32) {
    // Without it the peak is that of the whole life of the process, which is larger, not smaller.
    let _ = std::fs::write(format!("/proc/{process_id}/clear_refs"), "5");
}
