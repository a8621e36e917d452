//! What to try when a diagnostic has no hint of its own.

use super::Diagnostic;

/// Starts of messages of the code `jinja-error`, which stands for many things.
const BY_MESSAGE: &[(&str, &str)] = &[
    (
        "Required var",
        "give it with `--vars '{name: value}'`, under `vars:` in the project file, or give a default",
    ),
    ("Env var required", "set the variable, or give a default: `env_var('NAME', 'default')`"),
    ("No materialization", "check `materialized`, or the package that defines the materialization"),
    (
        "This model has an enforced contract",
        "change the query or the `data_type` of the columns, so that both agree",
    ),
];

const BY_CODE: &[(&str, &str)] = &[
    (
        "bad-seed",
        "give every row as many values as the header has names; quote a value that has the delimiter in it",
    ),
    ("cycle", "take one of these references out, or move what both need into a model of its own"),
    ("database-error", "the statement as it was sent is under `target/run`"),
    ("duplicate-name", "rename one of them, or switch it off with `enabled: false`"),
    ("invalid-arguments", "compare the call with the definition of what it calls"),
    ("jinja-syntax", "close every `{{`, `{%` and `{#`, and every block with its `end…` tag"),
    ("missing-doc", "define it with `{% docs name %}` in a Markdown file below `docs-paths`"),
    ("raised", "this message comes from the macro itself"),
    ("undefined-variable", "names are parameters, `{% set %}` variables, macros, and what dbt's context has"),
    ("yaml-syntax", "texts with `:`, `#`, quotes or braces in them are best put in quotes"),
];

/// The hint for a diagnostic that has none.
pub fn of(diagnostic: &Diagnostic) -> Option<&'static str> {
    if !diagnostic.help.is_empty() {
        return None;
    }
    let by_message = BY_MESSAGE.iter().find(|(start, _)| diagnostic.message.starts_with(start));
    let by_code = || BY_CODE.iter().find(|(code, _)| *code == diagnostic.code);
    by_message.or_else(by_code).map(|(_, hint)| *hint)
}
