//! The documented example of a settings file, made from the declarations.

use std::fmt::Write as _;

use super::Settings;
use super::declaration::Setting;
use super::kinds::Shape;

const HEAD: &str = "\
# Every setting of Dossier with its default. Made by `dossier config print --example`; do not edit docs/ by hand.
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
        Shape::Number => setting.default.to_owned(),
        Shape::List => {
            let items = setting
                .default
                .split(',')
                .filter(|item| !item.is_empty())
                .map(in_quotes);
            format!("[{}]", items.collect::<Vec<_>>().join(", "))
        }
    }
}

/// A TOML string.
pub(super) fn in_quotes(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
