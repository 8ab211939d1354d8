//! A second, naive reading of the access rules, to hold the first against. It shares with it the plain data that describe
//! a case and nothing else: every statement of the rules is tried one by one, and times are gone through one by one.

mod acts;
mod callers;
mod episodes;
mod history;
mod levels;
mod mandates;
mod matrix;
mod reading;
mod writing;

pub(crate) use acts::act;
pub(crate) use episodes::{cut_by_later_refusal, forbidden, house_refused, inherits_refusal};
pub(crate) use history::history;
pub(crate) use levels::change_level;
pub(crate) use mandates::World;
pub(crate) use matrix::Matrix;
pub(crate) use reading::read;
pub(crate) use writing::submit;
