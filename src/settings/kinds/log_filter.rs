//! What is logged.

use tracing_subscriber::EnvFilter;

use super::{Base, Kind, Shown, Unacceptable, quoted};

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// A filter in the syntax of `tracing_subscriber::EnvFilter`, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFilter(String);

impl LogFilter {
    /// The filter as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Kind for LogFilter {
    const EXPECTED: &'static str = "off, error, warn, info, debug or trace, alone or by module, such as \"info,dossier::store=debug\"";

    /// A word that is no level would name a module and silently log all of it, so it is refused.
    fn parse(text: &str, _: &Base) -> Result<Self, Unacceptable> {
        let refused = || Unacceptable(format!("{} is not a log filter", quoted(text)));
        let bare = text.split(',').filter(|part| !part.contains(['=', '[', ']', '{', '}']));
        let bare_are_levels = bare.into_iter().all(|part| LEVELS.contains(&part.to_lowercase().as_str()));
        if !bare_are_levels {
            return Err(refused());
        }
        EnvFilter::try_new(text).map(|_| Self(text.to_owned())).map_err(|_| refused())
    }

    fn show(&self) -> Shown {
        Shown::Text(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_modules_are_read() {
        for text in ["info", "WARN", "info,dossier::store=debug"] {
            assert_eq!(LogFilter::parse(text, &Base::default()).unwrap().as_str(), text);
        }
    }

    #[test]
    fn misspelled_levels_are_refused() {
        for text in ["", "warn, info", "infos", "info,debugg", "dossier=loud"] {
            assert!(LogFilter::parse(text, &Base::default()).is_err(), "{text}");
        }
    }
}
