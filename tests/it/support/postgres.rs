//! A PostgreSQL cluster for the suite: the one of `DOSSIER_TEST_POSTGRES_URL`, or one started in a temporary folder.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};

use diesel::{Connection as _, PgConnection, RunQueryDsl as _, sql_query};
use uuid::Uuid;

/// Where databases can be created.
pub struct Cluster {
    /// URL of a database whose user may create others.
    url: String,
    /// The shell that stops the cluster and removes its folder once its standard input is closed: when this process
    /// ends, however it ends.
    _keeper: Option<(Child, ChildStdin)>,
}

/// Starts a cluster that only listens on a socket in its folder, says where that is, and waits for the end of its input.
const KEEPER: &str = r#"
set -e
folder=$(mktemp -d)
trap '"$BIN/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1; rm -rf "$folder"' EXIT
"$BIN/initdb" -D "$folder/data" -U dossier -A trust -E UTF8 --no-sync >/dev/null
options="-c listen_addresses= -c $SETTING -c max_connections=300 -k $folder"
"$BIN/pg_ctl" -D "$folder/data" -l "$folder/log" -o "$options" -w start >/dev/null
echo "$folder"
read -r _ || true
"#;

impl Cluster {
    /// The cluster of the environment, or a new one with this setting changed, such as `fsync=off`.
    pub fn find_or_start(setting: &str) -> Result<Self, String> {
        if let Ok(url) = std::env::var("DOSSIER_TEST_POSTGRES_URL") {
            return Ok(Self { url, _keeper: None });
        }
        let bin = programs().ok_or("neither DOSSIER_TEST_POSTGRES_URL is set nor is initdb installed")?;
        let mut keeper = keeper_command()?
            .env("BIN", &bin)
            .env("SETTING", setting)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .current_dir("/")
            .spawn()
            .map_err(|error| format!("no shell could be started: {error}"))?;
        let (Some(input), Some(output)) = (keeper.stdin.take(), keeper.stdout.take()) else {
            return Err("the shell has no pipes".to_owned());
        };
        let mut folder = String::new();
        BufReader::new(output).read_line(&mut folder).map_err(|error| error.to_string())?;
        if folder.trim().is_empty() {
            return Err(format!("the cluster of {} did not start", bin.display()));
        }
        let host = folder.trim().replace('/', "%2F");
        Ok(Self { url: format!("postgres://dossier@{host}/postgres"), _keeper: Some((keeper, input)) })
    }

    /// A new empty database; gives its URL.
    pub fn create_database(&self) -> String {
        let name = format!("dossier_test_{}", Uuid::new_v4().simple());
        let mut connection = PgConnection::establish(&self.url).unwrap();
        sql_query(format!("CREATE DATABASE {name}")).execute(&mut connection).unwrap();
        let (server, options) = self.url.split_once('?').map_or((self.url.as_str(), String::new()), |(s, o)| (s, format!("?{o}")));
        let (server, _) = server.rsplit_once('/').unwrap();
        format!("{server}/{name}{options}")
    }
}

/// PostgreSQL refuses to run as root.
fn keeper_command() -> Result<Command, String> {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if !is_root {
        let mut shell = Command::new("sh");
        shell.args(["-c", KEEPER]);
        return Ok(shell);
    }
    let user = ["postgres", "nobody"].into_iter().find(|user| Command::new("id").arg(user).output().is_ok_and(|id| id.status.success()));
    let user = user.ok_or("the tests run as root and there is no user postgres or nobody to run PostgreSQL as")?;
    let mut setpriv = Command::new("setpriv");
    setpriv.args([&format!("--reuid={user}"), "--regid=nogroup", "--clear-groups", "sh", "-c", KEEPER]);
    // The folder of root's own temporary files may be closed to others.
    setpriv.env_remove("TMPDIR");
    Ok(setpriv)
}

/// The folder with `initdb` and `pg_ctl`: the newest of Debian's, or wherever the path leads.
fn programs() -> Option<PathBuf> {
    let version = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok()).unwrap_or(0);
    let mut versions: Vec<_> = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|e| e.path()).collect();
    versions.sort_by_key(version);
    let debian = versions.into_iter().rev().map(|path| path.join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let others: Vec<_> = std::env::split_paths(&path).collect();
    debian.chain(others).find(|folder| folder.join("initdb").exists() && folder.join("pg_ctl").exists())
}

/// Writes past the capture of the test harness, so that the line is seen although the tests pass.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
