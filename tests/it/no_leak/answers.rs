//! Answers as they are compared: whole, without what differs from one request to the next.

use super::ids::Ids;
use super::row::Row;
use super::scene::{Caller, Scene};
use crate::support::Response;

/// Status, headers and body. The ids that were asked for are their names; what is stored and was not asked for stays.
pub fn told(scene: &Scene, response: &Response, ids: &Ids) -> String {
    let passing = ["date", "x-request-id"];
    let mut headers: Vec<_> = response.headers.iter().filter(|(name, _)| !passing.contains(&name.as_str())).collect();
    headers.sort();
    let text = without_time_of_sending(&ids.blank(&format!("{} {headers:?} {}", response.status, response.text())));
    // Other UUIDs, also as the ends of MIME boundaries and Content-IDs, are made for this answer.
    text.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && !":-".contains(c))
        .map(|word| {
            let core = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            let bare = core
                .trim_start_matches("cid:")
                .trim_start_matches("urn:uuid:")
                .trim_start_matches("--")
                .trim_start_matches("dossier-")
                .trim_end_matches("--");
            let made_up = uuid::Uuid::parse_str(bare).is_ok() && !scene.stored.contains(bare);
            if made_up { word.replace(core, "PASSING") } else { word.to_owned() }
        })
        .collect()
}

/// An HL7 V3 message without the second in which it was written.
fn without_time_of_sending(text: &str) -> String {
    const BEFORE: &str = "<creationTime value=\"";
    let Some((before, after)) = text.split_once(BEFORE) else { return text.to_owned() };
    let (_, rest) = after.split_once('"').unwrap();
    format!("{before}{BEFORE}PASSING\"{rest}")
}

/// Answers that differ where they may not.
#[derive(Default)]
pub struct Leaks(Vec<String>);

impl Leaks {
    /// Holds the answers to a row for what is hidden against those for what is nowhere.
    pub fn compare(&mut self, scene: &Scene, (name, caller): (&str, &Caller), row: &Row, hidden: &Ids, nowhere: &Ids) {
        let answer = |ids: &Ids| told(scene, &row.ask(scene, caller, ids), ids);
        self.hold(&format!("{name}: {}", row.name), &answer(hidden), &answer(nowhere));
    }

    /// Holds two answers against each other.
    pub fn hold(&mut self, place: &str, one: &str, other: &str) {
        if one != other {
            let alike = one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
            let part = |text: &str| text.chars().skip(alike.saturating_sub(60)).take(300).collect::<String>();
            self.0.push(format!("{place}\n  {}\n  {}", part(one), part(other)));
        }
    }

    pub fn note(&mut self, leak: String) {
        self.0.push(leak);
    }

    pub fn assert_none(&self) {
        assert!(self.0.is_empty(), "{} of them:\n{}", self.0.len(), self.0.join("\n\n"));
    }
}
