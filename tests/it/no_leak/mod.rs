//! What a caller may not see is as good as not there, on whatever path they ask (access rules, 5, *No leak*), and who has no
//! business here is told nothing at all.

mod actions;
mod answers;
mod callers;
mod changes;
mod hidden;
mod ids;
mod listings;
mod patients;
mod queries;
mod resources;
mod routes;
pub mod row;
mod scene;
