//! How old the newest row of a source is: <https://docs.getdbt.com/reference/resource-properties/freshness>.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use minijinja::Value as Jinja;
use rustc_hash::FxHashMap;

use super::turn::Done;
use crate::adapter::dialect::Capability;
use crate::adapter::{Cell, Table};
use crate::compile::Failed;
use crate::diag::Diagnostic;
use crate::event::{Event, EventKind, Freshness, RunStatus};
use crate::jinja::context::NodeScope;
use crate::jinja::context::adapter::response_of;
use crate::jinja::context::agate::TableValue;
use crate::jinja::context::execution::{Execution, facts_of};
use crate::jinja::context::relation::RelationValue;
use crate::jinja::engine::Undefined;
use crate::manifest::{Node, SourceData};
use crate::source::SourceMap;
use crate::value::{Map, Str, Value};

/// Whether a source says when its rows are too old.
pub fn is_asked(node: &Node) -> bool {
    let limits = node.source().and_then(|source| source.freshness.as_ref());
    limits.is_some_and(|limits| ["warn_after", "error_after"].iter().any(|key| limit(limits, key).is_some()))
}

/// Asks for the source whose turn it is.
///
/// # Errors
/// The query fails, or there is no way to ask.
pub fn run(execution: &Arc<Execution>, sources: &SourceMap) -> Result<Done, Failed> {
    let node = execution.node().ok_or_else(|| Failed::internal("there is no source to ask"))?;
    let source = node.source().ok_or_else(|| Failed::internal("freshness is asked of sources alone"))?;
    // The question stands outside of any transaction; a broken connection fails with the question.
    let _ = execution.connection().clear_transaction();
    let ask = Ask { execution, sources, node };
    let (freshness, response) = match (&source.loaded_at_query, &source.loaded_at_field) {
        (Some(query), _) => ask.by_query(query)?,
        (None, Some(field)) => ask.by_field(source, field)?,
        (None, None) => ask.by_metadata()?,
    };
    let limits = source.freshness.clone().unwrap_or_default();
    Ok(Done {
        status: status(&limits, freshness.age),
        freshness: Some(freshness),
        adapter_response: response,
        ..Done::default()
    })
}

fn status(limits: &Map, age: f64) -> RunStatus {
    let exceeded = |key: &str| limit(limits, key).is_some_and(|limit| age > limit.as_seconds_f64());
    if exceeded("error_after") {
        RunStatus::Error
    } else if exceeded("warn_after") {
        RunStatus::Warn
    } else {
        RunStatus::Pass
    }
}

fn limit(limits: &Map, key: &str) -> Option<Duration> {
    let limit = limits.get(key)?;
    let count = limit.get("count").and_then(Value::as_i64)?;
    match limit.get("period").and_then(Value::as_str)? {
        "minute" => Duration::try_minutes(count),
        "hour" => Duration::try_hours(count),
        "day" => Duration::try_days(count),
        _ => None,
    }
}

struct Ask<'r> {
    execution: &'r Arc<Execution>,
    sources: &'r SourceMap,
    node: &'r Node,
}

impl Ask<'_> {
    fn call(&self, template: &str, extra: FxHashMap<Str, Jinja>) -> Result<Jinja, Failed> {
        let engine = &self.execution.runtime.run.engine;
        let scope = NodeScope::shared(&self.execution.context(facts_of(self.node), extra));
        engine
            .render_native(&self.node.unique_id, template, scope, Undefined::Strict)
            .map_err(|error| Failed::of_render(&error, self.execution, self.sources))
    }

    fn relation(&self) -> (Str, Jinja) {
        let relation = self.execution.runtime.relation_of(self.node);
        ("__relation".into(), RelationValue::value(relation))
    }

    fn by_field(&self, source: &SourceData, field: &Str) -> Result<(Freshness, Map), Failed> {
        let filter = source.freshness.as_ref().and_then(|limits| limits.get("filter"));
        let filter = filter
            .and_then(Value::as_shared_str)
            .map_or_else(|| Jinja::from(()), |text| Jinja::from(text.clone()));
        let extra = FxHashMap::from_iter([
            self.relation(),
            ("__field".into(), Jinja::from(field.clone())),
            ("__filter".into(), filter),
        ]);
        let answer = self.call("{{ collect_freshness(__relation, __field, __filter) }}", extra)?;
        // Macros of projects may still return what dbt 1.4 wanted of them.
        if answer.get_attr("table").is_ok_and(|table| table.is_undefined()) {
            let text = "The 'collect_freshness' macro must return the result of its statement, which holds the \
                        table and the response; that it may return the table alone will end.";
            let warning = Diagnostic::warning("deprecated-freshness", text);
            let event = EventKind::Diagnostic(Box::new(warning.event("CollectFreshnessReturnSignature")));
            (self.execution.runtime.emit)(Event::new(event));
        }
        self.read(&answer, field)
    }

    fn by_query(&self, query: &Str) -> Result<(Freshness, Map), Failed> {
        let engine = &self.execution.runtime.run.engine;
        let scope = NodeScope::shared(&self.execution.context(facts_of(self.node), FxHashMap::default()));
        let query = engine
            .render_str(&self.node.unique_id, query, scope, Undefined::Strict)
            .map_err(|error| Failed::of_render(&error, self.execution, self.sources))?;
        let extra = FxHashMap::from_iter([self.relation(), ("__query".into(), Jinja::from(query))]);
        let answer = self.call("{{ collect_freshness_custom_sql(__relation, __query) }}", extra)?;
        self.read(&answer, "loaded_at_query")
    }

    fn by_metadata(&self) -> Result<(Freshness, Map), Failed> {
        let dialect = self.execution.runtime.adapter.dialect();
        if !dialect.capabilities().contains(&Capability::TableLastModifiedMetadata) {
            return Err(Failed::runtime(format!(
                "Could not compute freshness for source {}: no 'loaded_at_field' provided and {} adapter does not \
                 support metadata-based freshness checks.",
                self.node.name,
                dialect.type_name()
            )));
        }
        let extra = FxHashMap::from_iter([self.relation()]);
        let template = "{{ get_relation_last_modified(__relation.information_schema_only(), [__relation]) }}";
        let answer = self.call(template, extra)?;
        let (table, response) = taken_apart(&answer)?;
        let cell = |name: &str| {
            let column = table.column_names().iter().position(|column| column.to_lowercase() == name);
            column.map(|column| table.cell(0, column)).unwrap_or_default()
        };
        Ok((self.aged(&cell("last_modified"), &cell("snapshotted_at"), "last_modified")?, response))
    }

    fn read(&self, answer: &Jinja, field: &str) -> Result<(Freshness, Map), Failed> {
        let (table, response) = taken_apart(answer)?;
        if table.len() != 1 || table.column_names().len() != 2 {
            return Err(Failed::runtime(format!(
                "Got an invalid result from \"collect_freshness\" macro: {} rows of {} columns",
                table.len(),
                table.column_names().len()
            )));
        }
        Ok((self.aged(&table.cell(0, 0), &table.cell(0, 1), field)?, response))
    }

    fn aged(&self, loaded: &Cell, now: &Cell, field: &str) -> Result<Freshness, Failed> {
        let time = |cell: &Cell| -> Result<DateTime<Utc>, Failed> {
            match cell {
                // An empty table is as old as can be.
                Cell::Null => {
                    Ok(DateTime::from_timestamp(-62_135_596_800, 0).unwrap_or(DateTime::<Utc>::MIN_UTC))
                }
                Cell::DateTime(time) => Ok(time.and_utc()),
                Cell::DateTimeTz(time) => Ok(time.to_utc()),
                other => Err(Failed::runtime(format!(
                    "Expected a timestamp value when querying field '{field}' of table {} but received value of type \
                     '{}' instead",
                    self.execution.runtime.relation_of(self.node).render(),
                    other.to_value().type_name()
                ))),
            }
        };
        let (max_loaded_at, snapshotted_at) = (time(loaded)?, time(now)?);
        let age = (snapshotted_at - max_loaded_at).as_seconds_f64();
        Ok(Freshness { max_loaded_at, snapshotted_at, age })
    }
}

fn taken_apart(answer: &Jinja) -> Result<(Table, Map), Failed> {
    let table = answer.get_attr("table").ok().and_then(|table| TableValue::of(&table).cloned());
    let response =
        answer.get_attr("response").map(|response| response_of(&response).to_map()).unwrap_or_default();
    let direct = || TableValue::of(answer).cloned();
    table.or_else(direct).map(|table| (table, response)).ok_or_else(|| {
        Failed::runtime("the macro that asks for freshness must return the result of its statement")
    })
}
