//! What is configured of a relation: as its model wants it, or as it stands.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr};
use minijinja::{Error, State, Value};

use super::super::super::args::{CallArgs, type_error, unknown_method};
use super::changes;
use super::constraints::ConstraintValue;
use super::schedule::Schedule;
use crate::adapter::constraint::Constraint;
use crate::jinja::engine::{dict, list, map_to_jinja};
use crate::value::{Map, Str};

/// What kind of relation the settings are of; each knows settings of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Incremental,
    View,
    MetricView,
    MaterializedView,
    StreamingTable,
}

impl Kind {
    /// The settings that count, in dbt's order.
    pub fn parts(self) -> &'static [&'static str] {
        match self {
            Kind::Incremental => &[
                "comment",
                "column_comments",
                "column_masks",
                "column_tags",
                "constraints",
                "row_filter",
                "tags",
                "tblproperties",
                "liquid_clustering",
            ],
            Kind::View => &["tags", "tblproperties", "query", "comment", "column_comments", "column_tags"],
            Kind::MetricView => &["tags", "tblproperties", "query"],
            Kind::MaterializedView => &[
                "partition_by",
                "liquid_clustering",
                "comment",
                "tblproperties",
                "refresh",
                "query",
                "tags",
                "column_tags",
                "row_filter",
            ],
            Kind::StreamingTable => &[
                "partition_by",
                "liquid_clustering",
                "comment",
                "tblproperties",
                "refresh",
                "tags",
                "column_tags",
                "query",
                "row_filter",
            ],
        }
    }

    pub fn of_materialization(name: &str) -> Option<Kind> {
        Some(match name {
            "incremental" => Kind::Incremental,
            "view" => Kind::View,
            "metric_view" => Kind::MetricView,
            "materialized_view" => Kind::MaterializedView,
            "streaming_table" => Kind::StreamingTable,
            _ => return None,
        })
    }
}

/// Constraints that are set, and such as a change takes away.
#[derive(Clone, Debug, Default)]
pub(super) struct Constraints {
    pub set: Vec<Constraint>,
    pub unset: Vec<Constraint>,
    pub set_non_nulls: Vec<Str>,
    pub unset_non_nulls: Vec<Str>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct RowFilter {
    /// Catalog, schema and name, with dots between.
    pub function: Option<Str>,
    pub columns: Vec<Str>,
    pub should_unset: bool,
    /// Whether this is what has changed, rather than what is.
    pub is_change: bool,
}

/// One setting.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Comment {
        comment: Option<Str>,
        persist: bool,
    },
    ColumnComments {
        comments: Map,
        persist: bool,
    },
    ColumnMasks {
        set: Map,
        unset: Vec<Str>,
    },
    ColumnTags(Map),
    Constraints(Constraints),
    RowFilter(RowFilter),
    Tags(Map),
    Properties {
        properties: Map,
        pipeline: Option<Str>,
    },
    Clustering {
        auto: bool,
        columns: Vec<Str>,
    },
    Partitioning(Vec<Str>),
    Query(Str),
    /// The YAML of a metric view.
    Measures(Str),
    Refresh(Schedule),
}

/// All settings of a relation, by name.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub kind: Kind,
    pub parts: Vec<(&'static str, Part)>,
}

impl Settings {
    pub fn value(settings: Settings) -> Value {
        Value::from_object(SettingsValue(settings))
    }

    pub fn of(value: &Value) -> Option<&Settings> {
        value.downcast_object_ref::<SettingsValue>().map(|value| &value.0)
    }

    pub fn part(&self, name: &str) -> Option<&Part> {
        self.parts.iter().find(|(own, _)| *own == name).map(|(_, part)| part)
    }
}

#[derive(Debug)]
struct SettingsValue(Settings);

impl Object for SettingsValue {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "config" => Some(by_name(&self.0.parts)),
            "__name__" => Some(Value::from("DatabricksRelationConfig")),
            "__callable__" => Some(Value::from(false)),
            _ => None,
        }
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        if method != "get_changeset" {
            return Err(unknown_method("DatabricksRelationConfig", method));
        }
        let existing = CallArgs::new(args).one(method, "existing")?;
        let existing = Settings::of(&existing)
            .ok_or_else(|| type_error("get_changeset() takes what get_relation_config() returned"))?;
        Ok(match changes::between(&self.0, existing) {
            None => Value::from(()),
            Some((changed, rebuild)) => dict([
                ("has_changes", Value::from(!changed.is_empty())),
                ("changes", by_name(&changed)),
                ("requires_full_refresh", Value::from(rebuild)),
            ]),
        })
    }

    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<DatabricksRelationConfig {:?}>", self.0.kind)
    }
}

fn by_name(parts: &[(&'static str, Part)]) -> Value {
    dict(parts.iter().map(|(name, part)| (*name, value_of(part))))
}

/// A setting as templates read it.
pub(super) fn value_of(part: &Part) -> Value {
    let text = |text: &Option<Str>| text.clone().map_or(Value::from(()), Value::from);
    let texts = |texts: &[Str]| list(texts.iter().cloned().map(Value::from).collect());
    let all = |found: &[Constraint]| list(found.iter().cloned().map(ConstraintValue::value).collect());
    match part {
        Part::Comment { comment, persist } => {
            dict([("comment", text(comment)), ("persist", Value::from(*persist))])
        }
        Part::ColumnComments { comments, persist } => {
            dict([("comments", map_to_jinja(comments)), ("persist", Value::from(*persist))])
        }
        Part::ColumnMasks { set, unset } => {
            dict([("set_column_masks", map_to_jinja(set)), ("unset_column_masks", texts(unset))])
        }
        Part::ColumnTags(tags) => dict([("set_column_tags", map_to_jinja(tags))]),
        Part::Constraints(found) => dict([
            ("set_constraints", all(&found.set)),
            ("unset_constraints", all(&found.unset)),
            ("set_non_nulls", texts(&found.set_non_nulls)),
            ("unset_non_nulls", texts(&found.unset_non_nulls)),
        ]),
        Part::RowFilter(filter) => dict([
            ("function", text(&filter.function)),
            ("columns", texts(&filter.columns)),
            ("should_unset", Value::from(filter.should_unset)),
            ("is_change", Value::from(filter.is_change)),
        ]),
        Part::Tags(tags) => dict([("set_tags", map_to_jinja(tags))]),
        Part::Properties { properties, pipeline } => {
            dict([("tblproperties", map_to_jinja(properties)), ("pipeline_id", text(pipeline))])
        }
        Part::Clustering { auto, columns } => {
            dict([("auto_cluster", Value::from(*auto)), ("cluster_by", texts(columns))])
        }
        Part::Partitioning(columns) => dict([("partition_by", texts(columns))]),
        Part::Query(query) | Part::Measures(query) => dict([("query", Value::from(query.clone()))]),
        Part::Refresh(schedule) => schedule.value(),
    }
}
