//! Fetching packages. npm and pip do it where they are at home: they know the user's registry,
//! proxy, certificates and passwords. A plain address is fetched directly.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{DriverSpec, Source};
use crate::adapter::error::{AdapterError, ErrorKind, Result};

/// The package of this platform: its name, as its registry knows it.
pub(super) fn package_name(source: &Source) -> Option<String> {
    match source {
        Source::Npm { package, .. } => Some(format!("{package}-{}", npm_platform()?)),
        Source::Wheel { package, .. } => Some((*package).to_string()),
        Source::Manual { .. } => None,
    }
}

/// The platform in npm's words: `linux-x64`.
pub(super) fn npm_platform() -> Option<String> {
    let os = match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        "linux" => "linux",
        _ => return None,
    };
    let arch = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        _ => return None,
    };
    let musl = if cfg!(target_env = "musl") { "-musl" } else { "" };
    Some(format!("{os}-{arch}{musl}"))
}

/// Fetches the package into `folder` and returns the file.
///
/// Errors: no npm or pip, or what they say.
pub(super) fn fetch(spec: &DriverSpec, folder: &Path) -> Result<PathBuf> {
    let unsupported = || {
        let platform = format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH);
        AdapterError::new(ErrorKind::MissingDriver, format!("there is no packaged driver for {platform}"))
    };
    let package = package_name(&spec.source).ok_or_else(unsupported)?;
    let version = spec.version().ok_or_else(unsupported)?;
    match spec.source {
        Source::Npm { .. } => {
            let wanted = format!("{package}@{version}");
            let output =
                client(&[&["npm"]], &["pack", &wanted, "--loglevel=error", "--pack-destination"], folder)?;
            check(&output, "npm", &wanted)?;
        }
        Source::Wheel { .. } => {
            let wanted = format!("{package}=={version}");
            let clients: &[&[&str]] =
                &[&["python3", "-m", "pip"], &["pip3"], &["pip"], &["python", "-m", "pip"]];
            let arguments = [
                "download",
                "--no-deps",
                "--only-binary=:all:",
                "--disable-pip-version-check",
                "-q",
                &wanted,
                "-d",
            ];
            check(&client(clients, &arguments, folder)?, "pip", &wanted)?;
        }
        Source::Manual { hint } => return Err(unsupported().help(hint)),
    }
    let file =
        folder.read_dir().ok().and_then(|mut entries| entries.find_map(|entry| Some(entry.ok()?.path())));
    file.ok_or_else(|| {
        AdapterError::new(ErrorKind::MissingDriver, format!("nothing was fetched for `{package}`"))
    })
}

/// Runs the first client there is, with the folder as its last argument.
fn client(clients: &[&[&str]], arguments: &[&str], folder: &Path) -> Result<Output> {
    for client in clients {
        let mut command = Command::new(client[0]);
        command.args(&client[1..]).args(arguments).arg(folder).env("npm_config_update_notifier", "false");
        // Left alone, npm waits more than a minute before it says that there is no network.
        for (name, value) in
            [("npm_config_fetch_retries", "1"), ("npm_config_fetch_retry_mintimeout", "2000")]
        {
            if std::env::var_os(name).is_none() {
                command.env(name, value);
            }
        }
        match command.output() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            // A Python without pip is no client.
            Ok(output) if String::from_utf8_lossy(&output.stderr).contains("No module named pip") => {}
            Ok(output) => return Ok(output),
            Err(error) => {
                return Err(AdapterError::new(
                    ErrorKind::MissingDriver,
                    format!("cannot run `{}`: {error}", client[0]),
                ));
            }
        }
    }
    let name = clients.last().map_or("", |client| client[0]);
    let name = if name == "python" { "pip" } else { name };
    Err(AdapterError::new(
        ErrorKind::MissingDriver,
        format!("`{name}` is needed to fetch the driver and is not installed"),
    ))
}

fn check(output: &Output, client: &str, wanted: &str) -> Result<()> {
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty() && !line.contains("warn"));
    let telling = ["404", "reason:", "ERROR", "No matching"];
    let line = lines().find(|line| telling.iter().any(|word| line.contains(word))).or_else(|| lines().next());
    let message = format!("{client} did not fetch `{wanted}`: {}", line.unwrap_or("no reason given"));
    Err(AdapterError::new(ErrorKind::MissingDriver, message))
}

/// Fetches an address into `file`. The system's certificates hold, and those of `SSL_CERT_FILE`.
///
/// Errors: the address does not answer, or not with the file.
pub(super) fn fetch_url(url: &str, file: &Path) -> Result<()> {
    let failed =
        |error: String| AdapterError::new(ErrorKind::MissingDriver, format!("cannot fetch `{url}`: {error}"));
    let tls = ureq::tls::TlsConfig::builder().root_certs(ureq::tls::RootCerts::PlatformVerifier).build();
    let agent: ureq::Agent = ureq::Agent::config_builder().tls_config(tls).build().into();
    let response = agent.get(url).call().map_err(|error| failed(error.to_string()))?;
    let mut body = response.into_body().into_reader();
    let mut file = File::create(file).map_err(|error| failed(error.to_string()))?;
    io::copy(&mut body, &mut file).map_err(|error| failed(error.to_string()))?;
    file.sync_all().map_err(|error| failed(error.to_string()))
}
