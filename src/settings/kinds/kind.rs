//! What every kind of value can do.

use std::path::PathBuf;

use thiserror::Error;

/// How TOML writes the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A string in quotes.
    Text,
    /// A bare number.
    Number,
    /// true or false.
    Boolean,
    /// A list of strings.
    List,
}

/// A value as a source gave it.
#[derive(Clone)]
pub(in crate::settings) enum Given {
    /// From a default, the environment or a flag, where everything is text.
    Plain(String),
    /// A TOML string.
    Quoted(String),
    /// A TOML number, as written.
    Number(String),
    /// A TOML boolean.
    Boolean(bool),
    /// A TOML list of strings.
    List(Vec<String>),
    /// Something else of TOML, by the name of its type.
    Other(&'static str),
}

/// What relative paths and `<data>` stand for.
#[derive(Debug, Clone, Default)]
pub(in crate::settings) struct Base {
    /// Relative paths start here; empty for the working directory.
    pub(in crate::settings) folder: PathBuf,
    /// The data folder, or `None` while the data folder itself is read.
    pub(in crate::settings) data: Option<PathBuf>,
}

/// Why a text is not a value of the kind. It quotes the text only if the kind is not secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub(in crate::settings) struct Unacceptable(pub(in crate::settings) String);

/// A value in force, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// There is none.
    Unset,
    /// In the form the settings file uses.
    Text(String),
    /// A number.
    Number(u64),
    /// true or false.
    Boolean(bool),
    /// One text for each item.
    List(Vec<String>),
    /// There is one, and it stays secret.
    Secret,
}

/// A kind of value.
pub(in crate::settings) trait Kind: Sized {
    const SHAPE: Shape = Shape::Text;
    const SECRET: bool = false;
    /// Follows "write" in a message: what is expected, with an example.
    const EXPECTED: &'static str;

    fn parse(text: &str, base: &Base) -> Result<Self, Unacceptable>;

    fn show(&self) -> Shown;

    /// Reads what a source gave, refusing a TOML type that is not the kind's own.
    fn read(given: &Given, base: &Base) -> Result<Self, Unacceptable> {
        let mismatch = match given {
            Given::Plain(text) => return Self::parse(text, base),
            Given::Quoted(text) if Self::SHAPE == Shape::Text => return Self::parse(text, base),
            Given::Number(text) if Self::SHAPE == Shape::Number => return Self::parse(text, base),
            Given::Boolean(value) if Self::SHAPE == Shape::Boolean => return Self::parse(&value.to_string(), base),
            Given::Quoted(_) => "a text in quotes was given",
            Given::Number(_) => "a bare number was given",
            Given::Boolean(_) => "a boolean was given",
            Given::List(_) => "a list was given",
            Given::Other(name) => return Err(Unacceptable(format!("a {name} was given"))),
        };
        Err(Unacceptable(mismatch.to_owned()))
    }
}

/// A value for a message: on one line, in quotes, cut after 60 characters.
pub(in crate::settings) fn quoted(text: &str) -> String {
    let mut start: String = text.chars().take(60).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    format!("{start:?}")
}
