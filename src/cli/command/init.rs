//! `init`: a small project that builds at once, on the embedded DuckDB or on a warehouse.

use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;

use super::{Exit, Outcome};
use crate::adapter::library;
use crate::cli::parse::usage;
use crate::cli::session::Session;
use crate::diag::Diagnostic;
use crate::event::Event;
use crate::load::find;
use crate::source::FileId;
use crate::yaml;

/// Files of a new project. `{name}` and `{profile}` are filled in.
const FILES: &[(&str, &str)] = &[
    ("dbt_project.yml", include_str!("../starter/dbt_project.yml")),
    ("README.md", include_str!("../starter/README.md")),
    (".gitignore", include_str!("../starter/gitignore")),
    ("models/example/orders.sql", include_str!("../starter/models/example/orders.sql")),
    ("models/example/orders_by_month.sql", include_str!("../starter/models/example/orders_by_month.sql")),
    ("models/example/schema.yml", include_str!("../starter/models/example/schema.yml")),
    ("seeds/raw_orders.csv", include_str!("../starter/seeds/raw_orders.csv")),
    ("macros/.gitkeep", ""),
    ("tests/.gitkeep", ""),
    ("snapshots/.gitkeep", ""),
    ("analyses/.gitkeep", ""),
];

/// Warehouses that can be set up, with the lines of their output in profiles.yml. Passwords come
/// from the environment.
const WAREHOUSES: &[(&str, &str)] = &[
    (
        "postgres",
        "type: postgres\nhost: localhost\nport: 5432\nuser: me\npassword: \"{{ env_var('DBT_ENV_SECRET_PASSWORD') }}\"\ndbname: analytics\nschema: dev\nthreads: 4\n",
    ),
    (
        "snowflake",
        "type: snowflake\naccount: my-account\nuser: me\npassword: \"{{ env_var('DBT_ENV_SECRET_PASSWORD') }}\"\nrole: transformer\nwarehouse: transforming\ndatabase: analytics\nschema: dev\nthreads: 8\n",
    ),
    ("bigquery", "type: bigquery\nmethod: oauth\nproject: my-project\ndataset: dev\nthreads: 8\n"),
    (
        "redshift",
        "type: redshift\nhost: my-cluster.example.com\nport: 5439\nuser: me\npassword: \"{{ env_var('DBT_ENV_SECRET_PASSWORD') }}\"\ndbname: analytics\nschema: dev\nthreads: 4\n",
    ),
    (
        "databricks",
        "type: databricks\nhost: my-workspace.cloud.databricks.com\nhttp_path: /sql/1.0/warehouses/id\ntoken: \"{{ env_var('DBT_ENV_SECRET_TOKEN') }}\"\ncatalog: main\nschema: dev\nthreads: 8\n",
    ),
];

pub fn run(session: &Session) -> Outcome {
    let flags = &session.flags;
    let folder = &session.surroundings.folder;
    if find::project_file(&flags.project_dir).is_some() {
        return existing(session);
    }
    let name = match &flags.operation.project_name {
        Some(name) => name.to_string(),
        None => ask("Name of the project (letters, digits, `_`)")?,
    };
    check_name(&name)?;
    let root = folder.join(&name);
    if root.exists() {
        let text = format!("`{name}` exists here already; nothing was changed");
        session.emit(Event::message("ProjectNameAlreadyExists", text).data("name", name));
        return Ok(Exit::Fine);
    }
    let profile = match &flags.profiles.profile {
        Some(profile) => {
            check_profile(session, profile)?;
            profile.to_string()
        }
        None => name.clone(),
    };
    create(&root, &name, &profile)?;
    let text = format!("The project `{name}` is in `{}`", root.display());
    session.emit(Event::message("ProjectCreated", text).data("project_name", name.as_str()));
    let asks = !flags.operation.skip_profile_setup
        && flags.profiles.profile.is_none()
        && std::io::stdin().is_terminal();
    if asks {
        set_up_profile(session, &profile)?;
    }
    session.say("Note", format!("Build it: cd {name} && headwater build"));
    Ok(Exit::Fine)
}

/// Inside a project there is only a profile to set up.
fn existing(session: &Session) -> Outcome {
    let flags = &session.flags;
    if flags.profiles.profile.is_some() {
        return Err(usage("this folder holds a project already; write its profile into the project file")
            .note("Can not init existing project with specified profile, edit dbt_project.yml instead"));
    }
    let raw = crate::load::raw_project(&flags.project_dir, session.sources, session.sink)?;
    let name = |key: &str| raw.get(key).and_then(yaml::Yaml::as_str).map(str::to_string);
    if !flags.operation.skip_profile_setup
        && std::io::stdin().is_terminal()
        && let Some(profile) = name("profile").or_else(|| name("name"))
    {
        set_up_profile(session, &profile)?;
    }
    session.say("Note", format!("`{}` is a project", flags.project_dir.display()));
    Ok(Exit::Fine)
}

fn check_name(name: &str) -> Result<(), Diagnostic> {
    let starts_well = name.chars().next().is_some_and(|c| c == '_' || c.is_alphabetic());
    let valid = starts_well && name.chars().all(|c| c == '_' || c.is_alphanumeric());
    if !valid || library::package(name).is_some() {
        return Err(usage(format!("`{name}` is not a valid project name: use letters, digits and `_`")));
    }
    Ok(())
}

fn check_profile(session: &Session, profile: &str) -> Result<(), Diagnostic> {
    let file = session.flags.profiles.profiles_dir.join("profiles.yml");
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    let known = yaml::parse(&text, FileId(u32::MAX)).ok().and_then(|parsed| parsed.0);
    if known.is_some_and(|tree| tree.get(profile).is_some()) {
        return Ok(());
    }
    Err(Diagnostic::error(
        "profile-not-found",
        format!("there is no profile `{profile}` in `{}`", file.display()),
    )
    .note(format!("Could not find profile named '{profile}'")))
}

fn create(root: &Path, name: &str, profile: &str) -> Result<(), Diagnostic> {
    for (path, text) in FILES {
        let path = root.join(path);
        let text = text.replace("{name}", name).replace("{profile}", profile);
        let written =
            path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, text));
        written.map_err(|error| cannot_write(&path, &error))?;
    }
    Ok(())
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error("output", format!("cannot write `{}`: {error}", path.display()))
}

/// A line that the user types.
fn ask(question: &str) -> Result<String, Diagnostic> {
    let mut stderr = std::io::stderr();
    // The question is lost when stderr is closed; the answer may come all the same.
    let _ = write!(stderr, "{question}: ").and_then(|()| stderr.flush());
    let mut line = String::new();
    match std::io::stdin().lock().read_line(&mut line) {
        Ok(1..) => Ok(line.trim().to_string()),
        _ => Err(usage("no answer: name the project on the command line, as in `init my_project`")),
    }
}

/// Writes an output for the warehouse that the user chooses into profiles.yml.
fn set_up_profile(session: &Session, profile: &str) -> Result<(), Diagnostic> {
    let folder = &session.flags.profiles.profiles_dir;
    let file = folder.join("profiles.yml");
    if check_profile(session, profile).is_ok() {
        session.say("Note", format!("The profile `{profile}` stands in `{}` already", file.display()));
        return Ok(());
    }
    let mut question = String::from("Which warehouse?\n  [1] duckdb, embedded (nothing to set up)\n");
    for (index, (name, _)) in WAREHOUSES.iter().enumerate() {
        question += &format!("  [{}] {name}\n", index + 2);
    }
    let answer = ask(&(question + "Number"))?;
    let chosen = match answer.parse::<usize>() {
        Ok(1) => None,
        Ok(number) => Some(
            number
                .checked_sub(2)
                .and_then(|index| WAREHOUSES.get(index))
                .ok_or_else(|| usage(format!("`{answer}` is not on the list")))?,
        ),
        Err(_) => return Err(usage(format!("`{answer}` is not a number"))),
    };
    // A profiles.yml without the project's profile would be in the way of the embedded database.
    let lines = match chosen {
        Some((_, lines)) => *lines,
        None if file.exists() => "type: duckdb\npath: dev.duckdb\nthreads: 4\n",
        None => return Ok(()),
    };
    let output: String = lines.lines().map(|line| format!("      {line}\n")).collect();
    let text = format!("{profile}:\n  target: dev\n  outputs:\n    dev:\n{output}");
    let mut old = std::fs::read_to_string(&file).unwrap_or_default();
    if !old.is_empty() {
        old = format!("{}\n\n", old.trim_end());
    }
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&file, old + &text))
        .map_err(|error| cannot_write(&file, &error))?;
    let shown = file.display().to_string();
    let text = format!("The profile `{profile}` is in `{shown}`: fill in your own values");
    session.emit(Event::message("ProfileWrittenWithSample", text).data("name", profile).data("path", shown));
    Ok(())
}
