//! Entries that may have no other keys than those dbt knows: it stops at the first such key.

use std::sync::LazyLock;

use super::shapes::{Below, Shapes, read};
use crate::diag::{Diagnostic, nearest};
use crate::parse::properties::Section;
use crate::yaml::Yaml;

pub(super) static SHAPES: LazyLock<Shapes> = LazyLock::new(|| read(include_str!("strict.txt")));

/// Reports the keys below an entry of `section` that dbt refuses.
pub fn check(yaml: &Yaml, section: Section, problems: &mut Vec<Diagnostic>) {
    let kind = match section {
        Section::Models => "model",
        Section::Seeds => "seed",
        Section::Snapshots => "snapshot",
        Section::Analyses => "analysis",
        Section::Sources if yaml.get("overrides").is_some() => "source_override",
        Section::Sources => "source",
        Section::Macros => "macro",
        Section::Exposures => "exposure",
        Section::Functions => "function",
        Section::Metrics => "metric",
        Section::Groups => "group",
        Section::SemanticModels => "semantic_model",
        Section::UnitTests => "unit_test",
        Section::SavedQueries => "saved_query",
        Section::DataTests => return,
    };
    walk(yaml, kind, problems);
}

fn walk(yaml: &Yaml, kind: &str, problems: &mut Vec<Diagnostic>) {
    let Some(shape) = SHAPES.get(kind) else { return };
    // A version's column with a name is a column like any other.
    if kind == "version_column" && yaml.get("name").is_some() {
        return walk(yaml, "column", problems);
    }
    let Some(entries) = yaml.as_map() else { return };
    for key in shape.required.iter().filter(|key| yaml.get(key).is_none()) {
        let message = format!("`{}` needs the property `{key}`", kind.replace('_', " "));
        problems.push(Diagnostic::error("missing-property", message).at(yaml.span));
    }
    for entry in entries {
        match shape.get(&*entry.key) {
            Some(Below::Anything | Below::Word(_) | Below::Words(_) | Below::Count) => {}
            Some(Below::One(kind) | Below::Maybe(kind)) => walk(&entry.value, kind, problems),
            Some(Below::Many(kind)) => {
                entry.value.as_list().unwrap_or_default().iter().for_each(|item| walk(item, kind, problems));
            }
            None if shape.contains_key("...") => {}
            None => problems.push(refused(&entry.key, kind, shape.keys().copied()).at(entry.key_span)),
        }
    }
}

fn refused(key: &str, kind: &str, known: impl Iterator<Item = &'static str>) -> Diagnostic {
    let kind = kind.replace('_', " ");
    let problem = Diagnostic::error(
        "unknown-property",
        format!("Additional properties are not allowed ('{key}' was unexpected): `{kind}` has no such key"),
    );
    match nearest(key, known) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help("what is your own goes below `config: meta:`"),
    }
}
