//! Pairs of times, and whether one side can be told from the other.

use std::time::Duration;

/// The times of two things that took turns, in milliseconds.
#[derive(Default)]
pub struct Pairs {
    one: Vec<f64>,
    other: Vec<f64>,
}

impl Pairs {
    /// Adds a pair.
    pub fn add(&mut self, one: Duration, other: Duration) {
        self.one.push(one.as_secs_f64() * 1000.0);
        self.other.push(other.as_secs_f64() * 1000.0);
    }

    /// The medians of both sides.
    pub fn medians(&self) -> (f64, f64) {
        (median(&self.one), median(&self.other))
    }

    /// The median of the differences within the pairs, and between which values it lies with 95 % confidence: the order
    /// statistics whose ranks are 1.96 standard deviations of a fair coin away from the middle.
    pub fn difference(&self) -> (f64, f64, f64) {
        let mut differences: Vec<_> = self.one.iter().zip(&self.other).map(|(one, other)| one - other).collect();
        differences.sort_by(f64::total_cmp);
        let count = differences.len() as f64;
        let reach = 1.96 * count.sqrt() / 2.0;
        let at = |rank: f64| differences[(rank.max(0.0) as usize).min(differences.len() - 1)];
        (median(&differences), at((count / 2.0 - reach).floor()), at((count / 2.0 + reach).ceil()))
    }

    /// How often a time of the first side is longer than one of the other, where 0.5 is no difference at all, and the probability
    /// that sides as unlike as these come of the same distribution (Mann–Whitney U, two-sided, by the normal approximation; times
    /// are so fine that ties do not count).
    pub fn mann_whitney(&self) -> (f64, f64) {
        let mut all: Vec<_> = self.one.iter().map(|time| (*time, true)).chain(self.other.iter().map(|time| (*time, false))).collect();
        all.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        let ranks: f64 = all.iter().enumerate().filter(|(_, (_, is_one))| *is_one).map(|(rank, _)| rank as f64 + 1.0).sum();
        let (m, n) = (self.one.len() as f64, self.other.len() as f64);
        let u = ranks - m * (m + 1.0) / 2.0;
        let z = (u - m * n / 2.0) / (m * n * (m + n + 1.0) / 12.0).sqrt();
        (u / (m * n), both_tails(z.abs()))
    }
}

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// How often a standard normal value is farther than `z` from 0 (Abramowitz and Stegun, 7.1.26; good to 1.5e-7).
fn both_tails(z: f64) -> f64 {
    let x = z / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let terms = [0.254_829_592, -0.284_496_736, 1.421_413_741, -1.453_152_027, 1.061_405_429];
    let sum = terms.iter().rev().fold(0.0, |sum, term| (sum + term) * t);
    sum * (-x * x).exp()
}
