//! `dossier config` through the built program: output, exit codes, and what never appears.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot run the program must fail")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

const KEY: &str = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";

/// Runs the program in an empty environment.
fn dossier(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dossier"));
    command.current_dir(folder).args(arguments).env_clear().envs(variables.iter().copied());
    command.output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn good_settings_are_said_to_be_good() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("d.toml"), "profile = \"ihe-connectathon\"\nenvironment = \"test\"\n").unwrap();
    let output = dossier(folder.path(), &["config", "check", "--config", "d.toml"], &[]);
    assert_eq!((code(&output), text(&output.stdout), text(&output.stderr)), (0, "the settings are good\n", ""));
    let by_variable = dossier(folder.path(), &["config", "check", "--json"], &[("DOSSIER_CONFIG", "d.toml")]);
    assert_eq!(code(&by_variable), 0);
    assert_eq!(serde_json::from_slice::<Value>(&by_variable.stdout).unwrap()["ok"], true);
}

#[test]
fn the_default_profile_is_refused_until_somebody_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let output = dossier(folder.path(), &["config", "check"], &[]);
    assert_eq!(code(&output), 3);
    assert!(text(&output.stderr).contains("xua.issuers and xua.audiences: the access rules of luxembourg-dsp let nobody in"));
}

#[test]
fn wrong_settings_exit_with_3_and_tell_every_problem() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("d.toml"), "[http]\nlisen = \"127.0.0.1:1\"\n[limits]\nparts = 0\n").unwrap();
    let variables = [("DOSSIER_HTTP_LISTEN", "here")];
    for action in ["check", "print"] {
        let output = dossier(folder.path(), &["config", action, "--config", "d.toml"], &variables);
        let lines: Vec<&str> = text(&output.stderr).lines().collect();
        assert_eq!((code(&output), output.stdout.len()), (3, 0));
        assert_eq!(lines[0], "dossier: the settings have 3 problems:");
        assert_eq!(lines[1], "    d.toml:2: there is no setting http.lisen; did you mean http.listen?");
        assert_eq!(lines.len(), 4, "{lines:?}");
    }
    let json = dossier(folder.path(), &["config", "--config", "d.toml", "check", "--json"], &variables);
    let problems: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((code(&json), problems["problems"].as_array().unwrap().len()), (3, 3));
}

#[test]
fn wrong_usage_exits_with_2_and_help_with_0() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&[][..], &["confg"], &["config"], &["config", "print", "--json", "--example"], &["--set", "x"]] {
        let output = dossier(folder.path(), arguments, &[]);
        assert_eq!((code(&output), output.stdout.len()), (2, 0), "{arguments:?}");
    }
    let help = dossier(folder.path(), &["--help"], &[]);
    assert_eq!(code(&help), 0);
    assert!(text(&help.stdout).contains("3  wrong settings"));
}

/// What `config print --json` tells of each setting.
fn printed(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Vec<Value> {
    let arguments = [&["config", "print", "--json"], arguments].concat();
    let output = dossier(folder, &arguments, variables);
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    printed["settings"].as_array().unwrap().clone()
}

#[test]
fn everything_declared_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let printed = printed(folder.path(), &[], &[]);
    let keys: Vec<&str> = printed.iter().map(|setting| setting["key"].as_str().unwrap()).collect();
    let declared: Vec<String> = dossier::settings::Settings::all().map(|setting| setting.key()).collect();
    assert_eq!(keys, declared);
    assert!(printed.iter().all(|setting| setting["origin"]["source"] == "default"));
    assert!(printed.iter().all(|setting| setting["documentation"].as_str().unwrap().len() > 10));
}

#[test]
fn each_value_is_printed_with_its_origin() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("d.toml"), "\n\n[limits]\nparts = 7\n").unwrap();
    let arguments = ["--config", "d.toml", "--log-level", "debug", "--set", "mllp.listen=off"];
    let printed = printed(folder.path(), &arguments, &[("DOSSIER_HTTP_LISTEN", "127.0.0.1:9000")]);
    let setting = |key: &str| printed.iter().find(|setting| setting["key"] == key).unwrap();
    for (key, value, source, name) in [
        ("http.listen", "127.0.0.1:9000", "environment", "DOSSIER_HTTP_LISTEN"),
        ("log.level", "debug", "flag", "--log-level"),
        ("mllp.listen", "off", "flag", "--set mllp.listen"),
    ] {
        assert_eq!(setting(key)["value"], value);
        assert_eq!(setting(key)["origin"], json!({ "source": source, "name": name }));
    }
    assert_eq!(setting("limits.parts")["value"], 7);
    assert_eq!(setting("limits.parts")["origin"], json!({ "source": "file", "file": "d.toml", "line": 4 }));
    assert_eq!(setting("http.public_url")["value"], Value::Null);
}

#[test]
fn secrets_are_never_printed() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [("DOSSIER_ENCRYPTION_MASTER_KEY", KEY), ("DOSSIER_DATABASE_URL", "postgres://anna:hush@db.example/dossier")];
    for arguments in [&["config", "print"][..], &["config", "print", "--json"], &["config", "check"]] {
        let output = dossier(folder.path(), arguments, &variables);
        let all = format!("{}{}", text(&output.stdout), text(&output.stderr));
        assert!(!all.contains("0f0f") && !all.contains("hush"), "{all}");
    }
    let typed = dossier(folder.path(), &["config", "print", "--set", &format!("encryption.master_key={KEY}")], &[]);
    assert_eq!(code(&typed), 3);
    assert!(!text(&typed.stderr).contains("0f0f"));
}

#[test]
fn the_example_is_a_settings_file() {
    let folder = tempfile::tempdir().unwrap();
    let example = dossier(folder.path(), &["config", "print", "--example"], &[]);
    assert_eq!(code(&example), 0);
    std::fs::write(folder.path().join("d.toml"), &example.stdout).unwrap();
    let with = dossier(folder.path(), &["config", "print", "--config", "d.toml"], &[]);
    let without = dossier(folder.path(), &["config", "print"], &[]);
    assert_eq!((code(&with), text(&with.stdout)), (0, text(&without.stdout)));
}

#[test]
fn a_dry_run_of_the_migration_makes_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("new/dossier.sqlite3");
    let setting = format!("database.url=sqlite:{}", database.display());
    let migrate = |flags: &[&str]| {
        let output = dossier(folder.path(), &[&["migrate", "--json", "--set", &setting], flags].concat(), &[]);
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let would = migrate(&["--dry-run"]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "a dry run made something");
    let did = migrate(&[]);
    assert!(would["pending"].as_array().is_some_and(|names| !names.is_empty()));
    assert_eq!((&did["applied"], &would["applied"]), (&would["pending"], &json!([])));
    assert_eq!(migrate(&["--dry-run"]), json!({ "applied": [], "pending": [] }));
    // An empty file is no database yet, and stays empty of tables.
    let empty = folder.path().join("empty.sqlite3");
    std::fs::write(&empty, "").unwrap();
    let setting = format!("database.url=sqlite:{}", empty.display());
    for _ in 0..2 {
        let output = dossier(folder.path(), &["migrate", "--json", "--dry-run", "--set", &setting], &[]);
        assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap()["pending"], would["pending"]);
    }
}
