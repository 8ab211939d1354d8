//! Settings: one concern per file, each with its default, its environment variable and its documentation.
