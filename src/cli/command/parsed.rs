//! What is told of a parse: how much of an earlier one was used, and perf_info.json.

use sha2::{Digest, Sha256};

use crate::cli::session::Session;
use crate::diag::Diagnostic;
use crate::event::{Event, Level};
use crate::invocation::DBT_VERSION;
use crate::jinja::context::env_var::SECRET_PREFIX;
use crate::pipeline::Opened;
use crate::project::Project;
use crate::report::artifacts::write_perf_info;
use crate::value::{Map, Str, Value, hex};

/// How a project came to be parsed.
pub enum How {
    Anew(Option<&'static str>),
    /// An earlier parse, but for these files.
    Renewed(Vec<String>),
    Unchanged,
}

impl How {
    pub fn of(session: &Session, opened: &Opened<'_>) -> How {
        match &opened.renewed {
            Some(renewed) => {
                let mut files: Vec<String> = renewed.nodes.iter().map(|id| file_of(opened, *id)).collect();
                files.sort_unstable();
                How::Renewed(files)
            }
            None if opened.parsed_by != session.invocation.id => How::Unchanged,
            None => How::Anew(opened.parsed_anew),
        }
    }
}

/// Tells how the project came to be parsed, under dbt's events.
pub fn tell(session: &Session, how: &How) {
    session.emit(state_check(session));
    match how {
        _ if !session.flags.parse.partial_parse => {
            session.emit(Event::message("PartialParsingNotEnabled", "Partial parsing not enabled"));
        }
        How::Anew(None) => {}
        How::Anew(Some(reason)) => {
            let text = format!("Unable to do partial parsing because {reason}");
            session.emit(Event::message("UnableToPartialParse", text).data("reason", *reason));
        }
        How::Renewed(files) => {
            session.emit(enabled(files.len()));
            for file in files {
                let text = format!("Partial parsing: updated file: {file}");
                let event = Event::message("PartialParsingFile", text).data("operation", "updated");
                session.emit(event.data("file_id", file.as_str()));
            }
        }
        How::Unchanged => {
            session.emit(enabled(0));
            session.emit(Event::note("Nothing changed, skipping partial parsing.").level(Level::Debug));
            let text = "Partial parsing enabled, no changes found, skipping parsing";
            session.emit(Event::message("PartialParsingSkipParsing", text));
        }
    }
}

/// The choices of the command line that a parse depends on, as a sum.
fn state_check(session: &Session) -> Event {
    let mut vars: Vec<(Str, Value)> =
        session.flags.vars.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    vars.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    let mut vars = vars.into_iter().collect::<Map>();
    let all = Value::Map(vars.clone()).py_repr();
    // The sum is over their values, the log has none of those that are named as secrets.
    for (_, value) in vars.iter_mut().filter(|(name, _)| name.starts_with(SECRET_PREFIX)) {
        *value = "*****".into();
    }
    let vars = Value::Map(vars).py_repr();
    let profiles = &session.flags.profiles;
    let [profile, target] =
        [&profiles.profile, &profiles.target].map(|name| name.as_deref().unwrap_or_default());
    let summed = [&all, profile, target, DBT_VERSION].join("\0");
    let checksum = hex(&Sha256::digest(summed));
    let shown = |name: &str| if name.is_empty() { "None".to_string() } else { name.to_string() };
    let text = format!(
        "checksum: {checksum}, vars: {vars}, profile: {}, target: {}, version: {DBT_VERSION}",
        shown(profile),
        shown(target)
    );
    let event = Event::message("StateCheckVarsHash", text).data("checksum", checksum).data("vars", vars);
    event.data("profile", profile).data("target", target).data("version", DBT_VERSION)
}

fn enabled(changed: usize) -> Event {
    let text = format!("Partial parsing enabled: 0 files deleted, 0 files added, {changed} files changed.");
    let count = i64::try_from(changed).unwrap_or(i64::MAX);
    Event::message("PartialParsingEnabled", text).data("deleted", 0).data("added", 0).data("changed", count)
}

fn file_of(opened: &Opened<'_>, id: crate::manifest::NodeId) -> String {
    let node = opened.graph.manifest.node(id);
    format!("{}://{}", node.package, node.original_file_path)
}

/// Writes perf_info.json and says where it is.
///
/// # Errors
/// A target folder that cannot be written.
pub fn perf_info(session: &Session, project: &Project, how: &How) -> Result<(), Diagnostic> {
    let path = project.target_path.join("perf_info.json");
    let parsed = match how {
        How::Anew(_) => (true, 0),
        How::Renewed(files) => (false, files.len()),
        How::Unchanged => (false, 0),
    };
    let seconds = (chrono::Utc::now() - session.invocation.started_at).as_seconds_f64();
    write_perf_info(&path, project, parsed, seconds).map_err(|error| {
        Diagnostic::error("cannot-write", format!("cannot write `{}`: {error}", path.display()))
    })?;
    let shown = path.display().to_string();
    let text = format!("Performance info: {shown}");
    session.emit(Event::message("ParsePerfInfoPath", text).data("path", shown));
    Ok(())
}
