//! Programs that run emitted scripts: DuckDB's command line, and a PostgreSQL server of the test's own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::program::tool;

/// Rows of a query, all cells as text.
type Rows = Vec<Vec<String>>;

/// How NULL shows.
const NULL: &str = "<null>";

#[track_caller]
fn checked(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().expect("the program starts");
    let said = String::from_utf8_lossy(&stderr);
    assert!(status.success(), "{command:?}: {said}");
    String::from_utf8_lossy(&stdout).into_owned()
}

fn rows(csv: &str) -> Rows {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    reader.records().map(|row| row.expect("a row").iter().map(str::to_string).collect()).collect()
}

/// The stock DuckDB program.
pub struct Duck(PathBuf);

impl Duck {
    /// The one that `HEADWATER_DUCKDB_CLI` names.
    pub fn find() -> Option<Duck> {
        tool("HEADWATER_DUCKDB_CLI", "running scripts with DuckDB's program").map(Duck)
    }

    #[track_caller]
    pub fn run(&self, database: &Path, script: &Path) {
        checked(Command::new(&self.0).arg("-bail").arg(database).arg("-f").arg(script));
    }

    /// Runs a script and gives the rows of all its queries.
    #[track_caller]
    pub fn answers(&self, database: &Path, script: &Path) -> Rows {
        let mut command = Command::new(&self.0);
        command.arg("-bail").arg(database).args(["-csv", "-noheader", "-f"]).arg(script);
        rows(&checked(&mut command))
    }

    #[track_caller]
    pub fn query(&self, database: &Path, sql: &str) -> Rows {
        let mut command = Command::new(&self.0);
        command.arg("-readonly").arg(database).args(["-csv", "-noheader", "-nullvalue", NULL, "-c", sql]);
        rows(&checked(&mut command))
    }

    /// Tables and views of two databases that are not in both, or whose rows differ in columns other than
    /// `volatile`.
    #[track_caller]
    pub fn differing(&self, ours: &Path, theirs: &Path, volatile: &[&str]) -> Vec<String> {
        let tables = "select table_schema, table_name, list(column_name order by ordinal_position)::json
            from information_schema.columns group by all order by all";
        let (all, others) = (self.query(ours, tables), self.query(theirs, tables));
        assert!(!all.is_empty());
        let mut wrong: Vec<String> = all
            .iter()
            .filter(|table| !others.contains(table))
            .chain(others.iter().filter(|table| !all.contains(table)))
            .map(|table| format!("only one has {table:?}"))
            .collect();
        let attached = format!("attach '{}' as theirs (read_only); ", theirs.display());
        let counts = all.iter().map(|table| {
            let columns: Vec<String> = serde_json::from_str(&table[2]).expect("a list");
            let columns: Vec<String> = columns
                .iter()
                .filter(|name| !volatile.contains(&name.as_str()))
                .map(|name| format!("\"{name}\""))
                .collect();
            let select = |catalog: &str| {
                format!("select {} from {catalog}\"{}\".\"{}\"", columns.join(", "), table[0], table[1])
            };
            let (a, b) = (select(""), select("theirs."));
            format!(
                "select '{}', (select count(*) from (({a} except all {b}) union all ({b} except all {a})))",
                table[1]
            )
        });
        // Views of the other database name its own catalog, which is the first one here; its tables say all.
        let is_view = "select table_name from information_schema.tables where table_type = 'VIEW'";
        let views: Vec<String> = self.query(ours, is_view).into_iter().map(|row| row[0].clone()).collect();
        let tables: Vec<String> = counts
            .zip(&all)
            .filter(|(_, table)| !views.contains(&table[1]))
            .map(|(count, _)| count)
            .collect();
        assert!(!tables.is_empty());
        let found = self.query(ours, &(attached + &tables.join(" union all ")));
        wrong.extend(
            found
                .into_iter()
                .filter(|row| row[1] != "0")
                .map(|row| format!("{}: {} rows differ", row[0], row[1])),
        );
        wrong
    }
}

/// A server with an empty database `segmentation`, gone when dropped.
pub struct Postgres {
    programs: PathBuf,
    folder: TempDir,
}

impl Postgres {
    /// Starts the server that is installed; none when none is, which stderr tells.
    pub fn start() -> Option<Postgres> {
        let programs = std::env::var_os("HEADWATER_POSTGRES_BIN").map(PathBuf::from);
        let programs = programs.unwrap_or_else(|| "/usr/lib/postgresql/15/bin".into());
        if !programs.join("initdb").exists() || Command::new("psql").arg("--version").output().is_err() {
            eprintln!("skipped: running scripts on PostgreSQL ({} has no server)", programs.display());
            return None;
        }
        let folder = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").expect("a folder");
        let server = Postgres { programs, folder };
        if is_root() {
            checked(Command::new("chown").arg("postgres").arg(server.folder.path()));
        }
        let data = server.data();
        server.as_owner(
            "initdb",
            &["-D", &data, "-A", "trust", "-U", "postgres", "--locale=C.UTF-8", "-E", "UTF8"],
        );
        let socket = server.folder.path().to_string_lossy().into_owned();
        let options = format!("-k {socket} -c listen_addresses='' -c fsync=off");
        let log = format!("{socket}/log");
        server.as_owner("pg_ctl", &["-D", &data, "-o", &options, "-l", &log, "-w", "start"]);
        server.psql("postgres", &["-c", "create database segmentation"]);
        Some(server)
    }

    /// The folder of its socket, which clients take for a host.
    pub fn host(&self) -> &Path {
        self.folder.path()
    }

    fn data(&self) -> String {
        self.folder.path().join("data").to_string_lossy().into_owned()
    }

    /// Runs a program of the server, which refuses to run as root.
    #[track_caller]
    fn as_owner(&self, program: &str, arguments: &[&str]) {
        let path = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        // The server keeps the streams that it was started with.
        let status = command
            .args(arguments)
            .current_dir(self.folder.path())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status();
        assert!(status.expect("the program starts").success(), "{program} {arguments:?}");
    }

    #[track_caller]
    fn psql(&self, database: &str, arguments: &[&str]) -> String {
        let mut command = Command::new("psql");
        command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-h"]);
        checked(command.arg(self.folder.path()).args(arguments))
    }

    /// Copies all tables of a DuckDB database, by way of CSV files in `folder`.
    #[track_caller]
    pub fn load(&self, duck: &Duck, database: &Path, folder: &Path) {
        std::fs::create_dir_all(folder).expect("a folder");
        let columns = "select table_schema, table_name, column_name, data_type
            from information_schema.columns order by 1, 2, ordinal_position";
        let mut tables: Vec<(String, String, Vec<String>)> = vec![];
        for row in duck.query(database, columns) {
            let data_type = if row[3] == "DOUBLE" { "double precision" } else { &row[3] };
            let column = format!("\"{}\" {data_type}", row[2]);
            match tables.last_mut() {
                Some((schema, name, columns)) if *schema == row[0] && *name == row[1] => columns.push(column),
                _ => tables.push((row[0].clone(), row[1].clone(), vec![column])),
            }
        }
        let mut script = String::new();
        for (schema, name, columns) in tables {
            let file = folder.join(format!("{schema}.{name}.csv"));
            let file = file.display();
            duck.query(database, &format!("copy \"{schema}\".\"{name}\" to '{file}' (header)"));
            script += &format!("create schema if not exists \"{schema}\";\n");
            script += &format!("create table \"{schema}\".\"{name}\" ({});\n", columns.join(", "));
            script += &format!("\\copy \"{schema}\".\"{name}\" from '{file}' (format csv, header true)\n");
        }
        let path = folder.join("load.sql");
        std::fs::write(&path, script).expect("written");
        self.run(&path);
    }

    #[track_caller]
    pub fn run(&self, script: &Path) {
        self.psql("segmentation", &["-f", &script.to_string_lossy()]);
    }

    #[track_caller]
    pub fn query(&self, sql: &str) -> Rows {
        rows(&self.psql("segmentation", &["--csv", "-t", "-P", &format!("null={NULL}"), "-c", sql]))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if Path::new(&self.data()).join("postmaster.pid").exists() {
            self.as_owner("pg_ctl", &["-D", &self.data(), "-m", "immediate", "stop"]);
        }
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}
