//! Arguments and environment to values: what was given, and where it came from.

use clap::ArgMatches;
use rustc_hash::FxHashMap;

use super::command_line::negation;
use super::commands::{self, CommandSpec};
use super::convert::convert;
use super::options::{GLOBAL, Kind, OptionSpec, ROOT_ONLY};
use crate::diag::Diagnostic;
use crate::env::Env;
use crate::value::{Map, Str, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    CommandLine,
    Environment,
}

#[derive(Clone, Debug)]
pub struct Given {
    pub value: Value,
    pub source: Source,
}

/// What the user said.
#[derive(Debug)]
pub struct Parsed {
    pub command: &'static CommandSpec,
    /// The last word that called it: `ls` for `list`.
    pub word: String,
    /// The word behind the command's name.
    pub argument: Option<Str>,
    /// Values by their options' names.
    pub given: FxHashMap<&'static str, Given>,
}

impl Parsed {
    /// A text that was given.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.given.get(name)?.value.as_str()
    }

    /// All options that the command knows, its own first.
    pub fn specs(&self) -> impl Iterator<Item = &'static OptionSpec> {
        let own = self.command.options.iter().copied();
        own.chain(GLOBAL.iter()).chain(ROOT_ONLY.iter())
    }
}

/// A mistake in the arguments.
pub fn usage(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error("usage", message)
}

/// Reads the values of the command that `root` names.
///
/// # Errors
/// A value that is not of its option's kind; an option both before and after the command's name.
pub fn read(root: &ArgMatches, env: &Env) -> Result<Parsed, Diagnostic> {
    let mut levels = vec![root];
    let mut words = vec![];
    let mut at = root;
    while let Some((word, matches)) = at.subcommand() {
        words.push(word);
        levels.push(matches);
        at = matches;
    }
    let command = commands::find(&words).ok_or_else(|| usage("this is not a command"))?;
    let argument = command
        .argument
        .as_ref()
        .and_then(|argument| at.get_one::<String>(argument.name))
        .map(|word| Str::from(word.as_str()));
    let word = words.last().copied().unwrap_or_default().to_string();
    let mut parsed = Parsed { command, word, argument, given: FxHashMap::default() };
    for spec in parsed.specs().collect::<Vec<_>>() {
        if let Some(given) = given(spec, &levels, env)? {
            parsed.given.insert(spec.name, given);
        }
    }
    Ok(parsed)
}

fn given(spec: &OptionSpec, levels: &[&ArgMatches], env: &Env) -> Result<Option<Given>, Diagnostic> {
    let mut found = None;
    for matches in levels {
        let Some(value) = from_matches(spec, matches)? else { continue };
        if found.replace(value).is_some() {
            return Err(usage(format!("`{}` stands both before and after the command", spec.shown()))
                .help("give it once")
                .note(format!(
                    "{} was provided both before and after the subcommand, it can only be set either before or after.",
                    spec.name
                )));
        }
    }
    if let Some(value) = found {
        return Ok(Some(Given { value, source: Source::CommandLine }));
    }
    let value = from_environment(spec, env)?;
    Ok(value.map(|value| Given { value, source: Source::Environment }))
}

/// The values of `command` as an earlier invocation stored them under dbt's names, and those of the
/// environment for the rest.
///
/// # Errors
/// A value of the environment that is not of its option's kind.
pub fn from_stored(command: &'static CommandSpec, stored: &Map, env: &Env) -> Result<Parsed, Diagnostic> {
    let argument = command.argument.as_ref().and_then(|argument| stored.get(argument.name));
    let mut parsed = Parsed {
        command,
        word: command.path.last().map(|word| word.to_string()).unwrap_or_default(),
        argument: argument.and_then(Value::as_shared_str).cloned(),
        given: FxHashMap::default(),
    };
    for spec in parsed.specs().collect::<Vec<_>>() {
        let is_empty = |value: &Value| value.is_null() || value.as_list().is_some_and(<[Value]>::is_empty);
        let given = match stored.get(spec.name).filter(|value| !is_empty(value)) {
            Some(value) => Some((stored_value(spec, value), Source::CommandLine)),
            None => from_environment(spec, env)?.map(|value| (value, Source::Environment)),
        };
        if let Some((value, source)) = given {
            parsed.given.insert(spec.name, Given { value, source });
        }
    }
    Ok(parsed)
}

/// Moments and windows are stored as text.
fn stored_value(spec: &OptionSpec, value: &Value) -> Value {
    match (spec.kind, value) {
        (Kind::DateTime, Value::Str(text)) => convert(spec, &[text]).unwrap_or_default(),
        (Kind::Sample, Value::Map(window)) => {
            let ends = window.iter().map(|(key, end)| format!("{key}: {}", end.py_str()));
            Value::str(format!("{{{}}}", ends.collect::<Vec<_>>().join(", ")))
        }
        _ => value.clone(),
    }
}

/// The variable's value, under its new prefix first.
fn from_environment(spec: &OptionSpec, env: &Env) -> Result<Option<Value>, Diagnostic> {
    let Some(name) = spec.env else { return Ok(None) };
    let engine = name.strip_prefix("DBT_").map(|rest| format!("DBT_ENGINE_{rest}"));
    for name in engine.as_deref().into_iter().chain([name]) {
        if let Some(text) = env.filled(name) {
            let words: Vec<&str> = match spec.kind {
                Kind::Many | Kind::ManyChoice(_) => text.split_whitespace().collect(),
                _ => vec![text],
            };
            return convert(spec, &words)
                .map(Some)
                .map_err(|problem| usage(format!("the environment variable `{name}`: {problem}")));
        }
    }
    Ok(None)
}

fn from_matches(spec: &OptionSpec, matches: &ArgMatches) -> Result<Option<Value>, Diagnostic> {
    // An option that this level does not have is none.
    let flag = |id: &str| matches.try_get_one::<bool>(id).ok().flatten().copied().unwrap_or_default();
    match spec.kind {
        Kind::Toggle | Kind::Flag => {
            let off = spec.kind == Kind::Toggle && flag(&negation(spec.name));
            return Ok((flag(spec.name) || off).then_some(Value::Bool(!off)));
        }
        _ => {}
    }
    let Some(words) = matches.try_get_many::<String>(spec.name).ok().flatten() else { return Ok(None) };
    let words: Vec<&str> = words.map(String::as_str).collect();
    convert(spec, &words).map(Some).map_err(|problem| usage(format!("`{}`: {problem}", spec.shown())))
}
