//! The rules of [`super::load`] as an operator meets them, on real files.

use std::path::PathBuf;
use std::time::Duration;

use super::case::{Case, KEY};
use super::{MasterKey, Origin};

#[test]
fn a_later_source_overrides_an_earlier_one() {
    const FILE: &str = "# first line\n[http]\nlisten = \"127.0.0.1:1001\"\n";
    let variable = ("DOSSIER_HTTP_LISTEN", "127.0.0.1:1002");
    let flag = ("--http", "http.listen", "127.0.0.1:1003");
    let none = Case::new();
    let file = Case::new().file(FILE);
    let environment = Case::new().file(FILE).variable(variable.0, variable.1);
    let all = Case::new().file(FILE).variable(variable.0, variable.1).flag(flag.0, flag.1, flag.2);
    let flag_only = Case::new().flag(flag.0, flag.1, flag.2);
    let flag_again = Case::new().flag("--set", flag.1, "127.0.0.1:1").flag(flag.0, flag.1, flag.2);
    let at_line_3 = Origin::File(file.path(), 3);
    let by_variable = Origin::Environment(variable.0.to_owned());
    let by_flag = Origin::Flag(flag.0.to_owned());
    for (case, port, origin) in [
        (none, 8080, &Origin::Default),
        (file, 1001, &at_line_3),
        (environment, 1002, &by_variable),
        (all, 1003, &by_flag),
        (flag_only, 1003, &by_flag),
        (flag_again, 1003, &by_flag),
    ] {
        let loaded = case.load().unwrap();
        assert_eq!(loaded.settings.http.listen.port(), port);
        assert_eq!(loaded.origin("http.listen"), origin);
    }
}

#[test]
fn every_problem_is_told_at_once_with_line_and_remedy() {
    let case = Case::new()
        .file(concat!(
            "profil = \"luxembourg-dsp\"\n",
            "http = 3\n",
            "[limit]\nparts = 1\n",
            "[limits]\nidle_time = 30\nxml_depth = \"64\"\nxml_dept = 1\nparts = 0\n",
            "[domain]\nassigning_authorities = [1, 2]\nrepository_unique_id = \"1.02\"\n",
            "[log]\nlevel = true\n",
        ))
        .variable("DOSSIER_HTTP_LISEN", "127.0.0.1:80")
        .variable("DOSSIER_LIMITS_DOCUMENT_SIZE", "4GB")
        .variable("HTTP_LISTEN", "not ours")
        .flag("--set mllp.port", "mllp.port", "1");
    let expected = [
        "dossier.toml:1: there is no setting profil; did you mean profile?",
        "dossier.toml:2: http is a section, not a setting; write [http] on a line of its own",
        "dossier.toml:3: there is no section [limit]; did you mean [limits]?",
        "dossier.toml:8: there is no setting limits.xml_dept; did you mean limits.xml_depth?",
        "environment variable DOSSIER_HTTP_LISEN: no setting has this variable; did you mean DOSSIER_HTTP_LISTEN?",
        "flag --set mllp.port: there is no setting mllp.port; did you mean mllp.listen?",
        "dossier.toml:12: domain.repository_unique_id: \"1.02\" is not an OID; \
         write an OID of at most 64 characters, such as \"2.999.442.9.2\"",
        "dossier.toml:11: domain.assigning_authorities: a list of something other than texts was given; \
         write a list of texts, such as [\"one\", \"two\"] (in the environment: one,two)",
        "dossier.toml:6: limits.idle_time: a bare number was given; \
         write a duration with its unit (ms, s, min, h, d), such as \"30s\" or \"5min\"",
        "dossier.toml:7: limits.xml_depth: a text in quotes was given; write a whole number above zero, such as 64",
        "dossier.toml:9: limits.parts: \"0\" is not a number above zero; write a whole number above zero, such as 64",
        "environment variable DOSSIER_LIMITS_DOCUMENT_SIZE: limits.document_size: \"4GB\" has an unknown unit; \
         write a size with its unit (B, KiB, MiB, GiB, TiB), such as \"16MiB\" or \"1GiB\"",
        "dossier.toml:14: log.level: a boolean was given; write off, error, warn, info, debug or trace, \
         alone or by module, such as \"info,dossier::store=debug\"",
    ];
    let problems = case.problems();
    for line in expected {
        assert!(problems.iter().any(|problem| problem == line), "missing {line:?} in {problems:#?}");
    }
    assert_eq!(problems.len(), expected.len(), "{problems:#?}");
}

#[test]
fn what_is_not_toml_is_told_by_line_without_repeating_it() {
    let case = Case::new().file("[encryption]\nmaster_key = \"hush\nparts = = 2\n");
    let problems = case.problems();
    assert!(problems.iter().all(|problem| problem.contains("this is not TOML")), "{problems:?}");
    assert!(problems[0].starts_with("dossier.toml:2: "), "{problems:?}");
    assert!(!problems.join(" ").contains("hush"), "{problems:?}");
}

#[test]
fn a_missing_file_is_a_problem_of_its_own() {
    let mut case = Case::new();
    case.sources.file = Some(case.path());
    let problem = case.only_problem();
    assert!(problem.starts_with("dossier.toml: the settings file cannot be read"), "{problem}");
}

#[test]
fn a_key_with_a_line_break_stays_on_one_line() {
    let problem = Case::new().file("\"a\\nb\" = 1\n").only_problem();
    assert!(problem.contains("there is no setting a\\nb"), "{problem}");
}

#[test]
fn paths_start_where_they_were_written() {
    let case = Case::new()
        .file("[data]\ndirectory = \"state\"\n[encryption]\nmaster_key_file = \"keys/master\"\n")
        .variable("DOSSIER_ENCRYPTION_PREVIOUS_KEY_FILES", "old.key,<data>/older.key");
    let settings = case.load().unwrap().settings;
    let folder = case.folder.path();
    assert_eq!(settings.data.directory, folder.join("state"));
    assert_eq!(settings.contents.directory, folder.join("state/contents"));
    assert_eq!(settings.database.url.without_password(), format!("sqlite:{}/state/dossier.sqlite3", folder.display()));
    assert_eq!(settings.encryption.current_key(), Some(MasterKey::File(&folder.join("keys/master"))));
    assert_eq!(settings.encryption.previous_key_files, [PathBuf::from("old.key"), folder.join("state/older.key")]);
}

#[test]
fn the_data_folder_cannot_lie_within_itself() {
    let problem = Case::new().variable("DOSSIER_DATA_DIRECTORY", "<data>/data").only_problem();
    assert!(problem.contains("data.directory: \"<data>/data\" refers to itself"), "{problem}");
}

#[test]
fn no_secret_is_ever_repeated() {
    let case = Case::new()
        .variable("DOSSIER_ENCRYPTION_MASTER_KEY", KEY)
        .variable("DOSSIER_DATABASE_URL", "postgres://anna:hush@db.example/dossier");
    let loaded = case.load().unwrap();
    let shown = format!("{loaded:?}\n{}\n{}", super::print(&loaded), super::print_json(&loaded));
    assert!(!shown.contains("hush") && !shown.contains("0f0f"), "{shown}");
    assert!(shown.contains("encryption.master_key = (set)"), "{shown}");

    let wrong = Case::new()
        .file(&format!("[encryption]\nmaster_key = \"{KEY}0f\"\nprevious_key_files = []\n"))
        .variable("DOSSIER_DATABASE_URL", "anna:hush@db.example")
        .flag("--set encryption.master_key", "encryption.master_key", KEY);
    let problems = wrong.problems();
    assert_eq!(problems.len(), 3, "{problems:?}");
    assert!(!problems.join("\n").contains("hush") && !problems.join("\n").contains("0f0f"), "{problems:?}");
    assert!(problems[0].ends_with("set DOSSIER_ENCRYPTION_MASTER_KEY"), "{problems:?}");
}

#[test]
fn variables_of_the_tests_and_of_the_command_line_are_left_alone() {
    let case = Case::new().variable("DOSSIER_TEST_POSTGRES_URL", "x").variable("DOSSIER_CONFIG", "y");
    assert_eq!(case.load(), Case::new().load());
}

#[test]
fn an_empty_variable_takes_an_optional_setting_back() {
    let case = Case::new().file("[http]\npublic_url = \"https://x.example\"\n");
    assert!(case.load().unwrap().settings.http.public_url.is_some());
    assert!(case.variable("DOSSIER_HTTP_PUBLIC_URL", "").load().unwrap().settings.http.public_url.is_none());
}

#[test]
fn the_defaults_are_those_promised() {
    let settings = Case::new().load().unwrap().settings;
    assert_eq!(settings.data.directory, PathBuf::from("dossier-data"));
    assert_eq!(settings.domain.assigning_authorities[0].as_str(), "1.3.182.4.4");
    assert_eq!(settings.staged.keep, Duration::from_secs(24 * 3600));
    assert_eq!(settings.limits.soap_message_size.bytes(), 16 << 20);
    assert_eq!(settings.limits.document_size.bytes(), 4 << 30);
}
