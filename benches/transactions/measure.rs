//! Times, and the memory of the server.

use std::time::{Duration, Instant};

/// The times of one thing done again and again.
#[derive(Clone, Default)]
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
    /// What it cost the server.
    pub cost: Cost,
    /// The ratio to stay below.
    pub target: Option<f64>,
}

impl Row {
    /// The head of the table.
    pub const HEAD: &str = "\
| transaction | per second | MiB/s | p50 | p99 | CPU of one | peak memory | floor | floor p50 | ratio (p50) | target |
|---|---:|---:|---:|---:|---:|---:|---|---:|---:|---:|";

    /// The line, as Markdown.
    pub fn line(&self) -> String {
        let rate = self.server.rate();
        let throughput = if self.bytes == 0 { "–".to_owned() } else { format!("{:.0}", rate * self.bytes as f64 / 1_048_576.0) };
        let cpu = self.cost.cpu.map_or("–".to_owned(), shown);
        let peak = self.cost.peak.map_or("–".to_owned(), |peak| format!("{:.0} MiB", peak as f64 / 1_048_576.0));
        let (floor, floor_time, ratio) = match &self.floor {
            None => ("not there".to_owned(), "–".to_owned(), "–".to_owned()),
            Some((name, samples)) => {
                let ratio = self.server.median().as_secs_f64() / samples.median().as_secs_f64();
                ((*name).to_owned(), shown(samples.median()), format!("**{ratio:.2}**"))
            }
        };
        let target = self.target.map_or("–".to_owned(), |target| format!("{target}"));
        format!(
            "| {} | {rate:.1} | {throughput} | {} | {} | {cpu} | {peak} | {floor} | {floor_time} | {ratio} | {target} |",
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

/// What one request cost the server, where the system tells it.
#[derive(Clone)]
pub struct Cost {
    /// Time on a processor, which others on the machine change less than the time until the answer.
    pub cpu: Option<Duration>,
    /// The most memory of the process meanwhile, in bytes.
    pub peak: Option<u64>,
}

/// A server from a certain time on.
pub struct Busy {
    process_id: u32,
    before: Option<Duration>,
}

impl Busy {
    /// Counts from here on.
    pub fn from_now(process_id: u32) -> Self {
        forget_peak(process_id);
        Self { process_id, before: cpu(process_id) }
    }

    /// What each of these requests cost.
    pub fn cost(&self, requests: &Samples) -> Cost {
        let used = self.before.and_then(|before| Some(cpu(self.process_id)? - before));
        Cost { cpu: used.map(|used| used / requests.0.len() as u32), peak: peak(self.process_id) }
    }
}

/// The time a process has spent on processors, in user and system mode (proc(5), `/proc/<pid>/stat`, fields 14 and 15).
fn cpu(process_id: u32) -> Option<Duration> {
    let status = std::fs::read_to_string(format!("/proc/{process_id}/stat")).ok()?;
    // The name of the program, in parentheses, may hold spaces.
    let (_, fields) = status.rsplit_once(')')?;
    let ticks: u64 = fields.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<u64>().ok()).sum::<Option<u64>>()?;
    Some(Duration::from_millis(ticks * 10))
}

/// The time the threads of a process have spent on processors, to the nanosecond (proc(5), `schedstat`): for short stretches.
pub fn cpu_time(process_id: u32) -> Option<Duration> {
    let threads = std::fs::read_dir(format!("/proc/{process_id}/task")).ok()?;
    let nanoseconds = |thread: std::io::Result<std::fs::DirEntry>| {
        let text = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    };
    threads.map(nanoseconds).sum::<Option<u64>>().map(Duration::from_nanos)
}

/// The most memory a process took since [`forget_peak`], in bytes.
fn peak(process_id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process_id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}

/// Counts the peak from here on, where the system can (proc(5), `clear_refs`).
fn forget_peak(process_id: u32) {
    // Without it the peak is that of the whole life of the process, which is larger, not smaller.
    let _ = std::fs::write(format!("/proc/{process_id}/clear_refs"), "5");
}
