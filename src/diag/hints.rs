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
    ("test definition dictionary must", "indent the arguments below the test's name"),
    ("`--vars`", "write it as `--vars '{name: value}'`"),
    ("`--args`", "write it as `--args '{name: value}'`"),
    ("division by zero", "check the divisor first: `{% if … %}`"),
    ("the file is empty", "write a header line with the names of the columns"),
    (
        "Snapshots must be",
        "give both in its configuration, for example `strategy: timestamp`, `updated_at: …`, `unique_key: id`",
    ),
    (
        "No snapshot strategy",
        "`strategy` is `timestamp`, `check`, or one of your own: a macro `snapshot_<name>_strategy`",
    ),
    (
        "'None' has no attribute",
        "while the project is parsed nothing is queried: use it inside of `{% if execute %}`",
    ),
    (
        "This model has an enforced contract",
        "change the query or the `data_type` of the columns, so that both agree",
    ),
];

const BY_CODE: &[(&str, &str)] = &[
    ("access-denied", "make it `access: public`, or put both into one `group`"),
    (
        "bad-seed",
        "give every row as many values as the header has names; quote a value that has the delimiter in it",
    ),
    ("cycle", "take one of these references out, or move what both need into a model of its own"),
    ("database-error", "the statement as it was sent is under `target/run`"),
    ("duplicate-name", "rename one of them, or switch it off with `enabled: false`"),
    ("invalid-arguments", "compare the call with the definition of what it calls"),
    ("invalid-config", "see what the key takes in dbt's reference of configurations"),
    ("jinja-error", "see what the expression is given; `{{ log(…, info=true) }}` shows values"),
    ("jinja-syntax", "close every `{{`, `{%` and `{#`, and every block with its `end…` tag"),
    ("missing-doc", "define it with `{% docs name %}` in a Markdown file below `docs-paths`"),
    ("missing-ref", "check the spelling, the package, and that it is not disabled"),
    ("missing-source", "describe it under `sources:` in a YAML file, table by table"),
    ("raised", "this message comes from the macro itself"),
    ("recursion-limit", "macros call each other without an end: the calls below show the circle"),
    ("undefined-variable", "names are parameters, `{% set %}` variables, macros, and what dbt's context has"),
    ("unknown-group", "define it under `groups:` in a YAML file"),
    ("unknown-macro", "name a macro of the project, or `package.macro`"),
    ("usage", "`--help` shows what the command takes"),
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
