//! Facts about this invocation that several stages state: artifacts, logs, templates.

use chrono::{DateTime, Utc};

use crate::env::Env;
use crate::flags::Flags;
use crate::value::{Map, Str};

/// The dbt release whose behaviour is matched; artifacts and templates name it.
pub const DBT_VERSION: &str = "1.11.16";

/// One run of the program.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// A random UUID.
    pub id: Str,
    pub started_at: DateTime<Utc>,
    /// Without the `DBT_ENV_CUSTOM_ENV_` prefix.
    pub metadata_env: Vec<(Str, Str)>,
    /// Values of `DBT_ENV_SECRET_` variables, which no output may show.
    pub secrets: Vec<Str>,
    /// Every flag with its value, under dbt's name; `which` is the command.
    pub args: Map,
    pub send_anonymous_usage_stats: bool,
}

impl Invocation {
    /// An invocation that starts now.
    pub fn start(env: &Env, flags: &Flags) -> Invocation {
        let with_prefix = |prefix: &'static str| {
            env.iter().filter_map(move |(key, value)| Some((key.strip_prefix(prefix)?, value)))
        };
        Invocation {
            id: uuid::Uuid::new_v4().to_string().into(),
            started_at: Utc::now(),
            metadata_env: with_prefix("DBT_ENV_CUSTOM_ENV_")
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
            secrets: with_prefix("DBT_ENV_SECRET")
                .map(|(_, value)| value.trim())
                .filter(|value| !value.is_empty())
                .map(Str::from)
                .collect(),
            args: flags.args.clone(),
            send_anonymous_usage_stats: flags.send_anonymous_usage_stats,
        }
    }

    /// The command's name, as in `which`.
    pub fn command(&self) -> &str {
        self.args.get("which").and_then(|which| which.as_str()).unwrap_or_default()
    }

    /// `text` with every secret replaced by `*****`.
    pub fn scrub(&self, text: String) -> String {
        self.secrets.iter().fold(text, |text, secret| {
            if text.contains(&**secret) { text.replace(&**secret, "*****") } else { text }
        })
    }
}
