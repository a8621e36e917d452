//! The tables of commands and options as a [`clap::Command`].

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command};

use super::commands::{COMMANDS, CommandSpec, GROUPS};
use super::options::{Default, GLOBAL, Kind, OptionSpec, ROOT_ONLY};

/// The id under which clap keeps the switching off of a toggle.
pub fn negation(name: &str) -> String {
    format!("no_{name}")
}

/// The whole command line. `program` is the name it was called by.
pub fn command_line(program: &str) -> Command {
    let about = "Compile, run, test and document SQL models: a drop-in for dbt";
    let mut root = with_options(Command::new(program.to_string()).about(about), GLOBAL.iter())
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .max_term_width(100);
    root = root.args(ROOT_ONLY.iter().flat_map(args));
    for (group, about) in GROUPS {
        let commands =
            COMMANDS.iter().filter(|command| command.path.first() == Some(group) && command.path.len() > 1);
        root = root.subcommand(
            with_options(Command::new(*group).about(*about), GLOBAL.iter())
                .subcommand_required(true)
                .arg_required_else_help(true)
                .disable_help_subcommand(true)
                .subcommands(commands.flat_map(subcommands)),
        );
    }
    root.subcommands(COMMANDS.iter().filter(|command| command.path.len() == 1).flat_map(subcommands))
}

/// The command, and once more under its other name, which shows in `which`.
fn subcommands(spec: &CommandSpec) -> Vec<Command> {
    let name = spec.path.last().copied().unwrap_or_default();
    let alias = spec.alias.map(|alias| subcommand(spec, alias).hide(true));
    let mut command = subcommand(spec, name);
    if let Some(alias) = spec.alias {
        command = command.about(format!("{} (also `{alias}`)", spec.about));
    }
    std::iter::once(command).chain(alias).collect()
}

fn subcommand(spec: &CommandSpec, name: &'static str) -> Command {
    let options = spec.options.iter().copied();
    let command = Command::new(name).about(spec.about).args(options.flat_map(args));
    let mut command = with_options(command, GLOBAL.iter());
    if let Some(argument) = &spec.argument {
        let mut arg = Arg::new(argument.name)
            .value_name(argument.name.to_uppercase())
            .required(argument.required)
            .help(argument.help);
        if !argument.choices.is_empty() {
            arg = arg.value_parser(PossibleValuesParser::new(argument.choices));
        }
        command = command.arg(arg);
    }
    command
}

fn with_options<'a>(command: Command, options: impl Iterator<Item = &'a OptionSpec>) -> Command {
    let version = Arg::new("version")
        .long("version")
        .short('V')
        .short_alias('v')
        .action(ArgAction::Version)
        .help("Show the version");
    command
        .args_override_self(true)
        .disable_version_flag(true)
        .version(env!("CARGO_PKG_VERSION"))
        .args(options.flat_map(args).map(|arg| arg.help_heading("Options of all commands")))
        .arg(version.help_heading("Options of all commands"))
}

/// The clap arguments of an option: two for a toggle.
fn args(spec: &OptionSpec) -> Vec<Arg> {
    let long = spec.long.first().copied().unwrap_or(spec.name);
    let mut arg = Arg::new(spec.name)
        .long(long)
        .visible_aliases(spec.long.iter().skip(1).copied())
        .hide(spec.hidden)
        .help(help(spec));
    if let Some(short) = spec.short {
        arg = arg.short(short);
    }
    if let Some(short) = spec.short_alias {
        arg = arg.visible_short_alias(short);
    }
    let value_name = |arg: Arg, name: &'static str| arg.value_name(name).allow_hyphen_values(true);
    let arg = match spec.kind {
        Kind::Flag => return vec![arg.action(ArgAction::SetTrue)],
        Kind::Toggle => {
            let off = Arg::new(negation(spec.name))
                .long(format!("no-{long}"))
                .action(ArgAction::SetTrue)
                .overrides_with(spec.name)
                .hide(true);
            return vec![arg.action(ArgAction::SetTrue).overrides_with(negation(spec.name)), off];
        }
        Kind::Text => value_name(arg, "TEXT"),
        Kind::Int => value_name(arg, "NUMBER"),
        Kind::Path | Kind::ExistingPath => value_name(arg, "PATH"),
        Kind::Choice(choices) => {
            arg.value_name("WORD").ignore_case(true).value_parser(PossibleValuesParser::new(choices))
        }
        Kind::Many | Kind::ManyChoice(_) => {
            return vec![arg.value_name("WORD").num_args(1..).action(ArgAction::Append)];
        }
        Kind::Yaml | Kind::WarnErrorOptions => value_name(arg, "YAML"),
        Kind::DateTime => value_name(arg, "DATETIME"),
        Kind::Package => value_name(arg, "NAME@VERSION"),
        Kind::Sample => value_name(arg, "WINDOW"),
    };
    vec![arg.action(ArgAction::Set)]
}

/// The option's sentence, with what it is when nobody gives it.
fn help(spec: &OptionSpec) -> String {
    let mut notes = vec![];
    if spec.kind == Kind::Toggle {
        let long = spec.long.first().copied().unwrap_or(spec.name);
        notes.push(match spec.default {
            Default::Bool(true) => format!("on by default; --no-{long} switches it off"),
            _ => format!("--no-{long} switches it off"),
        });
    }
    match spec.default {
        Default::Int(value) => notes.push(format!("default: {value}")),
        Default::Text(value) => notes.push(format!("default: {value}")),
        _ => {}
    }
    if let Some(env) = spec.env {
        notes.push(format!("env: {env}"));
    }
    if notes.is_empty() { spec.help.to_string() } else { format!("{} [{}]", spec.help, notes.join("; ")) }
}

/// `--select=a b` means `--select a b`: an option that takes many words takes all that follow.
pub fn split_attached(args: Vec<String>) -> Vec<String> {
    let many: Vec<String> = GLOBAL
        .iter()
        .chain(COMMANDS.iter().flat_map(|command| command.options.iter().copied()))
        .filter(|spec| spec.takes_many())
        .flat_map(|spec| spec.long.iter().map(|long| format!("--{long}=")))
        .collect();
    args.into_iter()
        .flat_map(|arg| match many.iter().find(|prefix| arg.starts_with(prefix.as_str())) {
            Some(prefix) => {
                let (option, value) = arg.split_at(prefix.len());
                vec![option.trim_end_matches('=').to_string(), value.to_string()]
            }
            None => vec![arg],
        })
        .collect()
}
