//! The demonstration under the access rules: the sample population as a story, everybody under the rules, at their own time.

mod acts;
mod failure;
mod personas;
mod stage;
mod start;
mod summary;

use failure::StoryFailure;
use stage::Stage;
pub(super) use start::run;
