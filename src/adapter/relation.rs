//! dbt's `api.Relation`: a table, view or the like by name, and how that name is written in SQL.

use std::fmt;
use std::hash::{Hash, Hasher};

use super::dialect::Dialect;
use super::error::{AdapterError, Result};
use crate::value::{Map, Str};

/// Which parts of a relation's name something holds for: quoting, or being written at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    pub database: bool,
    pub schema: bool,
    pub identifier: bool,
}

impl Policy {
    pub const ALL: Policy = Policy { database: true, schema: true, identifier: true };
    pub const NONE: Policy = Policy { database: false, schema: false, identifier: false };

    pub fn get(&self, part: Part) -> bool {
        match part {
            Part::Database => self.database,
            Part::Schema => self.schema,
            Part::Identifier => self.identifier,
        }
    }

    /// The policy with some parts set anew; database, schema, identifier.
    pub fn replace(self, parts: [Option<bool>; 3]) -> Policy {
        Policy {
            database: parts[0].unwrap_or(self.database),
            schema: parts[1].unwrap_or(self.schema),
            identifier: parts[2].unwrap_or(self.identifier),
        }
    }
}

/// A part of a relation's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Database,
    Schema,
    Identifier,
}

impl Part {
    pub const ALL: [Part; 3] = [Part::Database, Part::Schema, Part::Identifier];
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RelationType {
    Table,
    View,
    Cte,
    MaterializedView,
    Ephemeral,
    External,
    PointerTable,
    Function,
    DynamicTable,
    InteractiveTable,
    StreamingTable,
    MetricView,
    Foreign,
    Unknown,
}

impl RelationType {
    /// Types every warehouse knows, under dbt's names.
    pub const COMMON: [RelationType; 8] = [
        RelationType::Table,
        RelationType::View,
        RelationType::Cte,
        RelationType::MaterializedView,
        RelationType::Ephemeral,
        RelationType::External,
        RelationType::PointerTable,
        RelationType::Function,
    ];

    pub fn name(self) -> &'static str {
        match self {
            RelationType::Table => "table",
            RelationType::View => "view",
            RelationType::Cte => "cte",
            RelationType::MaterializedView => "materialized_view",
            RelationType::Ephemeral => "ephemeral",
            RelationType::External => "external",
            RelationType::PointerTable => "pointer_table",
            RelationType::Function => "function",
            RelationType::DynamicTable => "dynamic_table",
            RelationType::InteractiveTable => "interactive_table",
            RelationType::StreamingTable => "streaming_table",
            RelationType::MetricView => "metric_view",
            RelationType::Foreign => "foreign",
            RelationType::Unknown => "unknown",
        }
    }

    pub fn from_name(name: &str) -> Option<RelationType> {
        RelationType::COMMON.into_iter().find(|kind| kind.name() == name)
    }
}

/// The window of a microbatch or sample, as text that goes into SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventTimeFilter {
    pub field: Str,
    pub start: Option<Str>,
    pub end: Option<Str>,
}

/// A relation's name and how it is written. Cheap to clone.
#[derive(Clone)]
pub struct Relation {
    pub dialect: &'static dyn Dialect,
    pub path: [Option<Str>; 3],
    pub kind: Option<RelationType>,
    pub quote_character: char,
    pub quote_policy: Policy,
    pub include_policy: Policy,
    pub dbt_created: bool,
    pub limit: Option<u64>,
    pub event_time_filter: Option<EventTimeFilter>,
    pub require_alias: bool,
    pub catalog: Option<Str>,
    /// What stands in for the name: a file, a function call (DuckDB's external sources).
    pub external: Option<Str>,
    /// For an information schema: the view in it, or none for the schema itself.
    pub information_schema_view: Option<Option<Str>>,
    /// BigQuery's region.
    pub location: Option<Str>,
    /// What adapters tell beside (`is_delta`, `table_format`, `metadata`), under dbt's names.
    pub extra: Map,
}

impl Relation {
    /// `Relation.create`, unchecked for length: call [`Relation::checked`] once the type is set.
    pub fn new(dialect: &'static dyn Dialect, path: [Option<Str>; 3]) -> Relation {
        Relation {
            dialect,
            path,
            kind: None,
            quote_character: dialect.quote_character(),
            quote_policy: dialect.quote_policy(),
            include_policy: dialect.include_policy(),
            dbt_created: false,
            limit: None,
            event_time_filter: None,
            require_alias: dialect.require_alias(),
            catalog: None,
            external: None,
            information_schema_view: None,
            location: None,
            extra: Map::default(),
        }
    }

    /// The common table expression that stands for an ephemeral model.
    pub fn ephemeral(dialect: &'static dyn Dialect, identifier: &str) -> Relation {
        let name = format!("__dbt__cte__{identifier}");
        let mut relation = Relation::new(dialect, [None, None, Some(name.into())]);
        relation.kind = Some(RelationType::Cte);
        relation.quote_policy.identifier = false;
        relation
    }

    pub fn with_kind(mut self, kind: Option<RelationType>) -> Relation {
        self.kind = kind;
        self
    }

    /// The relation, when the warehouse takes such a name.
    ///
    /// Errors: a name too long, a database where there is none.
    pub fn checked(self) -> Result<Relation> {
        self.dialect.check_relation(&self)?;
        Ok(self)
    }

    pub fn part(&self, part: Part) -> Option<&Str> {
        self.path[part as usize].as_ref()
    }

    pub fn database(&self) -> Option<&str> {
        self.path[0].as_deref()
    }

    pub fn schema(&self) -> Option<&str> {
        self.path[1].as_deref()
    }

    pub fn identifier(&self) -> Option<&str> {
        self.path[2].as_deref()
    }

    pub fn is(&self, kind: RelationType) -> bool {
        self.kind == Some(kind)
    }

    pub fn can_be_renamed(&self) -> bool {
        self.kind.is_some_and(|kind| self.dialect.renameable().contains(&kind))
    }

    pub fn can_be_replaced(&self) -> bool {
        self.dialect.can_be_replaced(self)
    }

    /// The relation with some parts quoted or not; database, schema, identifier.
    pub fn quote(&self, parts: [Option<bool>; 3]) -> Relation {
        Relation { quote_policy: self.quote_policy.replace(parts), ..self.clone() }
    }

    /// The relation with some parts written or not; database, schema, identifier.
    pub fn include(&self, parts: [Option<bool>; 3]) -> Relation {
        Relation { include_policy: self.include_policy.replace(parts), ..self.clone() }
    }

    pub fn replace_path(&self, path: [Option<Str>; 3]) -> Relation {
        Relation { path, ..self.clone() }
    }

    /// Database and schema alone.
    pub fn without_identifier(&self) -> Relation {
        let mut relation = self.include([None, None, Some(false)]);
        relation.path[2] = None;
        relation
    }

    /// The information schema of this relation's database, or a view in it.
    pub fn information_schema(&self, view: Option<&str>) -> Relation {
        let mut relation =
            Relation::new(self.dialect, [self.path[0].clone(), None, Some("INFORMATION_SCHEMA".into())]);
        relation.kind = Some(RelationType::View);
        relation.include_policy =
            Policy { database: self.path[0].is_some(), schema: false, identifier: true };
        relation.quote_policy = Policy { identifier: false, ..self.quote_policy };
        relation.information_schema_view = Some(view.map(Into::into));
        self.dialect.adjust_information_schema(self, &mut relation);
        relation
    }

    /// Whether the given parts are this relation's: exactly, or for relations that dbt made without
    /// quotes, whatever their case.
    ///
    /// Errors: no part given; a match in all but case or quotes, which is ambiguous.
    pub fn matches(&self, search: [Option<&str>; 3]) -> Result<bool> {
        if search.iter().all(Option::is_none) && self.dialect.approximate_match_is_error() {
            return Err(AdapterError::runtime("Tried to match relation, but no search path was passed!"));
        }
        let (mut exact, mut approximate) = (true, true);
        let bare = |text: &str| text.to_lowercase().trim_matches(self.quote_character).to_string();
        for (part, value) in Part::ALL.into_iter().zip(search) {
            let Some(value) = value else { continue };
            let own = self.part(part).map(|own| &**own);
            let folds = self.dbt_created && !self.quote_policy.get(part);
            exact &= own.is_some_and(|own| {
                if folds { own.to_lowercase() == value.to_lowercase() } else { own == value }
            });
            approximate &= bare(own.unwrap_or("None")) == bare(value);
        }
        if self.dialect.lowers_names() {
            return Ok(approximate);
        }
        if approximate && !exact && self.dialect.approximate_match_is_error() {
            let searched = Relation::new(self.dialect, search.map(|part| part.map(Into::into)));
            return Err(AdapterError::runtime(format!(
                "the search for {} found {}, which differs in case or quoting only",
                searched.render(),
                self.render()
            ))
            .help("drop or rename one of the two, so that the name is unambiguous"));
        }
        Ok(exact)
    }

    /// The name as SQL, without limit or filter. Empty when nothing is set.
    pub fn render(&self) -> String {
        if let Some(external) = &self.external {
            return external.to_string();
        }
        let mut out = String::new();
        let mut push = |text: fmt::Arguments<'_>| {
            use fmt::Write;
            // Writing to a String cannot fail.
            let _ = if out.is_empty() { out.write_fmt(text) } else { write!(out, ".{text}") };
        };
        let mark = self.quote_character;
        // The views of a region stand above the datasets.
        let is_of_region = self.location.is_some() && self.information_schema_view.is_some();
        for part in Part::ALL {
            let Some(name) = self.part(part).filter(|_| self.include_policy.get(part)) else { continue };
            if part == Part::Schema && is_of_region {
                continue;
            }
            if self.quote_policy.get(part) {
                push(format_args!("{mark}{name}{mark}"));
            } else {
                push(format_args!("{name}"));
            }
            if part == Part::Database
                && let Some(location) =
                    self.location.as_ref().filter(|_| self.information_schema_view.is_some())
            {
                push(format_args!("{mark}region-{location}{mark}"));
            }
        }
        if let Some(Some(view)) = &self.information_schema_view {
            push(format_args!("{view}"));
        }
        if self.dialect.lowers_names() { out.to_lowercase() } else { out }
    }

    fn subquery_alias(&self, purpose: &str) -> String {
        if !self.require_alias {
            return String::new();
        }
        format!(" _dbt_{purpose}_subq_{}", self.identifier().unwrap_or("None"))
    }

    /// The name, in a subquery when a limit is set.
    pub fn render_limited(&self) -> String {
        let rendered = self.render();
        let alias = || self.subquery_alias("limit");
        match self.limit {
            None => rendered,
            Some(0) => format!("(select * from {rendered} where false limit 0){}", alias()),
            Some(limit) => format!("(select * from {rendered} limit {limit}){}", alias()),
        }
    }

    /// `rendered`, in a subquery when an event-time filter is set.
    pub fn render_event_time_filtered(&self, rendered: String) -> String {
        let Some(filter) = &self.event_time_filter else { return rendered };
        let condition = self.dialect.event_time_condition(filter);
        if condition.is_empty() {
            return rendered;
        }
        format!("(select * from {rendered} where {condition}){}", self.subquery_alias("et_filter"))
    }

    /// The name of the Python class.
    pub fn class_name(&self) -> &'static str {
        if self.information_schema_view.is_some() {
            "InformationSchema"
        } else {
            self.dialect.relation_class()
        }
    }
}

/// What `{{ relation }}` prints: the name, inside its limit and filter.
impl fmt::Display for Relation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is(RelationType::Function) {
            return out.write_str(&self.render());
        }
        out.write_str(&self.render_event_time_filtered(self.render_limited()))
    }
}

impl fmt::Debug for Relation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<{} {}>", self.class_name(), self.render())
    }
}

impl PartialEq for Relation {
    fn eq(&self, other: &Relation) -> bool {
        self.dialect.type_name() == other.dialect.type_name()
            && self.path == other.path
            && self.kind == other.kind
            && self.quote_character == other.quote_character
            && self.quote_policy == other.quote_policy
            && self.include_policy == other.include_policy
            && self.dbt_created == other.dbt_created
            && self.limit == other.limit
            && self.event_time_filter == other.event_time_filter
            && self.require_alias == other.require_alias
            && self.catalog == other.catalog
            && self.external == other.external
            && self.information_schema_view == other.information_schema_view
            && self.location == other.location
            && self.extra == other.extra
    }
}

impl Eq for Relation {}

impl Hash for Relation {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.render().hash(state);
    }
}
