//! The programs that are compared, and the folders that each works in.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// The rivals, as Python packages.
const RUST_DBT: &str = "dbt-core==2.0.0a4";
const PYTHON_DBT: [&str; 2] = ["dbt-core==1.11.16", "dbt-duckdb==1.11.1"];

/// One of the programs.
#[derive(Clone, Debug)]
pub struct Tool {
    pub name: &'static str,
    /// What the report calls it.
    pub title: &'static str,
    pub program: PathBuf,
    pub variables: Vec<(String, String)>,
}

impl Tool {
    /// The whole command line.
    pub fn command(&self, arguments: &[&str]) -> Vec<String> {
        let program = self.program.to_string_lossy().into_owned();
        let mut words = vec![program];
        words.extend(arguments.iter().map(|word| (*word).to_owned()));
        words.extend(["--profiles-dir", "."].map(str::to_owned));
        words
    }
}

/// The name of the first tool.
pub const HEADWATER: &str = "headwater";

/// Headwater, then the rivals, installed into `cache` where they are not there yet.
///
/// # Errors
/// A rival that cannot be installed; a driver that cannot be found.
pub fn tools(headwater: &Path, cache: &Path, python: bool) -> io::Result<Vec<Tool>> {
    let data = env::var_os("HEADWATER_DATA_DIR").map_or_else(|| cache.join("data"), PathBuf::from);
    let headwater = fs::canonicalize(headwater)?;
    checked(Command::new(&headwater).args(["driver", "install", "duckdb"]).env("HEADWATER_DATA_DIR", &data))?;
    let adbc = driver_folder(&data, cache)?;
    let quiet = [("DBT_SEND_ANONYMOUS_USAGE_STATS", "false"), ("DO_NOT_TRACK", "1")];
    let with = |name: &str, value: &Path| {
        let mut variables: Vec<(String, String)> =
            quiet.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        variables.push((name.into(), value.to_string_lossy().into_owned()));
        variables
    };
    let mut tools = vec![
        Tool {
            name: HEADWATER,
            title: "Headwater",
            program: headwater,
            variables: with("HEADWATER_DATA_DIR", &data),
        },
        Tool {
            name: "dbt2",
            title: "dbt-core 2.0.0a4",
            program: installed(cache, "dbt-2.0.0a4", &[RUST_DBT])?,
            variables: with("ADBC_DRIVER_PATH", &adbc),
        },
    ];
    if python {
        tools.push(Tool {
            name: "dbt1",
            title: "Python dbt 1.11.16",
            program: installed(cache, "dbt-1.11.16", &PYTHON_DBT)?,
            variables: with("HEADWATER_DATA_DIR", &data),
        });
    }
    Ok(tools)
}

fn installed(cache: &Path, name: &str, packages: &[&str]) -> io::Result<PathBuf> {
    let folder = cache.join(name);
    let (program, done) = (folder.join("bin/dbt"), folder.join(".done"));
    if !done.exists() {
        eprintln!("installing {}", packages.join(" "));
        checked(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        checked(Command::new(folder.join("bin/pip")).args(["install", "-q"]).args(packages))?;
        fs::write(done, "")?;
    }
    Ok(program)
}

/// A folder that tells the rival where DuckDB's library is, in the form of ADBC's driver manifests.
fn driver_folder(data: &Path, cache: &Path) -> io::Result<PathBuf> {
    let mut libraries: Vec<PathBuf> = fs::read_dir(data.join("drivers/duckdb"))?
        .flatten()
        .map(|entry| entry.path().join(format!("libduckdb{}", env::consts::DLL_SUFFIX)))
        .filter(|path| path.exists())
        .collect();
    libraries.sort();
    let library = libraries.pop().ok_or_else(|| io::Error::other("DuckDB's library is not installed"))?;
    let folder = cache.join("adbc");
    fs::create_dir_all(&folder)?;
    let link = folder.join(library.file_name().unwrap_or_default());
    fs::copy(&library, &link)?;
    let manifest = format!(
        "name = \"DuckDB\"\nversion = \"1\"\n\n[ADBC]\nversion = \"1.1.0\"\n\n[Driver]\nentrypoint = \
         \"duckdb_adbc_init\"\nshared = \"{}\"\n",
        link.display()
    );
    fs::write(folder.join("duckdb.toml"), manifest)?;
    Ok(folder)
}

/// Runs a command that must succeed.
pub fn checked(command: &mut Command) -> io::Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let said =
        String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    let program = command.get_program().to_string_lossy().into_owned();
    Err(io::Error::other(format!("`{program}` failed: {}", said.trim())))
}
