//! The documented example of a settings file, made from the declarations.

use std::fmt::Write as _;

use super::Settings;
use super::declaration::Setting;
use super::kinds::Shape;

const HEAD: &str = "\
# Every setting of Dossier with its default. Made by `dossier config print --example`.
#
# A line `#key = value` shows a default: take the # away to change it. An empty text means \"not set\".
# Each setting can also be given as an environment variable, DOSSIER_<SECTION>_<KEY>, which overrides this file,
# and on the command line with --set SECTION.KEY=VALUE, which overrides both. Unknown keys are errors.
";

/// The text of `docs/dossier.example.toml`.
pub fn example() -> String {
    let mut text = HEAD.to_owned();
    for section in Settings::SECTIONS {
        text.push('\n');
        if !section.name.is_empty() {
            comment(&mut text, section.about);
            // Writing to a String cannot fail.
            let _ = writeln!(text, "[{}]", section.name);
        }
        for setting in section.settings {
            comment(&mut text, setting.documentation);
            let _ = writeln!(text, "#{} = {}", setting.name, default_in_toml(setting));
        }
    }
    text
}

fn comment(text: &mut String, documentation: &str) {
    for line in wrapped(documentation) {
        let _ = writeln!(text, "# {line}");
    }
}

/// Breaks a text into lines of at most 100 characters.
pub(super) fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < 100 => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines
}

fn default_in_toml(setting: &Setting) -> String {
    match setting.shape {
        Shape::Text => in_quotes(setting.default),
        Shape::Number | Shape::Boolean => setting.default.to_owned(),
        Shape::List => {
            let items = setting.default.split(',').filter(|item| !item.is_empty()).map(in_quotes);
            format!("[{}]", items.collect::<Vec<_>>().join(", "))
        }
    }
}

/// A TOML string.
pub(super) fn in_quotes(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Loaded, Origin, Sources, load};

    fn loaded(text: &str) -> Loaded {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dossier.toml");
        std::fs::write(&path, text).unwrap();
        // The data folder is given so that the file's folder does not tell the cases apart.
        let environment = vec![("DOSSIER_DATA_DIRECTORY".into(), "d".into())];
        load(&Sources { file: Some(path), environment, ..Sources::default() }).unwrap()
    }

    #[test]
    fn the_example_changes_nothing_and_states_every_default() {
        let text = example();
        let uncommented: String = text
            .lines()
            .map(|line| match line.strip_prefix('#') {
                Some(setting) if !setting.starts_with(' ') => format!("{setting}\n"),
                Some(_) | None => format!("{line}\n"),
            })
            .collect();
        let defaults = loaded("");
        assert_eq!(loaded(&text), defaults);
        let stated = loaded(&uncommented);
        assert_eq!(stated.settings, defaults.settings);
        for setting in Settings::all().filter(|setting| setting.key() != "data.directory") {
            let origin = stated.origin(&setting.key());
            assert!(matches!(origin, Origin::File(..)), "{} is from {origin}", setting.key());
        }
    }

    #[test]
    fn the_example_in_docs_is_current() {
        let committed = include_str!("../../docs/dossier.example.toml");
        assert!(committed == example(), "run `dossier config print --example > docs/dossier.example.toml`");
    }

    #[test]
    fn every_setting_is_documented_and_has_a_variable_of_its_own() {
        let mut variables: Vec<String> = Settings::all().map(Setting::environment_variable).collect();
        let number = variables.len();
        variables.sort();
        variables.dedup();
        assert_eq!(variables.len(), number);
        for setting in Settings::all() {
            assert!(setting.documentation.trim().ends_with('.'), "{}", setting.key());
        }
    }
}
