//! Ways to ask the same, which take turns, so that whatever else the machine does is shared by all of them.

use std::time::Duration;

use crate::http::{Answer, Connection};
use crate::measure::{Samples, cpu_time, shown};
use crate::messages::Message;

/// Requests of one kind in a row, whose processor time is read together: the end of one may overlap with the next.
pub const BATCH: usize = 20;

/// One way to ask.
pub struct Way {
    pub what: &'static str,
    pub process_id: u32,
    pub connection: Connection,
    /// The next request.
    pub message: Box<dyn FnMut() -> Message>,
    /// What is to be met, as the table shows it.
    pub target: &'static str,
    wall: Samples,
    /// Processor time of a request, the mean of each batch.
    cpu: Vec<Duration>,
}

impl Way {
    /// A way on a connection that stays open, with the same request again and again.
    pub fn new(what: &'static str, process_id: u32, connection: Connection, message: Message, target: &'static str) -> Self {
        Self::of_many(what, process_id, connection, Box::new(move || message.clone()), target)
    }

    /// A way on a connection that stays open.
    pub fn of_many(
        what: &'static str,
        process_id: u32,
        connection: Connection,
        message: Box<dyn FnMut() -> Message>,
        target: &'static str,
    ) -> Self {
        Self { what, process_id, connection, message, target, wall: Samples::default(), cpu: Vec::new() }
    }

    /// Asks once, and gives the answer.
    pub fn ask(&mut self) -> Answer {
        let (connection, message) = (&mut self.connection, (self.message)());
        self.wall.time(|| connection.post(message.path, &message.content_type, &[&message.before, &message.after]))
    }

    fn batch(&mut self, times: usize) {
        let before = cpu_time(self.process_id);
        for _ in 0..times {
            self.ask().expect("ResponseStatusType:Success");
        }
        let used = cpu_time(self.process_id).zip(before).and_then(|(after, before)| after.checked_sub(before));
        self.cpu.extend(used.map(|used| used / u32::try_from(times).unwrap()));
    }

    fn line(&self, first: &Self) -> String {
        let compared = |own: Option<Duration>, other: Option<Duration>| match own.zip(other) {
            None => "– | – | –".to_owned(),
            Some((own, other)) => {
                let more = (own.as_secs_f64() - other.as_secs_f64()) * 1000.0;
                format!("{} | {more:.2} ms | {:.2}", shown(own), own.as_secs_f64() / other.as_secs_f64())
            }
        };
        let wall = compared(Some(self.wall.median()), Some(first.wall.median()));
        format!("| {} | {wall} | {} | {} |", self.what, compared(middle(&self.cpu), middle(&first.cpu)), self.target)
    }
}

/// Lets the ways take turns in batches, and prints each beside the first.
pub fn compare(title: &str, ways: &mut [Way], rounds: usize, batch: usize) {
    for way in ways.iter_mut() {
        way.batch(batch);
        (way.wall, way.cpu) = (Samples::default(), Vec::new());
    }
    for round in 0..rounds {
        // Nobody is always the one after somebody else.
        let count = ways.len();
        (0..count).for_each(|turn| ways[(round + turn) % count].batch(batch));
    }
    println!("| {title} | p50 | more | ratio | CPU p50 | more | ratio | target |\n|---|---:|---:|---:|---:|---:|---:|---|");
    if let [first, others @ ..] = ways {
        println!("{}", first.line(first));
        others.iter().for_each(|way| println!("{}", way.line(first)));
    }
}

fn middle(times: &[Duration]) -> Option<Duration> {
    let mut sorted = times.to_vec();
    sorted.sort();
    sorted.get(sorted.len() / 2).copied()
}
