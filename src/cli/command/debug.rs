//! `debug`: shows the set-up and tests the connection.
//!
//! <https://docs.getdbt.com/reference/commands/debug>

use std::process::{Command, Stdio};
use std::time::Instant;

use super::project::adapter_registered;
use super::{Exit, Outcome};
use crate::adapter::{Adapter, AdapterError, Execute, adapter_for};
use crate::cli::session::Session;
use crate::diag::{Diagnostic, render};
use crate::event::{Event, EventKind};
use crate::invocation::DBT_VERSION;
use crate::load;
use crate::project::Profile;
use crate::value::Str;
use crate::yaml::Yaml;

/// What a check found: fine, or a problem.
type Check<T> = Result<T, Diagnostic>;

pub fn run(session: &Session) -> Outcome {
    let flags = &session.flags;
    if flags.debug_command.config_dir {
        let folder = flags.profiles.profiles_dir.display().to_string();
        let text = format!("To view your profiles.yml file, run:\n\n{} {folder}", open_command());
        let event = Event::message("OpenCommand", text).data("open_cmd", open_command());
        session.emit(event.data("profiles_dir", folder));
        return Ok(Exit::Fine);
    }
    let out = |text: String| session.say("DebugCmdOut", text);
    out(format!("dbt version: {DBT_VERSION}"));
    out(format!("headwater version: {}", env!("CARGO_PKG_VERSION")));
    out(format!("os info: {} {}", std::env::consts::OS, std::env::consts::ARCH));
    let raw = load::raw_project(&flags.project_dir, session.sources, session.sink);
    let profile = passes_templates(profile(session, raw.as_ref().ok()))?;
    let project = passes_templates(project(session, raw.as_ref(), profile.as_ref().ok()))?;
    show_places(session);
    if let Ok(profile) = &profile {
        out(format!("adapter type: {}", profile.adapter_type));
        out(format!("adapter version: {}", env!("CARGO_PKG_VERSION")));
    }
    let mut problems: Vec<Diagnostic> = vec![];
    if flags.debug_command.connection {
        out("Skipping steps before connection verification".into());
    } else {
        out("Configuration:".into());
        out(format!("  profiles.yml file [{}]", verdict(&profile, "OK found and valid")));
        out(format!("  dbt_project.yml file [{}]", verdict(&project, "OK found and valid")));
        out("Required dependencies:".into());
        let git = check_git();
        session.say("DebugCmdResult", format!(" - git [{}]\n", verdict(&git, "OK found")));
        problems.extend(git.err());
    }
    match &profile {
        Ok(profile) => problems.extend(connection(session, profile).err()),
        Err(_) => out("Connection test skipped since no profile was found".into()),
    }
    let profile_fault = profile.err();
    problems.extend(profile_fault.clone());
    problems.extend(project.err());
    if problems.is_empty() {
        session.say("DebugCmdResult", "All checks passed!");
        return Ok(Exit::Fine);
    }
    let many = if problems.len() == 1 {
        "1 check failed:".into()
    } else {
        format!("{} checks failed:", problems.len())
    };
    session.say("DebugCmdResult", many);
    let of_profile = profile_fault.as_ref();
    for problem in problems {
        if of_profile == Some(&problem) {
            session.say("DebugCmdResult", "Profile loading failed for the following reason:");
        }
        session.say("DebugCmdResult", render::human(&problem, session.sources, false));
    }
    Ok(Exit::NodeFailed)
}

fn open_command() -> &'static str {
    match std::env::consts::OS {
        "macos" => "open",
        "windows" => "start",
        _ => "xdg-open",
    }
}

/// A template that does not render stops the command, as it stops every other one.
fn passes_templates<T>(check: Check<T>) -> Result<Check<T>, Diagnostic> {
    match check {
        Err(error) if error.code == "template" => Err(error),
        check => Ok(check),
    }
}

fn verdict<T>(check: &Check<T>, fine: &str) -> String {
    match check {
        Ok(_) => fine.to_string(),
        Err(error) if matches!(error.code, "no-project" | "profile-not-found") => "ERROR not found".into(),
        Err(_) => "ERROR invalid".into(),
    }
}

fn show_places(session: &Session) {
    let out = |text: String| session.say("DebugCmdOut", text);
    let folder = &session.flags.profiles.profiles_dir;
    let file = folder.join("profiles.yml");
    out(format!("Using profiles dir at {}", folder.display()));
    if file.is_file() {
        out(format!("Using profiles.yml file at {}", file.display()));
    } else {
        out(format!(
            "Using profiles.yml file at {} [not found: the embedded DuckDB is used]",
            file.display()
        ));
    }
    let project = &session.flags.project_dir;
    let file = load::find::project_file(project).unwrap_or_else(|| project.join(load::find::FILE_NAMES[0]));
    out(format!(
        "Using {} file at {}",
        file.file_name().unwrap_or_default().to_string_lossy(),
        file.display()
    ));
}

fn profile(session: &Session, raw: Option<&Yaml>) -> Check<Profile> {
    let empty;
    let raw = match raw {
        Some(raw) => raw,
        None => {
            let nowhere = crate::source::Span::new(crate::source::FileId(u32::MAX), 0, 0);
            empty = Yaml::from_value(crate::value::Value::Map(crate::value::Map::default()), nowhere);
            &empty
        }
    };
    load::load_profile(&session.load_request(), raw, session.sources, session.sink)
}

fn project(session: &Session, raw: Result<&Yaml, &Diagnostic>, profile: Option<&Profile>) -> Check<()> {
    raw.map_err(Clone::clone)?;
    load::load_config(&session.load_request(), profile, session.sources, session.sink).map(|_| ())
}

fn check_git() -> Check<()> {
    let status = Command::new("git").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        _ => Err(Diagnostic::error("no-git", "git is not installed; packages from repositories need it")),
    }
}

fn connection(session: &Session, profile: &Profile) -> Check<()> {
    let out = |text: String| session.say("DebugCmdOut", text);
    out("Connection:".into());
    let failed = |error: AdapterError| {
        let error_text = session.invocation.scrub(error.message);
        error.help.into_iter().fold(
            Diagnostic::error("connection", format!("the warehouse cannot be reached: {error_text}"))
                .note("dbt was unable to connect to the specified database."),
            Diagnostic::help,
        )
    };
    let adapter = adapter_for(&profile.adapter_type, &profile.credentials, &profile.base).map_err(failed)?;
    session.emit(adapter_registered(&profile.adapter_type));
    for (key, value) in adapter.credentials().connection_info() {
        out(format!("  {key}: {}", session.invocation.scrub(value.py_str())));
    }
    let answer = ask(session, &adapter).map_err(failed);
    out(format!("  Connection test: [{}]\n", if answer.is_ok() { "OK connection ok" } else { "ERROR" }));
    answer
}

/// Sends the smallest query, and tells the log of it.
fn ask(session: &Session, adapter: &dyn Adapter) -> Result<(), AdapterError> {
    const NAME: &str = "debug";
    const SQL: &str = "select 1 as id";
    let (conn_type, conn_name) = (Str::from(adapter.dialect().type_name()), Str::from(NAME));
    let emit = |kind| session.emit(Event::new(kind));
    emit(EventKind::NewConnection { conn_type: conn_type.clone(), conn_name: conn_name.clone() });
    emit(EventKind::ConnectionUsed { conn_type, conn_name: conn_name.clone() });
    emit(EventKind::SqlQuery { conn_name: conn_name.clone(), sql: SQL.into() });
    session.emit(Event::opening());
    let started = Instant::now();
    let answer = adapter.connect(NAME).execute(SQL, Execute::fetch())?;
    emit(EventKind::SqlQueryStatus {
        status: answer.response.message.as_str().into(),
        elapsed: started.elapsed().as_secs_f64(),
        query_id: answer.response.query_id.as_deref().unwrap_or_default().into(),
    });
    emit(EventKind::ConnectionClosed { conn_name });
    session.emit(Event::closed(NAME));
    Ok(())
}
