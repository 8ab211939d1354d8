//! What a caller may not see is as good as not there, on whatever path they ask (access rules, 5, *No leak*).

mod hidden;
mod routes;
mod scene;
