//! Properties of nodes: columns, versions, constraints, and the patch that a YAML entry makes.

use super::nodes::added_up;
use super::properties::{Entry, Section};
use crate::diag::{Diagnostic, nearest};
use crate::manifest::{ColumnInfo, NodeVersion, StrMap};
use crate::source::Span;
use crate::value::{Map, Str, Value};
use crate::yaml::Yaml;

/// A test as written below `data_tests:`, with its place.
#[derive(Clone, Debug)]
pub struct TestEntry {
    pub definition: Value,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct ColumnProps {
    pub info: ColumnInfo,
    pub tests: Vec<TestEntry>,
    /// Tags of the column and of its `config:`, which its tests inherit.
    pub test_tags: Vec<Str>,
}

#[derive(Clone, Debug)]
pub struct VersionProps {
    pub v: NodeVersion,
    pub defined_in: Option<Str>,
    pub description: Str,
    pub access: Option<Str>,
    pub config: Map,
    /// `config:` as written.
    pub raw_config: Map,
    pub constraints: Option<Vec<Map>>,
    pub tests: Option<Vec<TestEntry>>,
    /// Columns kept from the model: all when none, as `include`/`exclude` say otherwise.
    pub include: Option<Vec<Str>>,
    pub exclude: Vec<Str>,
    pub columns: Vec<ColumnProps>,
    pub deprecation_date: Option<Str>,
    pub span: Span,
}

impl VersionProps {
    /// `v2`.
    pub fn formatted(&self) -> String {
        format!("v{}", self.v.py_str())
    }
}

/// What a YAML entry says about a model, seed, snapshot, analysis, singular test or function.
#[derive(Clone, Debug)]
pub struct NodePatch {
    pub section: Section,
    pub name: Str,
    pub package: Str,
    pub patch_path: Str,
    pub original_file_path: Str,
    pub description: Str,
    pub columns: Vec<ColumnProps>,
    pub config: Map,
    /// `config:` as written.
    pub raw_config: Map,
    pub constraints: Vec<Map>,
    pub versions: Vec<VersionProps>,
    pub latest_version: Option<NodeVersion>,
    pub deprecation_date: Option<Str>,
    pub time_spine: Option<Map>,
    pub tests: Vec<TestEntry>,
    pub quote_columns: Option<bool>,
    /// Functions only.
    pub arguments: Vec<Value>,
    pub returns: Map,
    pub span: Span,
}

impl NodePatch {
    /// The configuration with what stands under `config:` unrendered. Lists are there twice, as with dbt,
    /// which lays the unrendered form over the rendered one.
    pub fn config_as_written(&self, version: Option<&VersionProps>) -> Map {
        match version {
            None => added_up(&self.config, &self.raw_config),
            Some(version) => added_up(&added_up(&self.config, &version.config), &version.raw_config),
        }
    }
}

/// Keys that dbt knows on a node's entry, for the spelling hint.
const NODE_KEYS: &[&str] = &[
    "name",
    "description",
    "docs",
    "latest_version",
    "deprecation_date",
    "access",
    "config",
    "constraints",
    "tests",
    "data_tests",
    "columns",
    "time_spine",
    "versions",
    "meta",
    "group",
    "contract",
    "quote_columns",
    "tags",
    "data_type",
    "arguments",
    "returns",
    "relation",
    "type",
    "volatility",
];
const COLUMN_KEYS: &[&str] = &[
    "name",
    "description",
    "meta",
    "data_type",
    "constraints",
    "docs",
    "config",
    "tests",
    "data_tests",
    "quote",
    "tags",
    "granularity",
];

/// Reads the patch of an entry; spelling doubts go to `problems` as warnings.
pub fn node_patch(entry: &Entry<'_>, problems: &mut Vec<Diagnostic>) -> Result<NodePatch, Diagnostic> {
    warn_unknown_keys(&entry.yaml, NODE_KEYS, problems);
    warn_of_constraints(entry, problems);
    let mut config = entry.map("config")?;
    for attribute in ["meta", "docs", "group", "contract", "access"] {
        let Some(value) = entry.data.get(attribute) else { continue };
        if config.contains_key(attribute) {
            return Err(entry.error(
                "duplicate-property",
                attribute,
                format!(
                    "`{attribute}` stands both at the top level and under `config` of `{}`",
                    entry.name()
                ),
            ));
        }
        config.insert(attribute.into(), value.clone());
    }
    check_access(entry, config.get("access"))?;
    let versions = versions(entry, problems)?;
    let latest_version = entry.data.get("latest_version").filter(|value| !value.is_null()).cloned();
    if let Some(latest) = &latest_version
        && !versions.iter().any(|version| version.v == *latest)
    {
        let known: Vec<String> = versions.iter().map(|version| version.v.py_repr()).collect();
        return Err(entry.error(
            "invalid-version",
            "latest_version",
            format!(
                "latest_version: {} is not one of model '{}' versions: [{}] ",
                latest.py_str(),
                entry.name(),
                known.join(", ")
            ),
        ));
    }
    let columns = columns(entry, entry.data.get("columns"), entry.yaml.get("columns"), problems)?;
    let time_spine = super::semantic::time_spine::read(entry, &columns)?;
    Ok(NodePatch {
        section: entry.section,
        name: entry.name().into(),
        package: entry.package.config.name.clone(),
        patch_path: entry.patch_path(),
        original_file_path: entry.file.original_file_path.clone(),
        description: entry.opt_str("description")?.unwrap_or_else(|| "".into()),
        columns,
        config,
        raw_config: raw_config(&entry.yaml),
        constraints: map_list(entry, entry.data.get("constraints"), "constraints")?,
        versions,
        latest_version,
        deprecation_date: date_text(entry, entry.data.get("deprecation_date"))?,
        time_spine,
        tests: tests(entry, &entry.data, &entry.yaml)?.unwrap_or_default(),
        quote_columns: entry.data.get("quote_columns").and_then(Value::as_bool),
        arguments: entry.list("arguments")?.to_vec(),
        returns: entry.map("returns")?,
        span: entry.yaml.get("name").map_or(entry.yaml.span, |name| name.span),
    })
}

fn check_access(entry: &Entry<'_>, access: Option<&Value>) -> Result<(), Diagnostic> {
    match access {
        None | Some(Value::Null) => Ok(()),
        Some(value) if matches!(value.as_str(), Some("private" | "protected" | "public")) => Ok(()),
        Some(value) => Err(entry
            .error(
                "invalid-access",
                "access",
                format!("`{}` has the invalid access `{}`", entry.name(), value.py_str()),
            )
            .help("access is one of `private`, `protected`, `public`")),
    }
}

/// Constraints mean something for models alone.
fn warn_of_constraints(entry: &Entry<'_>, problems: &mut Vec<Diagnostic>) {
    let kind = match entry.section {
        Section::Seeds => "seed",
        Section::Snapshots => "snapshot",
        Section::Analyses => "analysis",
        Section::Functions => "function",
        _ => return,
    };
    const KEY: &str = "constraints";
    if entry.data.get(KEY).is_some_and(Value::is_truthy) {
        let message = format!("Field `{KEY}` is not valid for {kind} ({})", entry.name());
        let warning = Diagnostic::warning("misplaced-property", message).at(entry.span_of(KEY));
        let warning = warning.event("ValidationWarning").data("field_name", KEY);
        problems.push(warning.data("resource_type", kind).data("node_name", entry.name()));
    }
}

fn warn_unknown_keys(yaml: &Yaml, known: &[&str], problems: &mut Vec<Diagnostic>) {
    for entry in yaml.as_map().unwrap_or_default() {
        if known.contains(&&*entry.key) {
            continue;
        }
        if let Some(near) = nearest(&entry.key, known.iter().copied()) {
            problems.push(
                Diagnostic::warning("unknown-property", format!("unknown property `{}`", entry.key))
                    .at(entry.key_span)
                    .help(format!("did you mean `{near}`?")),
            );
        }
    }
}

/// Reads a `columns:` list.
pub fn columns(
    entry: &Entry<'_>,
    data: Option<&Value>,
    yaml: Option<&Yaml>,
    problems: &mut Vec<Diagnostic>,
) -> Result<Vec<ColumnProps>, Diagnostic> {
    let items = match data {
        None | Some(Value::Null) => return Ok(vec![]),
        Some(Value::List(items)) => items,
        Some(other) => return Err(entry.wrong_type("columns", "a list", other)),
    };
    let mut found = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let place = yaml.and_then(Yaml::as_list).and_then(|list| list.get(index));
        found.push(column(entry, item, place.unwrap_or(&entry.yaml), problems)?);
    }
    Ok(found)
}

fn column(
    entry: &Entry<'_>,
    item: &Value,
    yaml: &Yaml,
    problems: &mut Vec<Diagnostic>,
) -> Result<ColumnProps, Diagnostic> {
    let fail = |message: String| Diagnostic::error("invalid-property", message).at(yaml.span);
    let Value::Map(data) = item else {
        return Err(fail(format!(
            "a column of `{}` must be a dictionary, but it is {}",
            entry.name(),
            item.type_name()
        )));
    };
    let Some(Value::Str(name)) = data.get("name") else {
        return Err(fail(format!("a column of `{}` has no `name` in text form", entry.name())));
    };
    warn_unknown_keys(yaml, COLUMN_KEYS, problems);
    let sub_map = |key: &str| match data.get(key) {
        None | Some(Value::Null) => Ok(Map::default()),
        Some(Value::Map(map)) => Ok(map.clone()),
        Some(other) => Err(fail(format!(
            "`{key}` of column `{name}` must be a dictionary, but it is {}",
            other.type_name()
        ))),
    };
    let text = |key: &str| match data.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Str(text)) => Ok(Some(text.clone())),
        Some(other) => {
            Err(fail(format!("`{key}` of column `{name}` must be a string, but it is {}", other.type_name())))
        }
    };
    let given_config = sub_map("config")?;
    let mut meta = sub_map("meta")?;
    if let Some(Value::Map(more)) = given_config.get("meta") {
        meta.extend(more.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
    let mut tags: Vec<Str> = vec![];
    for tag in text_list(data.get("tags")).into_iter().chain(text_list(given_config.get("tags"))) {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    let constraints = map_list(entry, data.get("constraints"), "constraints")?;
    check_constraint_types(&constraints)
        .map_err(|_| fail(format!("Invalid constraint type on column {name}")))?;
    let config = Map::from_iter([
        ("meta".into(), Value::Map(meta.clone())),
        ("tags".into(), Value::List(tags.iter().cloned().map(Value::Str).collect())),
    ]);
    let extra = data
        .iter()
        // What a file says of its docs blocks is overwritten with what they are.
        .filter(|(key, _)| !COLUMN_KEYS.contains(&&***key) && &***key != "doc_blocks")
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let info = ColumnInfo {
        name: name.clone(),
        description: text("description")?.unwrap_or_else(|| "".into()),
        doc_blocks: vec![],
        meta,
        tags: tags.clone(),
        data_type: text("data_type")?,
        constraints,
        quote: data.get("quote").and_then(Value::as_bool),
        granularity: text("granularity")?,
        config,
        extra,
    };
    Ok(ColumnProps { info, tests: tests(entry, data, yaml)?.unwrap_or_default(), test_tags: tags })
}

fn text_list(value: Option<&Value>) -> Vec<Str> {
    match value {
        Some(Value::Str(text)) => vec![text.clone()],
        Some(Value::List(items)) => items.iter().filter_map(Value::as_shared_str).cloned().collect(),
        _ => vec![],
    }
}

fn check_constraint_types(constraints: &[Map]) -> Result<(), ()> {
    const TYPES: [&str; 6] = ["check", "not_null", "unique", "primary_key", "foreign_key", "custom"];
    let valid = |constraint: &Map| {
        constraint.get("type").and_then(Value::as_str).is_some_and(|kind| TYPES.contains(&kind))
    };
    if constraints.iter().all(valid) { Ok(()) } else { Err(()) }
}

/// Whether every constraint has a type that dbt knows.
pub fn constraints_are_valid(constraints: &[Map]) -> bool {
    check_constraint_types(constraints).is_ok()
}

/// The tests below `data_tests:` or, as older projects write, `tests:`.
pub fn tests(entry: &Entry<'_>, data: &Map, yaml: &Yaml) -> Result<Option<Vec<TestEntry>>, Diagnostic> {
    let filled = |key: &str| data.get(key).filter(|value| value.is_truthy());
    if filled("tests").is_some() && data.contains_key("data_tests") {
        return Err(Diagnostic::error(
            "duplicate-property",
            "Invalid test config: cannot have both 'tests' and 'data_tests' defined",
        )
        .at(yaml.get("tests").map_or(yaml.span, |tests| tests.span)));
    }
    let key = if filled("tests").is_some() { "tests" } else { "data_tests" };
    let items = match data.get(key) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::List(items)) => items,
        Some(other) => return Err(entry.wrong_type(key, "a list", other)),
    };
    let places = yaml.get(key).and_then(Yaml::as_list);
    Ok(Some(
        items
            .iter()
            .enumerate()
            .map(|(index, definition)| TestEntry {
                definition: definition.clone(),
                span: places.and_then(|places| places.get(index)).map_or(yaml.span, |place| place.span),
            })
            .collect(),
    ))
}

/// A list of dictionaries.
pub fn map_list(entry: &Entry<'_>, value: Option<&Value>, key: &str) -> Result<Vec<Map>, Diagnostic> {
    let items = match value {
        None | Some(Value::Null) => return Ok(vec![]),
        Some(Value::List(items)) => items,
        Some(other) => return Err(entry.wrong_type(key, "a list", other)),
    };
    items
        .iter()
        .map(|item| match item {
            Value::Map(map) => Ok(map.clone()),
            other => Err(entry.wrong_type(key, "a list of dictionaries", other)),
        })
        .collect()
}

/// A date or time as the manifest prints it: ISO, with the local offset where none was given.
fn date_text(entry: &Entry<'_>, value: Option<&Value>) -> Result<Option<Str>, Diagnostic> {
    use chrono::{DateTime, NaiveDate, NaiveDateTime};
    let utc = |time: NaiveDateTime| Value::DateTimeTz(time.and_utc().fixed_offset());
    let time = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Date(date)) => utc(date.and_time(chrono::NaiveTime::MIN)),
        Some(Value::DateTime(time)) => utc(*time),
        Some(Value::DateTimeTz(time)) => Value::DateTimeTz(*time),
        Some(Value::Str(text)) => {
            let date = NaiveDate::parse_from_str(text, "%Y-%m-%d")
                .map(|date| utc(date.and_time(chrono::NaiveTime::MIN)));
            let naive = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"]
                .iter()
                .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
                .map(utc);
            match (date.ok().or(naive), DateTime::parse_from_rfc3339(text)) {
                (Some(time), _) => time,
                (None, Ok(time)) => Value::DateTimeTz(time),
                (None, Err(_)) => {
                    return Err(entry.error(
                        "invalid-property",
                        "deprecation_date",
                        format!("`{text}` is not a date"),
                    ));
                }
            }
        }
        Some(other) => return Err(entry.wrong_type("deprecation_date", "a date", other)),
    };
    Ok(time.to_json().as_str().map(Str::from))
}

/// `config:` of an entry, its Jinja not rendered.
fn raw_config(yaml: &Yaml) -> Map {
    match yaml.get("config").map(Yaml::to_value) {
        Some(Value::Map(map)) => map,
        _ => Map::default(),
    }
}

fn versions(entry: &Entry<'_>, problems: &mut Vec<Diagnostic>) -> Result<Vec<VersionProps>, Diagnostic> {
    let places = entry.yaml.get("versions").and_then(Yaml::as_list).unwrap_or_default();
    let mut found: Vec<VersionProps> = vec![];
    for (index, item) in entry.list("versions")?.iter().enumerate() {
        let yaml = places.get(index).unwrap_or(&entry.yaml);
        let version = version(entry, item, yaml, problems)?;
        if found.iter().any(|other| other.v.py_str() == version.v.py_str()) {
            return Err(Diagnostic::error(
                "invalid-version",
                format!(
                    "Found duplicate version: '{}' in versions list of model '{}'",
                    version.v.py_str(),
                    entry.name()
                ),
            )
            .at(yaml.span));
        }
        found.push(version);
    }
    Ok(found)
}

fn version(
    entry: &Entry<'_>,
    item: &Value,
    yaml: &Yaml,
    problems: &mut Vec<Diagnostic>,
) -> Result<VersionProps, Diagnostic> {
    let fail = |message: String| Diagnostic::error("invalid-version", message).at(yaml.span);
    let Value::Map(data) = item else {
        return Err(fail("a version must be a dictionary with the key `v`".into()));
    };
    let v = match data.get("v") {
        Some(v @ (Value::Int(_) | Value::Float(_) | Value::Str(_))) => v.clone(),
        _ => return Err(fail(format!("a version of `{}` needs `v`, a number or a string", entry.name()))),
    };
    let text = |key: &str| data.get(key).and_then(Value::as_shared_str).cloned();
    let mut config = data.get("config").and_then(Value::as_map).cloned().unwrap_or_default();
    if let Some(access) = data.get("access") {
        config.entry("access".into()).or_insert_with(|| access.clone());
    }
    check_access(entry, config.get("access"))?;
    let (mut include, mut exclude, mut own, mut own_yaml) = (None, vec![], vec![], vec![]);
    let places = yaml.get("columns").and_then(Yaml::as_list).unwrap_or_default();
    let listed = data.get("columns").and_then(Value::as_list).unwrap_or_default();
    let mut selections = 0;
    for (index, column) in listed.iter().enumerate() {
        if column.get("include").is_none() && column.get("exclude").is_none() {
            own.push(column.clone());
            own_yaml.push(places.get(index).cloned().unwrap_or_else(|| yaml.clone()));
            continue;
        }
        selections += 1;
        if selections > 1 {
            return Err(fail("version can have at most one include/exclude element".into()));
        }
        (include, exclude) = selection(column).map_err(|message| fail(message.into()))?;
    }
    let own_list = Yaml { span: yaml.span, kind: crate::yaml::YamlKind::List(own_yaml) };
    Ok(VersionProps {
        v,
        defined_in: text("defined_in"),
        description: text("description").unwrap_or_else(|| "".into()),
        access: text("access"),
        config,
        raw_config: raw_config(yaml),
        constraints: match data.get("constraints") {
            None | Some(Value::Null) => None,
            given => Some(map_list(entry, given, "constraints")?).filter(|list| !list.is_empty()),
        },
        tests: tests(entry, data, yaml)?,
        include,
        exclude,
        columns: columns(entry, Some(&Value::List(own)), Some(&own_list), problems)?,
        deprecation_date: date_text(entry, data.get("deprecation_date"))?,
        span: yaml.span,
    })
}

/// The columns of the model that a version keeps (none: all of them), and those that it does not.
fn selection(column: &Value) -> Result<(Option<Vec<Str>>, Vec<Str>), &'static str> {
    let exclude = text_list(column.get("exclude"));
    match column.get("include") {
        Some(Value::Str(all)) if matches!(&**all, "*" | "all") => Ok((None, exclude)),
        Some(list @ Value::List(_)) if exclude.is_empty() => Ok((Some(text_list(Some(list))), exclude)),
        Some(Value::List(_)) | None => Err("`exclude` of a version's columns goes with `include: all`"),
        Some(_) => Err("`include` of a version's columns is `all`, `*` or a list of names"),
    }
}

impl NodePatch {
    /// The columns that a version keeps from the model, then its own.
    pub fn columns_of<'a>(&'a self, version: &'a VersionProps) -> Vec<&'a ColumnProps> {
        let kept = |name: &Str| {
            version.include.as_ref().is_none_or(|include| include.contains(name))
                && !version.exclude.contains(name)
        };
        self.columns.iter().filter(|column| kept(&column.info.name)).chain(&version.columns).collect()
    }

    /// The version that an unpinned `ref` means: as declared, or the highest.
    pub fn latest(&self) -> Option<NodeVersion> {
        self.latest_version.clone().or_else(|| {
            let mut all: Vec<&NodeVersion> = self.versions.iter().map(|version| &version.v).collect();
            all.sort_by(|a, b| crate::manifest::compare_versions(a, b));
            all.pop().cloned()
        })
    }
}

/// Columns by name; the last of two with one name wins.
pub fn column_map<'a>(columns: impl IntoIterator<Item = &'a ColumnProps>) -> StrMap<ColumnInfo> {
    columns.into_iter().map(|column| (column.info.name.clone(), column.info.clone())).collect()
}
