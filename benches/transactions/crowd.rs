//! Servers that take turns before many callers, each of whom asks again as soon as the answer is there: how many answers a second.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use crate::http::Connection;
use crate::measure::{cpu_time, shown};
use crate::messages::Message;

/// Callers at one time.
pub const CALLERS: usize = 8;
/// How long one turn is.
const TURN: Duration = Duration::from_millis(500);

/// A server, and what it is asked.
pub struct Crowd<'a> {
    pub what: &'static str,
    pub process_id: u32,
    pub address: SocketAddr,
    /// The next request.
    pub message: &'a (dyn Fn() -> Message + Sync),
    /// How many ask at one time.
    callers: usize,
    turns: Vec<Turn>,
}

/// What one server did in its turn.
struct Turn {
    per_second: f64,
    /// Processor time of one answer.
    cpu: Option<Duration>,
}

impl<'a> Crowd<'a> {
    /// So many callers of a server who all ask this.
    pub fn new(
        what: &'static str,
        process_id: u32,
        address: SocketAddr,
        message: &'a (dyn Fn() -> Message + Sync),
        callers: usize,
    ) -> Self {
        Self { what, process_id, address, message, callers, turns: Vec::new() }
    }

    fn turn(&mut self) {
        let before = cpu_time(self.process_id);
        let began = Instant::now();
        let answers: usize = thread::scope(|scope| {
            let callers: Vec<_> = (0..self.callers).map(|_| scope.spawn(|| ask_until(began + TURN, self.address, self.message))).collect();
            callers.into_iter().map(|caller| caller.join().unwrap()).sum()
        });
        let took = began.elapsed();
        let used = cpu_time(self.process_id).zip(before).and_then(|(after, before)| after.checked_sub(before));
        let cpu = used.map(|used| used / u32::try_from(answers).unwrap());
        self.turns.push(Turn { per_second: answers as f64 / took.as_secs_f64(), cpu });
    }
}

fn ask_until(end: Instant, address: SocketAddr, message: &(dyn Fn() -> Message + Sync)) -> usize {
    let mut connection = Connection::open(address);
    let mut answers = 0;
    while Instant::now() < end {
        let message = message();
        connection.post(message.path, &message.content_type, &[&message.before, &message.after]).expect("ResponseStatusType:Success");
        answers += 1;
    }
    answers
}

/// Lets two servers take so many turns, each of them first in every other, and prints the second beside the first.
pub fn compare(title: &str, mut crowds: [Crowd<'_>; 2], rounds: usize, target: &str) {
    crowds.iter_mut().for_each(Crowd::turn);
    crowds.iter_mut().for_each(|crowd| crowd.turns.clear());
    for round in 0..rounds {
        crowds[round % 2].turn();
        crowds[1 - round % 2].turn();
    }
    println!("| {title}, {} callers | per second | ratio | CPU p50 | more | target |\n|---|---:|---:|---:|---:|---|", crowds[0].callers);
    let [first, second] = &crowds;
    let pairs = || first.turns.iter().zip(&second.turns);
    let cpu = |of: &Crowd<'_>| middle(of.turns.iter().filter_map(|turn| turn.cpu).map(|cpu| cpu.as_secs_f64()));
    println!("| {} | {:.0} | – | {} | – | – |", first.what, rate(first), shown(Duration::from_secs_f64(cpu(first))));
    let ratio = middle(pairs().map(|(first, second)| second.per_second / first.per_second));
    let (own, more) = (Duration::from_secs_f64(cpu(second)), (cpu(second) - cpu(first)) * 1000.0);
    println!("| {} | {:.0} | {ratio:.2} | {} | {more:.2} ms | {target} |", second.what, rate(second), shown(own));
}

fn rate(crowd: &Crowd<'_>) -> f64 {
    middle(crowd.turns.iter().map(|turn| turn.per_second))
}

fn middle(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<_> = values.collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}
