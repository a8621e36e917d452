//! Contracts against an earlier manifest: what changed, and what breaks those who rely on it.
//!
//! <https://docs.getdbt.com/reference/resource-configs/contract#detecting-breaking-changes>

use crate::diag::Diagnostic;
use crate::manifest::{ModelData, Node};
use crate::value::{Map, Str, Value};

/// What the comparison of two contracts gives.
pub struct Change {
    pub same: bool,
    /// A breaking change: a warning, or an error for a versioned model.
    pub diagnostic: Option<Diagnostic>,
}

/// Compares a node's contract with its earlier one; nodes other than models have none.
pub fn compare(old: &Node, new: &Node, enforced: &[Str]) -> Change {
    let (Some(old_model), Some(new_model)) = (old.model(), new.model()) else {
        return Change { same: true, diagnostic: None };
    };
    let (was, is) = (is_enforced(old), is_enforced(new));
    let unchanged = is && old_model.contract_checksum == new_model.contract_checksum;
    if !was || unchanged {
        return Change { same: was == is, diagnostic: None };
    }
    let breaks = breaks(Sides { old, new, old_model, new_model }, enforced);
    Change { same: false, diagnostic: (!breaks.is_empty()).then(|| breaking(new, new_model, &breaks)) }
}

/// The diagnostic for a model that is gone (or disabled) although its contract was enforced.
pub fn removed(node: &Node) -> Option<Diagnostic> {
    let model = node.model()?;
    if !is_enforced(node) || is_past(model.deprecation_date.as_deref()) {
        return None;
    }
    let how = if node.config.enabled() { "deleted or renamed" } else { "disabled" };
    Some(breaking(node, model, &[format!("Contracted model '{}' was {how}.", node.unique_id)]))
}

#[derive(Clone, Copy)]
struct Sides<'a> {
    old: &'a Node,
    new: &'a Node,
    old_model: &'a ModelData,
    new_model: &'a ModelData,
}

fn breaks(sides: Sides, enforced: &[Str]) -> Vec<String> {
    let Sides { old, new, old_model, new_model } = sides;
    let mut breaks = vec![];
    if !is_enforced(new) {
        breaks.push("Contract enforcement was removed".to_string());
    }
    let mut names: Vec<&Str> = old.columns.keys().collect();
    names.sort();
    let had_constraints = !old_model.constraints.is_empty()
        || old.columns.values().any(|column| !column.constraints.is_empty());
    for name in names {
        let column = &old.columns[name];
        let Some(now) = new.columns.get(name) else {
            breaks.push(format!("the column `{}` was removed", column.name));
            continue;
        };
        if base_type(column.data_type.as_deref()) != base_type(now.data_type.as_deref()) {
            let text = |data_type: &Option<Str>| data_type.as_deref().unwrap_or("None").to_string();
            breaks.push(format!(
                "the column `{}` changed its type: {} -> {}",
                column.name,
                text(&column.data_type),
                text(&now.data_type)
            ));
        }
        if holds_constraints(old) {
            for gone in lost(&column.constraints, &now.constraints, enforced) {
                breaks.push(format!(
                    "Enforced column level constraints were removed: {gone} on the column `{name}`"
                ));
            }
        }
    }
    if holds_constraints(old) {
        for gone in lost(&old_model.constraints, &new_model.constraints, enforced) {
            breaks.push(format!("Enforced model level constraints were removed: {gone}"));
        }
        if !holds_constraints(new) && had_constraints {
            breaks.push(format!(
                "Materialization changed with enforced constraints: {} -> {}",
                old.materialized(),
                new.materialized()
            ));
        }
    }
    breaks
}

fn breaking(node: &Node, model: &ModelData, breaks: &[String]) -> Diagnostic {
    let name = node.search_name();
    let diagnostic = match model.version {
        Some(_) => {
            let message = format!("the contract of the model `{name}` was broken");
            let diagnostic = Diagnostic::error("breaking-contract-change", message);
            breaks
                .iter()
                .fold(diagnostic, |diagnostic, broken| diagnostic.note(broken))
                .help("make a new version of the model, or undo the change")
        }
        None => {
            let message = format!(
                "While comparing to previous project state, dbt detected a breaking change to an unversioned model, \
                 `{name}`:\n  - {}",
                breaks.join("\n  - ")
            );
            Diagnostic::warning("breaking-contract-change", message)
                .help("give the model versions, so that those who rely on it can migrate")
                .event("UnversionedBreakingChange")
                .data("model_name", node.name.clone())
                .data("model_file_path", node.original_file_path.clone())
                .data(
                    "breaking_changes",
                    Value::List(breaks.iter().map(|text| Value::str(text.as_str())).collect()),
                )
        }
    };
    diagnostic.node(&*node.unique_id).at(node.span)
}

fn is_enforced(node: &Node) -> bool {
    node.config.get("contract").and_then(|contract| contract.get("enforced")).is_some_and(Value::is_truthy)
}

fn holds_constraints(node: &Node) -> bool {
    matches!(node.materialized(), "table" | "incremental")
}

/// Constraints of an enforced type that are no longer there, by name or type.
fn lost<'a>(old: &'a [Map], new: &'a [Map], enforced: &'a [Str]) -> impl Iterator<Item = String> + 'a {
    old.iter().filter(|constraint| !new.contains(constraint)).filter_map(move |constraint| {
        let text = |key: &str| constraint.get(key).and_then(Value::as_shared_str);
        let kind = text("type")?;
        enforced.contains(kind).then(|| format!("`{}`", text("name").unwrap_or(kind)))
    })
}

/// Size, precision and scale may change without breaking anything.
fn base_type(data_type: Option<&str>) -> Option<String> {
    let data_type = data_type.filter(|text| !text.is_empty())?;
    Some(data_type.split('(').next().unwrap_or_default().trim().to_lowercase())
}

fn is_past(date: Option<&str>) -> bool {
    let Some(date) = date else { return false };
    match chrono::DateTime::parse_from_rfc3339(date) {
        Ok(date) => date < chrono::Utc::now(),
        Err(_) => chrono::NaiveDateTime::parse_from_str(date, "%Y-%m-%dT%H:%M:%S%.f")
            .is_ok_and(|date| date < chrono::Local::now().naive_local()),
    }
}
