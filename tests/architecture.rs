//! Checks the import rules that `src/lib.rs` and `docs/architecture.md` state, by reading the source files.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a source file that cannot be read must fail the test"
)]

use std::path::{Path, PathBuf};

/// Which layer may name which. `src/lib.rs` and `docs/architecture.md` show the same lines.
const LAYERS: &str = "\
cli → server, client, demo, pki, sheets, wire, settings, model
server → transactions, access, store, wire, settings, model
transactions → access, sheets, wire, model
client → wire, model
demo → wire, model
pki → model
access → store, model
store → model
sheets → model
wire → model
settings → model
model → nothing
";

/// Files of the server that may name the store: they open it, sweep it and watch its health. An endpoint reaches it
/// through a door.
const STORE_IN_SERVER: [&str; 7] = [
    // The demo's authorization server looks people up for whom nobody calls yet.
    "server/demo_authorization/directory.rs",
    "server/backend.rs",
    "server/metrics.rs",
    "server/operations.rs",
    "server/readiness.rs",
    "server/start_error.rs",
    "server/sweep.rs",
];

/// Crates that only these folders or files of `src` may name.
const CRATES: [(&str, &[&str]); 22] = [
    ("diesel", &["store/"]),
    ("diesel_migrations", &["store/"]),
    ("libsqlite3_sys", &["store/"]),
    ("actix_web", &["server/"]),
    ("tokio", &["server/", "client/", "cli/"]),
    ("futures_util", &["server/", "client/"]),
    // The frame codec of MLLP is pure; the trait it fills is tokio's.
    ("tokio_util", &["server/", "client/", "wire/mllp.rs"]),
    ("openssl", &["store/", "server/", "client/", "pki/", "wire/saml/", "wire/jwt/", "wire/public_key.rs"]),
    ("jsonwebtoken", &["wire/jwt/"]),
    ("tokio_openssl", &["server/", "client/"]),
    ("actix_http", &["server/"]),
    ("actix_server", &["server/"]),
    ("actix_service", &["server/"]),
    ("x509_parser", &["server/"]),
    ("quick_xml", &["wire/xml/"]),
    ("fhirbolt_shared", &["wire/fhir/"]),
    ("flate2", &["wire/coding.rs", "wire/fhir/package.rs"]),
    ("brotli", &["wire/coding.rs"]),
    ("tar", &["wire/fhir/package.rs"]),
    ("krilla", &["sheets/"]),
    ("skrifa", &["sheets/"]),
    ("dejavu", &["sheets/"]),
];

/// Words of the language or of `std` that only these folders may use: the rest neither waits nor opens sockets.
const WORDS: [(&str, &[&str]); 5] = [
    ("async", &["server/", "client/", "cli/"]),
    ("await", &["server/", "client/", "cli/"]),
    ("TcpListener", &["server/", "client/"]),
    ("TcpStream", &["server/", "client/"]),
    ("UdpSocket", &["server/", "client/"]),
];

/// Words that say nothing of what a thing is.
const EMPTY_NAMES: [&str; 8] = ["manager", "helper", "util", "utils", "common", "processor", "impl", "misc"];

const MOST_LINES: usize = 450;

#[test]
fn layers_import_only_what_the_table_allows() {
    let found: Vec<_> = sources().iter().flat_map(|(path, text)| forbidden_imports(path, text)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn crates_are_named_only_where_they_belong() {
    let found: Vec<_> = sources().iter().flat_map(|(path, text)| misplaced_words(path, text)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_folder_is_a_layer() {
    let layers: Vec<_> = table().into_iter().map(|(layer, _)| layer).collect();
    for (path, _) in sources() {
        let (folder, _) = path.split_once('/').unwrap_or(("", ""));
        let stands_alone = ["lib.rs", "main.rs"].contains(&path.as_str());
        assert!(stands_alone || layers.contains(&folder), "src/{path} belongs to no layer; add it to the table or move it");
    }
}

#[test]
fn the_table_points_one_way() {
    let table = table();
    for (place, (layer, imports)) in table.iter().enumerate() {
        for import in imports {
            let target = table.iter().position(|(name, _)| name == import);
            assert!(target.is_some_and(|target| target > place), "{layer} → {import} does not point to a line further down");
        }
    }
}

#[test]
fn the_documents_show_the_table() {
    for document in ["src/lib.rs", "docs/architecture.md"] {
        let text = std::fs::read_to_string(root().join(document)).unwrap().replace("//! ", "");
        assert!(text.contains(LAYERS), "{document} does not show the lines of LAYERS as they stand in tests/architecture.rs");
    }
}

/// A server that is shipped has no way to keep no trail: what a bench needs for that is built on demand, and nothing asks for it.
#[test]
fn only_a_build_for_the_bench_can_do_without_a_trail() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let asking = manifest.lines().filter(|line| line.contains("no-op-recorder") && !line.starts_with('#'));
    assert_eq!(asking.collect::<Vec<_>>(), ["no-op-recorder = []"]);
    let condition = "#[cfg(feature = \"no-op-recorder\")]";
    let mut conditions = Vec::new();
    for (path, text) in sources().into_iter().filter(|(path, _)| !path.ends_with("access/no_op_recorder.rs")) {
        let lines: Vec<_> = text.lines().map(str::trim).collect();
        for (number, line) in lines.iter().enumerate().filter(|(_, line)| line.contains("no_op_recorder")) {
            assert!(number > 0 && lines[number - 1] == condition, "{path}:{}: {line} stands under no {condition}", number + 1);
        }
        conditions.extend(lines.iter().filter(|line| line.contains("no-op-recorder")).map(|line| (path.clone(), (*line).to_owned())));
    }
    let allowed = ["access/door.rs", "access/door.rs", "access/mod.rs"].map(|path| (path.to_owned(), condition.to_owned()));
    conditions.sort();
    assert_eq!(conditions, allowed, "these lines and no others stand under the feature");
}

#[test]
fn files_stay_readable() {
    let long = sources().into_iter().filter(|(_, text)| text.lines().count() > MOST_LINES).map(|(path, _)| path);
    let long: Vec<_> = long.collect();
    assert!(long.is_empty(), "over {MOST_LINES} lines, so more than one idea: {}", long.join(", "));
}

#[test]
fn mod_files_hold_no_functions() {
    let is_index = |path: &str| path.ends_with("/mod.rs") && !path.ends_with("/tests/mod.rs");
    let found: Vec<_> = sources().into_iter().filter(|(path, text)| is_index(path) && tokens(text).contains(&"fn")).collect();
    assert!(found.is_empty(), "functions live in a file with a name: {:?}", found.iter().map(|(path, _)| path).collect::<Vec<_>>());
}

#[test]
fn modules_are_named_after_what_they_hold() {
    for (path, _) in sources() {
        let named_so = path.trim_end_matches(".rs").split(['/', '_']).find(|word| EMPTY_NAMES.contains(word));
        assert_eq!(named_so, None, "src/{path}: name it after what it holds, in the words of the standard");
    }
}

#[test]
fn an_injected_reverse_import_is_found() {
    let reverse = [
        ("model/code.rs", "use crate::wire::xml::Element;"),
        ("wire/soap/fault.rs", "fn f(store: &crate::store::Store) {}"),
        ("transactions/iti18.rs", "use crate::{\n    model::code::Code,\n    store::{Read, Write},\n};"),
        ("access/door.rs", "use super::super::wire::soap;"),
        ("store/contents/mod.rs", "use super::super::{access::Door};"),
        ("store/entries.rs", "use super::{super::server::startup, rows};"),
        ("model/mod.rs", "mod tests { use super::super::cli; }"),
        ("client/mllp.rs", "use crate::*;"),
        ("server/soap_endpoint.rs", "use crate::store::Store;"),
    ];
    for (path, source) in reverse {
        assert_eq!(forbidden_imports(path, source).len(), 1, "{path}: {source}");
    }
}

#[test]
fn an_allowed_import_is_not_found() {
    let allowed = [
        ("access/door.rs", "use crate::{model::code::Code, store::Read};\nuse super::Failure;"),
        ("access/mod.rs", "mod tests { use super::*; }"),
        ("store/entries.rs", "//! Not [`crate::wire`].\n/* crate::server /* crate::cli */ */ const A: &str = r#\"crate::access\"#;"),
        ("wire/mllp.rs", "const QUOTE: char = '\"'; /// crate::store\nconst B: &str = \"\\\"crate::store\"; pub(crate) fn f<'a>() {}"),
    ];
    for (path, source) in allowed {
        assert_eq!(forbidden_imports(path, source), Vec::<String>::new(), "{path}: {source}");
    }
}

#[test]
fn a_misplaced_crate_is_found() {
    assert_eq!(misplaced_words("access/door.rs", "use diesel::prelude::*;").len(), 1);
    assert_eq!(misplaced_words("transactions/iti41.rs", "pub async fn perform() {}").len(), 1);
    assert_eq!(misplaced_words("wire/mtom/multipart.rs", "use tokio_util::codec::Decoder;").len(), 1);
    assert!(misplaced_words("wire/mllp.rs", "use tokio_util::codec::Decoder; // not tokio").is_empty());
}

/// The table: each layer with what it may name besides itself.
fn table() -> Vec<(&'static str, Vec<&'static str>)> {
    let row = |line: &'static str| {
        let (layer, imports) = line.split_once(" → ").unwrap();
        (layer, imports.split(", ").filter(|name| *name != "nothing").collect())
    };
    LAYERS.lines().map(row).collect()
}

/// What a file names that its layer may not.
fn forbidden_imports(path: &str, source: &str) -> Vec<String> {
    let table = table();
    let layer = path.split('/').next().unwrap();
    let Some((_, allowed)) = table.iter().find(|(name, _)| *name == layer) else { return Vec::new() };
    let past_the_door = layer == "server" && !STORE_IN_SERVER.contains(&path);
    let is_layer = |name: &str| table.iter().any(|(known, _)| *known == name);
    let allows = |name: &str| name == layer || (allowed.contains(&name) && !(past_the_door && name == "store"));
    let may_not = |name: &&str| *name == "*" || (is_layer(name) && !allows(name));
    let named = names_at_the_root(path, &tokens(source));
    named.into_iter().filter(|name| may_not(name)).map(|name| format!("src/{path}: {layer} may not import {name}")).collect()
}

/// The first names of all paths that begin at the crate's root: of `crate::x`, of `super::…::x` as far as it climbs that
/// high, and of each path in a group.
fn names_at_the_root<'a>(path: &str, tokens: &[&'a str]) -> Vec<&'a str> {
    let depth = path.trim_end_matches("/mod.rs").split('/').count();
    let mut names = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match *token {
            "crate" if tokens[at + 1..].starts_with(&[":", ":"]) => collect_names(&tokens[at + 3..], 0, &mut names),
            "super" => {
                let mut climbed = Vec::new();
                collect_names(&tokens[at..], depth, &mut climbed);
                // `super::*` names nothing: inside a test module it is the file itself.
                names.extend(climbed.into_iter().filter(|name| *name != "*"));
            }
            _ => {}
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// Follows a path that begins `above` modules below the crate's root. A module inside the file lies one deeper, so that a
/// path may climb once more than is needed.
fn collect_names<'a>(path: &[&'a str], above: usize, names: &mut Vec<&'a str>) {
    match path.first() {
        Some(&"super") if path[1..].starts_with(&[":", ":"]) => collect_names(&path[3..], above.saturating_sub(1), names),
        Some(&"{") => {
            let mut depth = 0_usize;
            for (at, token) in path.iter().enumerate() {
                match *token {
                    "{" => depth += 1,
                    "}" => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    break;
                }
                if depth == 1 && ["{", ","].contains(token) {
                    collect_names(&path[at + 1..], above, names);
                }
            }
        }
        Some(name) if above == 0 => names.push(name),
        _ => {}
    }
}

/// The crates and words that a file uses although they belong elsewhere, each once.
fn misplaced_words(path: &str, source: &str) -> Vec<String> {
    let tokens = tokens(source);
    let belongs_elsewhere = |places: &[&str]| path.contains('/') && !places.iter().any(|place| path.starts_with(place));
    let misplaced = CRATES.iter().chain(&WORDS).filter(|(word, places)| belongs_elsewhere(places) && tokens.contains(word));
    misplaced.map(|(word, places)| format!("src/{path}: only {} may name {word}", places.join(", "))).collect()
}

/// Identifiers and single signs, without comments and literals.
fn tokens(mut rest: &str) -> Vec<&str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    while let Some(first) = rest.chars().next() {
        let length = match skipped(rest) {
            Some(length) => length,
            None => {
                let length = if is_word(first) { rest.find(|c| !is_word(c)).unwrap_or(rest.len()) } else { first.len_utf8() };
                found.push(&rest[..length]);
                length
            }
        };
        rest = &rest[length..];
    }
    found
}

/// The length of the white space, comment or literal that the text begins with.
fn skipped(text: &str) -> Option<usize> {
    if text.starts_with(char::is_whitespace) {
        Some(text.len() - text.trim_start().len())
    } else if text.starts_with("//") {
        Some(text.find('\n').unwrap_or(text.len()))
    } else if text.starts_with("/*") {
        Some(block_comment(text))
    } else if text.starts_with('"') {
        Some(quoted(text))
    } else if let Some(character) = text.strip_prefix('\'') {
        // A lifetime is one quotation mark before a word, a character has one behind it too.
        let mut characters = character.char_indices();
        match (characters.next(), characters.next()) {
            (Some((_, '\\')), Some((at, escaped))) => {
                let behind = at + escaped.len_utf8();
                Some(1 + behind + character[behind..].find('\'')? + 1)
            }
            (Some(_), Some((at, '\''))) => Some(1 + at + 1),
            _ => Some(1),
        }
    } else {
        raw_string(text)
    }
}

fn block_comment(text: &str) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while at < text.len() {
        match text.as_bytes().get(at..at + 2) {
            Some(b"/*") => (at, depth) = (at + 2, depth + 1),
            Some(b"*/") => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn quoted(text: &str) -> usize {
    let mut escaped = true; // the opening mark ends nothing
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' if !escaped => return at + 1,
            b'\\' if !escaped => escaped = true,
            _ => escaped = false,
        }
    }
    text.len()
}

fn raw_string(text: &str) -> Option<usize> {
    let marks = text.strip_prefix('b').unwrap_or(text).strip_prefix('r')?;
    let hashes = marks.len() - marks.trim_start_matches('#').len();
    let inside = marks[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(text.len() - inside.len() + inside.find(&end)? + end.len())
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All source files: path below `src`, text.
fn sources() -> Vec<(String, String)> {
    let src = root().join("src");
    let mut folders: Vec<PathBuf> = vec![src.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let below = path.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/");
                files.push((below, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(files.len() > 50, "the source files were not found");
    files
}
