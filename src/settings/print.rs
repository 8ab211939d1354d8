//! All settings in force, each with its origin and documentation.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Loaded;
use super::declaration::Setting;
use super::example::{in_quotes, wrapped};
use super::kinds::Shown;
use super::origin::Origin;
use super::tree::Settings;

/// For people: key and value, then origin, variable and documentation, indented.
pub fn print(loaded: &Loaded) -> String {
    let mut text = String::new();
    for (setting, shown) in loaded.settings.show() {
        let origin = loaded.origin(&setting.key());
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{} = {}", setting.key(), in_words(&shown));
        let _ = writeln!(text, "    from {origin}; variable {}", setting.environment_variable());
        for line in wrapped(setting.documentation) {
            let _ = writeln!(text, "    {line}");
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn in_words(shown: &Shown) -> String {
    match shown {
        Shown::Unset => "(not set)".to_owned(),
        Shown::Secret => "(set)".to_owned(),
        Shown::Text(text) => in_quotes(text),
        Shown::Number(number) => number.to_string(),
        Shown::Boolean(value) => value.to_string(),
        Shown::List(items) => format!("[{}]", items.iter().map(|item| in_quotes(item)).collect::<Vec<_>>().join(", ")),
    }
}

/// Key and value of each setting alone, a line each. Of secrets it says only that they are set.
pub fn listing(settings: &Settings) -> String {
    settings.show().into_iter().map(|(setting, shown)| format!("{} = {}\n", setting.key(), in_words(&shown))).collect()
}

/// For scripts: `{"settings": [{"key", "value", "origin", "environment_variable", "default", "secret", "documentation"}]}`.
pub fn print_json(loaded: &Loaded) -> Value {
    let settings = loaded.settings.show();
    let settings = settings.iter().map(|(setting, shown)| setting_in_json(setting, shown, loaded));
    json!({ "settings": settings.collect::<Vec<_>>() })
}

fn setting_in_json(setting: &Setting, shown: &Shown, loaded: &Loaded) -> Value {
    json!({
        "key": setting.key(),
        "value": value_in_json(shown),
        "origin": origin_in_json(loaded.origin(&setting.key())),
        "environment_variable": setting.environment_variable(),
        "default": setting.default,
        "secret": setting.secret,
        "documentation": wrapped(setting.documentation).join(" "),
    })
}

fn value_in_json(shown: &Shown) -> Value {
    match shown {
        Shown::Unset => Value::Null,
        Shown::Secret => json!("(set)"),
        Shown::Text(text) => json!(text),
        Shown::Number(number) => json!(number),
        Shown::Boolean(value) => json!(value),
        Shown::List(items) => json!(items),
    }
}

fn origin_in_json(origin: &Origin) -> Value {
    match origin {
        Origin::Default => json!({ "source": origin.word() }),
        Origin::File(path, line) => {
            json!({ "source": origin.word(), "file": path.display().to_string(), "line": line })
        }
        Origin::Environment(name) | Origin::Flag(name) => {
            json!({ "source": origin.word(), "name": name })
        }
    }
}
