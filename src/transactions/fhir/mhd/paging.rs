//! Where a page begins and how it is answered.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::super::Refusal;
use super::search_parameters::Asked;
use crate::model::entry_search::EntryPlace;

/// Entries of a page where nothing is said.
const USUAL: usize = 50;
/// Entries of a page at most.
const MOST: usize = 200;

/// How much of what is found is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Entries of a page; none for the total alone.
    pub(super) count: usize,
}

impl Wanted {
    /// What `_count` says, unless matches are only counted.
    pub(super) fn of(asked: &Asked, counts_only: bool) -> Result<Self, Refusal> {
        let count = match asked.only("_count")? {
            None => USUAL,
            Some(text) => {
                text.parse::<usize>().map_err(|_| Refusal::invalid("http._count", "not a whole number", "write 0 or more"))?.min(MOST)
            }
        };
        Ok(Self { count: if counts_only { 0 } else { count } })
    }
}

/// A place as a link carries it. It tells the time and id of an entry that the caller has been given.
pub(super) fn cursor(place: &EntryPlace) -> String {
    URL_SAFE_NO_PAD.encode(format!("{} {}", place.key, place.id))
}

/// The place of a link.
pub(super) fn place(cursor: &str) -> Result<EntryPlace, Refusal> {
    let read = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let (key, id) = text.split_once(' ')?;
        let is_time = key.len() <= 20
            && key.strip_prefix('-').unwrap_or(key).bytes().all(|byte| byte.is_ascii_digit())
            && key.parse::<i64>().is_ok() | key.is_empty();
        is_time.then_some(EntryPlace { key: key.to_owned(), id: id.parse().ok()? })
    };
    read().ok_or_else(|| Refusal::invalid("http._cursor", "not from a link of this server", "follow the link next of the page before"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples::uuid;

    #[test]
    fn places_come_back_and_nothing_else_is_a_place() {
        for key in ["1742202000000000", "20250317090000", "-5", ""] {
            let there = EntryPlace { key: key.to_owned(), id: uuid(3) };
            assert_eq!(place(&cursor(&there)).unwrap(), there);
        }
        for bad in ["", "x", "%", &URL_SAFE_NO_PAD.encode("1 2"), &URL_SAFE_NO_PAD.encode(format!("'; {}", uuid(3)))] {
            assert_eq!(place(bad).unwrap_err().status, 400, "{bad}");
        }
    }
}
