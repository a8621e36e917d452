//! The options of the command line, as data: one table feeds parsing, the environment, help, shell
//! completions and man pages.
//!
//! Names, spellings, variables and defaults are dbt 1.11's; see
//! <https://docs.getdbt.com/reference/global-configs/about-global-configs>.

mod global;
mod node;
mod other;

pub use global::*;
pub use node::*;
pub use other::*;

/// One option.
#[derive(Debug)]
pub struct OptionSpec {
    /// dbt's name of the value, as in `args` of run_results.json: `full_refresh`.
    pub name: &'static str,
    /// Long spellings, the first one shown.
    pub long: &'static [&'static str],
    pub short: Option<char>,
    pub short_alias: Option<char>,
    pub kind: Kind,
    /// The variable that may give the value; it works with the prefix `DBT_ENGINE_` too.
    pub env: Option<&'static str>,
    pub default: Default,
    pub help: &'static str,
    pub hidden: bool,
}

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// `--x` and `--no-x`.
    Toggle,
    /// `--x` alone.
    Flag,
    Text,
    Int,
    Path,
    /// A path that must exist.
    ExistingPath,
    Choice(&'static [&'static str]),
    /// Values up to the next option, each split at blanks; may be given several times.
    Many,
    ManyChoice(&'static [&'static str]),
    /// A YAML mapping.
    Yaml,
    DateTime,
    /// `name@version`.
    Package,
    /// `--sample`: `3 days`, or a mapping with start and end.
    Sample,
    WarnErrorOptions,
}

/// The value when nobody gives one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Default {
    None,
    Bool(bool),
    Int(i64),
    Text(&'static str),
    EmptyList,
    EmptyMap,
}

impl OptionSpec {
    const fn new(
        name: &'static str,
        long: &'static [&'static str],
        kind: Kind,
        help: &'static str,
    ) -> OptionSpec {
        let default = match kind {
            Kind::Toggle | Kind::Flag => Default::Bool(false),
            Kind::Many | Kind::ManyChoice(_) => Default::EmptyList,
            Kind::Yaml => Default::EmptyMap,
            _ => Default::None,
        };
        OptionSpec {
            name,
            long,
            short: None,
            short_alias: None,
            kind,
            env: None,
            default,
            help,
            hidden: false,
        }
    }

    const fn short(mut self, short: char) -> OptionSpec {
        self.short = Some(short);
        self
    }

    const fn short_alias(mut self, short: char) -> OptionSpec {
        self.short_alias = Some(short);
        self
    }

    const fn env(mut self, env: &'static str) -> OptionSpec {
        self.env = Some(env);
        self
    }

    const fn default(mut self, default: Default) -> OptionSpec {
        self.default = default;
        self
    }

    /// A toggle that is on unless switched off.
    const fn on(self) -> OptionSpec {
        self.default(Default::Bool(true))
    }

    const fn hide(mut self) -> OptionSpec {
        self.hidden = true;
        self
    }

    /// Whether several values follow the option.
    pub fn takes_many(&self) -> bool {
        matches!(self.kind, Kind::Many | Kind::ManyChoice(_))
    }

    /// `--full-refresh`, for messages.
    pub fn shown(&self) -> String {
        format!("--{}", self.long.first().unwrap_or(&self.name))
    }
}
