//! Warnings over the whole manifest: deprecated models, names with spaces, microbatch inputs, refs
//! of packages into the root project.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, Utc};

use super::Rules;
use crate::dag::Dag;
use crate::diag::{Diagnostic, Sink};
use crate::manifest::{Manifest, Node, NodeKind, ResourceType};
use crate::value::{Str, Value};

/// Models past their deprecation date, and models that refer to deprecated ones.
/// <https://docs.getdbt.com/reference/resource-properties/deprecation_date>
pub fn deprecated_models(manifest: &Manifest, dag: &Dag, now: DateTime<Utc>, sink: &Sink) {
    for (id, node) in manifest.iter() {
        let Some(date) = node.model().and_then(|model| model.deprecation_date.as_ref()) else { continue };
        let is_past = instant(date).is_some_and(|date| date < now);
        let version = node.version().map(Value::py_str).unwrap_or_default();
        let shown =
            if version.is_empty() { node.name.to_string() } else { format!("{}.v{version}", node.name) };
        if is_past {
            let message = format!(
                "Model {shown} has passed its deprecation date of {date}. This model should be disabled or removed."
            );
            sink.push(
                Diagnostic::warning("deprecated-model", message)
                    .at(node.span)
                    .node(&*node.unique_id)
                    .event("DeprecatedModel")
                    .data("model_name", node.name.clone())
                    .data("model_version", version.as_str())
                    .data("deprecation_date", date.clone()),
            );
        }
        for child in dag.children(id) {
            let child = manifest.node(child);
            if child.resource_type == ResourceType::Model {
                sink.push(deprecated_reference(child, node, (&shown, &version), (date, is_past)));
            }
        }
    }
}

fn deprecated_reference(
    child: &Node,
    target: &Node,
    (shown, version): (&str, &str),
    (date, is_past): (&Str, bool),
) -> Diagnostic {
    let latest =
        target.model().and_then(|model| model.latest_version.as_ref()).map_or("None".into(), Value::py_str);
    let (event, when, advice) = if is_past {
        ("DeprecatedReference", "was deprecated on", "Migrate now")
    } else {
        ("UpcomingReferenceDeprecation", "is slated for deprecation on", "Try it out")
    };
    let mut message =
        format!("While compiling '{}': Found a reference to {shown}, which {when} '{date}'. ", child.name);
    if !version.is_empty() && version != latest {
        message += &format!(
            "A new version of '{0}' is available. {advice}: {{{{ ref('{1}', '{0}', v='{latest}') }}}}.",
            target.name, target.package
        );
    }
    Diagnostic::warning("deprecated-reference", message)
        .at(child.span)
        .node(&*child.unique_id)
        .event(event)
        .data("model_name", child.name.clone())
        .data("ref_model_package", target.package.clone())
        .data("ref_model_name", target.name.clone())
        .data("ref_model_version", version)
        .data("ref_model_latest_version", latest.as_str())
        .data("ref_model_deprecation_date", date.clone())
}

/// An ISO date and time; without a zone it is UTC.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    let zoned = |text: &str| text.parse::<DateTime<FixedOffset>>().ok().map(|time| time.to_utc());
    zoned(text)
        .or_else(|| text.parse::<NaiveDateTime>().ok().map(|time| time.and_utc()))
        .or_else(|| Some(text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0)?.and_utc()))
}

/// Spaces in names: an error, or with the behaviour flag off a warning.
pub fn spaces_in_names(manifest: &Manifest, rules: &Rules, sink: &Sink) {
    let kinds = |kind: ResourceType| {
        kind.is_refable()
            || matches!(kind, ResourceType::Test | ResourceType::Analysis | ResourceType::Operation)
    };
    let spaced: Vec<&Node> =
        manifest.nodes.iter().filter(|node| kinds(node.resource_type) && node.name.contains(' ')).collect();
    let Some(first) = spaced.first() else { return };
    if rules.names_without_spaces {
        let listed: Vec<String> = spaced
            .iter()
            .map(|node| format!("  * '{}' ({})", node.unique_id, node.original_file_path))
            .collect();
        let message = format!("Resource names cannot contain spaces:\n{}", listed.join("\n"));
        sink.push(
            Diagnostic::error("name-with-spaces", message).at(first.span).help("rename them without spaces"),
        );
        return;
    }
    for node in spaced.iter().take(if rules.debug { usize::MAX } else { 1 }) {
        sink.push(
            Diagnostic::warning(
                "name-with-spaces",
                format!("Found spaces in the name of `{}`", node.unique_id),
            )
            .at(node.span)
            .event("SpacesInResourceNameDeprecation")
            .data("unique_id", node.unique_id.clone())
            .data("level", "warn"),
        );
    }
    let mut message = format!(
        "Spaces found in {} resource name(s). This is deprecated, and may lead to errors when using dbt.",
        spaced.len()
    );
    if !rules.debug {
        message += " Run again with `--debug` to see them all.";
    }
    sink.push(
        Diagnostic::warning("names-with-spaces", message)
            .event("ResourceNamesWithSpacesDeprecation")
            .data("level", "warn")
            .data("count_invalid_names", spaced.len() as i64)
            .data("show_debug_hint", !rules.debug),
    );
}

/// A package's node that means a node of the root project by a bare name may close a cycle.
pub fn inverted_refs(manifest: &Manifest, sink: &Sink) {
    let root = &manifest.project.name;
    for node in manifest.nodes.iter().filter(|node| node.package != *root) {
        for reference in node.refs.iter().filter(|reference| reference.package.as_ref() != Some(root)) {
            let meant = node.depends_on.nodes.iter().map(|id| manifest.node(*id)).find(|target| {
                target.package == *root && target.resource_type.is_refable() && target.name == reference.name
            });
            let Some(target) = meant else { continue };
            let message = format!(
                "The node '{}' in package '{}' depends on the root project node '{}', which may lead to cycles. Set the \
                 behavior flag `require_ref_searches_node_package_before_root` to search the package first.",
                node.name, node.package, target.unique_id
            );
            sink.push(
                Diagnostic::warning("inverted-ref", message)
                    .at(reference.span.or(node.span))
                    .node(&*node.unique_id)
                    .event("PackageNodeDependsOnRootProjectNode")
                    .data("node_name", node.name.clone())
                    .data("package_name", node.package.clone())
                    .data("root_project_unique_id", target.unique_id.clone()),
            );
        }
    }
}

fn is_microbatch(node: &Node) -> bool {
    node.resource_type == ResourceType::Model
        && node.materialized() == "incremental"
        && node.config.get_str("incremental_strategy") == Some("microbatch")
}

/// What a microbatch model must say about itself, and that some input of it can be filtered.
/// <https://docs.getdbt.com/docs/build/incremental-microbatch>
pub fn microbatch(manifest: &Manifest, rules: &Rules, sink: &Sink) {
    let mut models = manifest.nodes.iter().filter(|node| is_microbatch(node)).peekable();
    if models.peek().is_some() && rules.custom_microbatch && !rules.batched_custom_microbatch {
        sink.push(
            Diagnostic::warning(
                "custom-microbatch",
                "The use of a custom microbatch macro outside of batched execution is deprecated. To use it with batched \
                 execution, set `flags.require_batched_execution_for_custom_microbatch_strategy` to `True` in \
                 `dbt_project.yml`.",
            )
            .event("MicrobatchMacroOutsideOfBatchesDeprecation"),
        );
    }
    if rules.custom_microbatch && !rules.batched_custom_microbatch {
        return;
    }
    sink.extend(rules.sequential_batches.and_then(|adapter| asks_for_batches_at_once(manifest, adapter)));
    for node in models {
        if let Some(message) = microbatch_fault(node) {
            sink.push(
                Diagnostic::error(
                    "invalid-microbatch",
                    format!("Microbatch model '{}' {message}", node.name),
                )
                .at(node.span)
                .node(&*node.unique_id),
            );
            continue;
        }
        let inputs = node.depends_on.nodes.iter().map(|id| manifest.node(*id));
        let has_time = |input: &Node| input.config.get("event_time").is_some_and(Value::is_truthy);
        if !inputs.into_iter().any(has_time) {
            let message = format!(
                "The microbatch model '{}' has no 'ref' or 'source' input with an 'event_time' configuration. \nThis means \
                 no filtering can be applied and can result in unexpected duplicate records in the resulting microbatch \
                 model.",
                node.name
            );
            sink.push(
                Diagnostic::warning("microbatch-input", message)
                    .at(node.span)
                    .node(&*node.unique_id)
                    .event("MicrobatchModelNoEventTimeInputs")
                    .data("model_name", node.name.clone()),
            );
        }
    }
}

/// What models want of an adapter that builds one batch after the other.
fn asks_for_batches_at_once(manifest: &Manifest, adapter: &'static str) -> Option<Diagnostic> {
    let asks = |node: &&Node| node.config.get_bool("concurrent_batches") == Some(true);
    let mut models = manifest.nodes.iter().filter(asks);
    let first = models.next()?;
    let count = 1 + models.count();
    let plural = if count == 1 { "" } else { "s" };
    let message = format!(
        "Found {count} microbatch model{plural} with the `concurrent_batches` config set to true, but the {adapter} adapter \
         does not support running batches concurrently. Batches will be run sequentially."
    );
    let warning = Diagnostic::warning("microbatch", message).at(first.span);
    let warning = warning.event("InvalidConcurrentBatchesConfig").data("adapter_type", adapter);
    Some(warning.data("num_models", i64::try_from(count).unwrap_or(i64::MAX)))
}

/// The `begin` of a microbatch model that is written as text becomes the moment that it means.
pub fn settle_begins(manifest: &mut Manifest, rules: &Rules) {
    if rules.custom_microbatch && !rules.batched_custom_microbatch {
        return;
    }
    for node in manifest.nodes.iter_mut().filter(|node| is_microbatch(node)) {
        let moment = match node.config.get("begin") {
            Some(Value::Str(text)) => moment(text),
            Some(Value::Date(date)) => date.and_hms_opt(0, 0, 0).map(Value::DateTime),
            _ => None,
        };
        if let Some(moment) = moment {
            node.config.set("begin", moment);
        }
    }
}

/// A date or time in ISO form.
fn moment(text: &str) -> Option<Value> {
    if let Ok(date) = text.parse::<NaiveDate>() {
        return date.and_hms_opt(0, 0, 0).map(Value::DateTime);
    }
    let text = text.replacen(' ', "T", 1);
    let naive = text.parse::<NaiveDateTime>().map(Value::DateTime);
    naive.or_else(|_| DateTime::parse_from_rfc3339(&text).map(Value::DateTimeTz)).ok()
}

/// The first thing wrong with a microbatch model's configuration.
fn microbatch_fault(node: &Node) -> Option<String> {
    const SIZES: [&str; 4] = ["hour", "day", "month", "year"];
    let config = |key: &str| node.config.get(key).filter(|value| !value.is_null());
    match config("event_time") {
        None => {
            return Some(
                "must provide an 'event_time' (string) config that indicates the name of the event time column."
                    .into(),
            );
        }
        Some(Value::Str(_)) => {}
        Some(other) => {
            return Some(format!(
                "must provide an 'event_time' config of type string, but got: {}.",
                other.type_name()
            ));
        }
    }
    match config("begin") {
        None => {
            return Some(
                "must provide a 'begin' (datetime) config that indicates the earliest timestamp the microbatch model \
                 should be built from."
                    .into(),
            );
        }
        Some(Value::Str(text)) if instant(&text.replacen(' ', "T", 1)).is_none() => {
            return Some(format!(
                "must provide a 'begin' config of valid datetime (ISO format), but got: {text}."
            ));
        }
        Some(Value::Str(_) | Value::Date(_) | Value::DateTime(_) | Value::DateTimeTz(_)) => {}
        Some(other) => {
            return Some(format!(
                "must provide a 'begin' config of type datetime, but got: {}.",
                other.type_name()
            ));
        }
    }
    let size = config("batch_size").map_or("None".into(), Value::py_str);
    if !SIZES.contains(&&*size) {
        return Some(format!(
            "must provide a 'batch_size' config that is one of ['hour', 'day', 'month', 'year'], but got: {size}."
        ));
    }
    match (config("lookback"), config("concurrent_batches")) {
        (Some(other), _) if other.as_i64().is_none() => Some(format!(
            "must provide the optional 'lookback' config as type int, but got: {}).",
            other.type_name()
        )),
        (_, Some(other)) if other.as_bool().is_none() => Some(format!(
            "optional 'concurrent_batches' config must be of type `bool` if specified, but got: {}).",
            other.type_name()
        )),
        _ => None,
    }
}

/// Arguments of a function that have a default come last.
pub fn function_arguments(manifest: &Manifest, sink: &Sink) {
    for node in &manifest.nodes {
        let NodeKind::Function(function) = &node.kind else { continue };
        let default = |argument: &Value| argument.get("default_value").is_some_and(|value| !value.is_null());
        let first = function.arguments.iter().position(default).unwrap_or(function.arguments.len());
        let Some(bare) = function.arguments[first..].iter().find(|argument| !default(argument)) else {
            continue;
        };
        let name = bare.get("name").map(Value::py_str).unwrap_or_default();
        let message = format!(
            "Non-defaulted argument '{name}' of function '{}' comes after a defaulted argument. Non-defaulted arguments \
             cannot come after defaulted arguments. ",
            node.name
        );
        sink.push(Diagnostic::error("invalid-function", message).at(node.span).node(&*node.unique_id));
    }
}
