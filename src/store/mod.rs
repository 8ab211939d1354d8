//! Rows and document bytes. The only place that names diesel; it knows no protocol and no caller.

pub mod contents;
