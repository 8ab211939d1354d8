//! Takes out of an answer what differs from run to run.

use super::metadata::{Document, Submission, folder};

/// Replaces each UUID and each number of 32 hexadecimal digits by the place at which it first occurs, so that it stays
/// visible which of them are the same. UUIDs that the standard fixes are kept.
pub fn redacted(text: &str) -> String {
    let fixed = Submission::new(1, "x", vec![Document::new(1, "x", b"")]).object(&folder(1, "x")).submit_objects_request();
    let mut seen: Vec<&str> = Vec::new();
    let mut out = String::new();
    let mut rest = text;
    let mut inside = false;
    while let Some(next) = rest.chars().next() {
        let found = [36, 32].into_iter().filter_map(|length| rest.get(..length)).find(|word| !inside && is_random(word, rest));
        match found {
            Some(word) if !fixed.contains(word) => {
                let place = seen.iter().position(|known| *known == word).unwrap_or_else(|| {
                    seen.push(word);
                    seen.len() - 1
                });
                out.push_str(&format!("[{}{}]", if word.len() == 36 { "uuid-" } else { "hex-" }, place + 1));
                rest = &rest[word.len()..];
                inside = false;
            }
            _ => {
                out.push(next);
                inside = next.is_ascii_hexdigit();
                rest = &rest[next.len_utf8()..];
            }
        }
    }
    out
}

fn is_random(word: &str, rest: &str) -> bool {
    let ends = !rest[word.len()..].starts_with(|c: char| c.is_ascii_hexdigit());
    let dash = |at: usize| word.len() == 36 && [8, 13, 18, 23].contains(&at);
    ends && word.bytes().enumerate().all(|(at, byte)| if dash(at) { byte == b'-' } else { byte.is_ascii_hexdigit() })
}

#[test]
fn what_is_the_same_stays_the_same_and_what_is_fixed_stays() {
    let uuid = "urn:uuid:0b1c2d3e-0000-4000-8000-000000000001";
    let hash = "68c1fef70eda4125475251c897943837a8a08b57";
    let scheme = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1";
    let text = format!("{uuid} {hash} {scheme} <0b1c2d3e000040008000000000000002@é> x-0b1c2d3e000040008000000000000002 {uuid}");
    assert_eq!(redacted(&text), format!("urn:uuid:[uuid-1] {hash} {scheme} <[hex-2]@é> x-[hex-2] urn:uuid:[uuid-1]"));
}
