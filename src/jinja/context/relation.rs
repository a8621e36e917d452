//! `api.Relation` and the relations that templates handle.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use minijinja::value::{DynObject, Enumerator, Object, ObjectRepr};
use minijinja::{Error, State, Value};

use super::adapter::{databricks, snowflake};
use super::args::{CallArgs, optional_bool, optional_text, text, type_error, unknown_method};
use super::relation_fields::{set_field, set_path};
use super::relation_parts::{PathValue, PolicyValue, text_or_none};
use crate::adapter::relation::{EventTimeFilter, Part};
use crate::adapter::{AdapterError, Dialect, Policy, Relation, RelationType};
use crate::jinja::engine::{dict, is_undefined, list, py_str};

/// A relation in a template. Prints as its name in SQL.
#[derive(Debug)]
pub struct RelationValue(pub Arc<Relation>);

impl RelationValue {
    pub fn value(relation: Relation) -> Value {
        Value::from_object(RelationValue(Arc::new(relation)))
    }

    pub fn shared(relation: Arc<Relation>) -> Value {
        Value::from_object(RelationValue(relation))
    }

    /// The relation that a value is.
    pub fn of(value: &Value) -> Option<Arc<Relation>> {
        value.downcast_object_ref::<RelationValue>().map(|relation| relation.0.clone())
    }

    fn attribute(&self, name: &str) -> Option<Value> {
        let relation = &*self.0;
        let is = |kind| Some(Value::from(relation.is(kind)));
        let own = databricks::relation::attribute(relation, name);
        if let Some(own) = own.or_else(|| snowflake::relation::attribute(relation, name)) {
            return Some(own);
        }
        match name {
            "database" | "project" => Some(text_or_none(relation.part(Part::Database))),
            "schema" | "dataset" => Some(text_or_none(relation.part(Part::Schema))),
            "identifier" | "name" | "table" => Some(text_or_none(relation.part(Part::Identifier))),
            "type" => Some(relation.kind.map_or(Value::from(()), |kind| Value::from(kind.name()))),
            "path" => Some(PathValue::value(relation.path.clone())),
            "quote_character" => Some(Value::from(relation.quote_character.to_string())),
            "quote_policy" => Some(PolicyValue::value(relation.quote_policy)),
            "include_policy" => Some(PolicyValue::value(relation.include_policy)),
            "dbt_created" => Some(Value::from(relation.dbt_created)),
            "limit" => Some(relation.limit.map_or(Value::from(()), Value::from)),
            "require_alias" => Some(Value::from(relation.require_alias)),
            "catalog" => Some(text_or_none(relation.catalog.as_ref())),
            "external" => Some(text_or_none(relation.external.as_ref())),
            "location" => Some(text_or_none(relation.location.as_ref())),
            "event_time_filter" => Some(event_filter_value(relation.event_time_filter.as_ref())),
            "information_schema_view" => {
                let view = relation.information_schema_view.as_ref()?;
                Some(text_or_none(view.as_ref()))
            }
            "can_be_renamed" => Some(Value::from(relation.can_be_renamed())),
            "can_be_replaced" => Some(Value::from(relation.can_be_replaced())),
            "is_table" => is(RelationType::Table),
            "is_view" => is(RelationType::View),
            "is_cte" => is(RelationType::Cte),
            "is_pointer" => is(RelationType::PointerTable),
            "is_function" => is(RelationType::Function),
            "is_dynamic_table" => is(RelationType::DynamicTable),
            "is_interactive_table" => is(RelationType::InteractiveTable),
            "is_streaming_table" => is(RelationType::StreamingTable),
            "is_metric_view" => is(RelationType::MetricView),
            "is_materialized_view" => {
                let dynamic = relation.dialect.type_name() == "snowflake";
                is(if dynamic { RelationType::DynamicTable } else { RelationType::MaterializedView })
            }
            "__name__" => Some(Value::from(relation.class_name())),
            "__repr__" => Some(Value::from(format!("{relation:?}"))),
            "__callable__" => Some(Value::from(false)),
            _ => class_attribute(relation.dialect, name)
                .or_else(|| relation.extra.get(name).map(crate::jinja::engine::to_jinja)),
        }
    }
}

/// What both the class and its relations answer: the names of the types.
fn class_attribute(dialect: &'static dyn Dialect, name: &str) -> Option<Value> {
    let kind = match name {
        "Table" => RelationType::Table,
        "View" => RelationType::View,
        "CTE" => RelationType::Cte,
        "External" => RelationType::External,
        "MaterializedView" => RelationType::MaterializedView,
        "PointerTable" => RelationType::PointerTable,
        "Function" => RelationType::Function,
        "DynamicTable" => RelationType::DynamicTable,
        "InteractiveTable" if dialect.type_name() == "snowflake" => RelationType::InteractiveTable,
        "StreamingTable" => RelationType::StreamingTable,
        "renameable_relations" => return Some(kinds(dialect.renameable())),
        "replaceable_relations" => return Some(kinds(dialect.replaceable())),
        "get_relation_type" => {
            let names = RelationType::COMMON.map(|kind| (class_name_of(kind), Value::from(kind.name())));
            return Some(dict(names));
        }
        _ => return None,
    };
    Some(Value::from(kind.name()))
}

fn class_name_of(kind: RelationType) -> &'static str {
    match kind {
        RelationType::Table => "Table",
        RelationType::View => "View",
        RelationType::Cte => "CTE",
        RelationType::MaterializedView => "MaterializedView",
        RelationType::Ephemeral => "Ephemeral",
        RelationType::PointerTable => "PointerTable",
        RelationType::Function => "Function",
        _ => "External",
    }
}

fn kinds(kinds: &[RelationType]) -> Value {
    list(kinds.iter().map(|kind| Value::from(kind.name())).collect())
}

fn event_filter_value(filter: Option<&EventTimeFilter>) -> Value {
    filter.map_or(Value::from(()), |filter| {
        dict([
            ("field_name", Value::from(filter.field.clone())),
            ("start", text_or_none(filter.start.as_ref())),
            ("end", text_or_none(filter.end.as_ref())),
        ])
    })
}

impl Object for RelationValue {
    // A relation is a mapping in Python; packages tell relations from text by it.
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.attribute(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.attribute(key)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Empty
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        call(&self.0, method, CallArgs::new(args))
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        let other = other.downcast_ref::<RelationValue>()?;
        if self.0 == other.0 {
            return Some(Ordering::Equal);
        }
        // Some order that never calls two different relations equal.
        let text = |relation: &Relation| format!("{relation:?} {:?}", relation.kind);
        Some(text(&self.0).cmp(&text(&other.0)).then(Ordering::Less))
    }

    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.0)
    }
}

fn call(relation: &Arc<Relation>, method: &str, args: CallArgs) -> Result<Value, Error> {
    let made = |relation: Relation| Ok(RelationValue::value(relation));
    if let ("relation_max_name_length", Some(longest)) = (method, relation.dialect.longest_name()) {
        return args.none(method).map(|()| Value::from(longest));
    }
    if let Some(own) = super::adapter::call_relation(relation, method, &args)? {
        return Ok(own);
    }
    match method {
        "render" => args.none(method).map(|()| Value::from(relation.render())),
        "render_limited" => args.none(method).map(|()| Value::from(relation.render_limited())),
        "render_event_time_filtered" => {
            let [rendered] = args.bind(method, ["rendered"], 0)?;
            let rendered = rendered.map_or_else(|| relation.render(), |rendered| py_str(&rendered));
            Ok(Value::from(relation.render_event_time_filtered(rendered)))
        }
        "quoted" => {
            let name = py_str(&args.one(method, "identifier")?);
            let mark = relation.quote_character;
            Ok(Value::from(format!("{mark}{name}{mark}")))
        }
        "include" | "quote" => {
            let parts = args.bind(method, ["database", "schema", "identifier"], 0)?.map(optional_bool);
            made(if method == "include" { relation.include(parts) } else { relation.quote(parts) })
        }
        "without_identifier" => args.none(method).and_then(|()| made(relation.without_identifier())),
        "information_schema" | "information_schema_only" => {
            let [view] = args.bind(method, ["view_name"], 0)?;
            made(relation.information_schema(view.as_ref().and_then(Value::as_str)))
        }
        "matches" => {
            let parts = args.bind(method, ["database", "schema", "identifier"], 0)?;
            let parts = parts.map(|part| optional_text(part, "a part of a relation's name"));
            let [database, schema, identifier] = parts;
            let (database, schema, identifier) = (database?, schema?, identifier?);
            let search = [database.as_deref(), schema.as_deref(), identifier.as_deref()];
            relation.matches(search).map(Value::from).map_err(raised)
        }
        "replace_path" => {
            let (_, parts) = args.bind_some::<0>(method, [], 0)?;
            let mut changed = relation.as_ref().clone();
            set_path(&mut changed, &parts)?;
            made(changed)
        }
        "incorporate" | "replace" => {
            let (_, fields) = args.bind_some::<0>(method, [], 0)?;
            let mut changed = relation.as_ref().clone();
            for (name, value) in fields {
                set_field(&mut changed, &name, value)?;
            }
            made(changed.checked().map_err(raised)?)
        }
        "get" => {
            let [key, default] = args.bind(method, ["key", "default"], 1)?;
            let key = text(&key.unwrap_or_default(), "the key")?;
            if key == "metadata" {
                // Packages recognise relations by this.
                return Ok(dict([("type", Value::from(relation.class_name()))]));
            }
            let found = RelationValue(relation.clone()).attribute(&key);
            Ok(found.or(default).unwrap_or_else(|| Value::from(())))
        }
        "to_dict" => Ok(to_dict(relation)),
        "get_function_config" => function_config(&args.one(method, "model")?),
        "get_function_macro_name" => {
            let config = args.one(method, "config")?;
            let part = |name: &str| config.get_attr(name).map(|part| py_str(&part)).unwrap_or_default();
            Ok(Value::from(format!("{}_function_{}", part("type"), part("language"))))
        }
        "needs_to_drop" => {
            let [old] = args.bind(method, ["old_relation"], 1)?;
            let old = old.as_ref().and_then(RelationValue::of);
            Ok(Value::from(old.is_some_and(|old| !old.is(RelationType::Table))))
        }
        _ => call_class(relation.dialect, relation.dialect.quote_policy(), method, args),
    }
}

/// What the materialization of functions asks of the model: none for anything else.
fn function_config(model: &Value) -> Result<Value, Error> {
    let get = |value: &Value, key: &str| value.get_item(&Value::from(key)).unwrap_or_default();
    if get(model, "resource_type").as_str() != Some("function") {
        return Ok(Value::from(()));
    }
    let config = get(model, "config");
    let part = |key: &'static str| {
        let value = get(&config, key);
        (key, if is_undefined(&value) { Value::from(()) } else { value })
    };
    Ok(dict([
        ("language", get(model, "language")),
        part("type"),
        part("runtime_version"),
        part("entry_point"),
    ]))
}

/// Methods of the class; `quoting` is what made relations get unless the call says otherwise.
fn call_class(
    dialect: &'static dyn Dialect,
    quoting: Policy,
    method: &str,
    args: CallArgs,
) -> Result<Value, Error> {
    if dialect.type_name() == "bigquery"
        && let Some(value) = super::adapter::call_bigquery_class(method, &args)?
    {
        return Ok(value);
    }
    match method {
        "create" => {
            let (path, fields) = args.bind_some(method, ["database", "schema", "identifier", "type"], 0)?;
            let [database, schema, identifier, kind] = path;
            let mut relation = Relation::new(dialect, [None, None, None]);
            relation.quote_policy = quoting;
            let parts = [("database", database), ("schema", schema), ("identifier", identifier)];
            let parts: Vec<_> =
                parts.into_iter().filter_map(|(name, value)| Some((name.to_string(), value?))).collect();
            set_path(&mut relation, &parts)?;
            set_field(&mut relation, "type", kind.unwrap_or_else(|| Value::from(())))?;
            for (name, value) in fields {
                set_field(&mut relation, &name, value)?;
            }
            Ok(RelationValue::value(relation.checked().map_err(raised)?))
        }
        "scd_args" => {
            let [key, updated_at] = args.bind(method, ["primary_key", "updated_at"], 2)?;
            let key = key.unwrap_or_default();
            let mut items: Vec<Value> = match key.as_str() {
                Some(_) => vec![key],
                None => super::args::items(&key)?,
            };
            items.extend(updated_at);
            Ok(list(items))
        }
        "add_ephemeral_prefix" => {
            let name = py_str(&args.one(method, "name")?);
            Ok(Value::from(format!("__dbt__cte__{name}")))
        }
        "get_default_quote_policy" => args.none(method).map(|()| PolicyValue::value(dialect.quote_policy())),
        "get_default_include_policy" => {
            args.none(method).map(|()| PolicyValue::value(dialect.include_policy()))
        }
        "get_relation_type" => {
            let name = py_str(&args.one(method, "value")?);
            match dialect.relation_type(&name) {
                Some(kind) => Ok(Value::from(kind.name())),
                None => Err(type_error(format!("'{name}' is not a valid RelationType"))),
            }
        }
        _ => Err(unknown_method(dialect.relation_class(), method)),
    }
}

fn to_dict(relation: &Relation) -> Value {
    let path = PathValue(relation.path.clone());
    dict([
        ("path", path.to_dict()),
        ("type", relation.kind.map_or(Value::from(()), |kind| Value::from(kind.name()))),
        ("quote_character", Value::from(relation.quote_character.to_string())),
        ("include_policy", PolicyValue(relation.include_policy).to_dict()),
        ("quote_policy", PolicyValue(relation.quote_policy).to_dict()),
        ("dbt_created", Value::from(relation.dbt_created)),
        ("require_alias", Value::from(relation.require_alias)),
    ])
}

/// A template's error for one of the warehouse layer, which stays its source.
pub fn raised(error: AdapterError) -> Error {
    type_error(error.message.clone()).with_source(error)
}

/// `api.Relation`: makes relations, quoted as the project says.
pub struct RelationClass {
    pub dialect: &'static dyn Dialect,
    /// The project's quoting over the adapter's own.
    pub quoting: Policy,
}

impl fmt::Debug for RelationClass {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<class '{}'>", self.dialect.relation_class())
    }
}

impl Object for RelationClass {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "__name__" => Some(Value::from("RelationProxy")),
            // A name and, called, a function.
            "get_relation_type" => None,
            name => class_attribute(self.dialect, name),
        }
    }

    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let (_, fields) = CallArgs::new(args).bind_some::<0>("Relation", [], 0)?;
        let mut relation = Relation::new(self.dialect, [None, None, None]);
        for (name, value) in fields {
            set_field(&mut relation, &name, value)?;
        }
        Ok(RelationValue::value(relation.checked().map_err(raised)?))
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        call_class(self.dialect, self.quoting, method, CallArgs::new(args))
    }

    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapter::dialect::dialect;

    #[test]
    fn warehouses_with_short_names_tell_how_long_they_may_be() {
        let longest = |name: &str| {
            let relation = Arc::new(Relation::new(dialect(name).expect("a dialect"), [None, None, None]));
            call(&relation, "relation_max_name_length", CallArgs::new(&[]))
                .ok()
                .map(|longest| longest.to_string())
        };
        assert_eq!(longest("postgres").as_deref(), Some("63"));
        assert_eq!(longest("redshift").as_deref(), Some("127"));
        assert_eq!(longest("duckdb"), None);
    }
}
