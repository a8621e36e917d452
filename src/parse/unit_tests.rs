//! Unit tests: rows of inputs and expectations from YAML, CSV, SQL and fixture files.
//! <https://docs.getdbt.com/docs/build/unit-tests>

use rustc_hash::FxHashMap;

use super::Parser;
use super::config::{self, NodeLevels};
use super::properties::Entry;
use super::yaml_nodes::one_of;
use crate::diag::Diagnostic;
use crate::manifest::{Node, NodeKind, ResourceType, UnitTestData};
use crate::project::{FileKind, PackageFile};
use crate::source::Span;
use crate::value::{Map, Str, Value};

impl Parser<'_> {
    /// Reads an entry of `unit_tests:`; `nodes` are the finished nodes of files, for seeds as inputs.
    pub fn unit_test(&self, entry: &Entry<'_>, nodes: &[Node]) -> Result<Node, Diagnostic> {
        let model = entry.required_str("model")?;
        let name = entry.required_str("name")?;
        let package = &entry.package.config.name;
        let fqn = self.unit_test_fqn(entry, &model);
        let given_config = entry.map("config")?;
        let levels = NodeLevels { patch: Some(&given_config), call: None };
        let config = config::build(self.project, entry.package, (ResourceType::UnitTest, &fqn), levels)?;
        let mut given = vec![];
        for input in entry.list("given")? {
            let Value::Map(input) = input else {
                return Err(entry.wrong_type("given", "a list of dictionaries", input));
            };
            if input.get("input").and_then(Value::as_str).is_none() {
                return Err(entry.error(
                    "missing-property",
                    "given",
                    format!("an input of unit test `{name}` has no `input`"),
                ));
            }
            given.push(Value::Map(self.fixture(entry, input, "input", nodes)?));
        }
        let expect = match entry.data.get("expect") {
            Some(Value::Map(expect)) => self.fixture(entry, expect, "expected", nodes)?,
            _ => {
                return Err(entry.error(
                    "missing-property",
                    "expect",
                    format!("unit test `{name}` has no `expect`"),
                ));
            }
        };
        let overrides = match entry.data.get("overrides") {
            None | Some(Value::Null) => None,
            Some(_) => {
                let mut overrides: Map = entry
                    .map("overrides")?
                    .into_iter()
                    .map(|(key, value)| (key, dates_as_text(value)))
                    .collect();
                for key in ["macros", "vars", "env_vars"] {
                    overrides.entry(key.into()).or_insert_with(|| Value::Map(Map::default()));
                }
                Some(overrides)
            }
        };
        let versions = match entry.data.get("versions") {
            None | Some(Value::Null) => None,
            Some(_) => {
                let given = entry.map("versions")?;
                let part = |key: &str| given.get(key).cloned().unwrap_or_default();
                if part("include").is_truthy() && part("exclude").is_truthy() {
                    let message = "Unit tests can not both include and exclude versions of the tested model.";
                    return Err(entry.error("invalid-unit-test", "versions", message));
                }
                Some(Map::from_iter([
                    ("include".into(), part("include")),
                    ("exclude".into(), part("exclude")),
                ]))
            }
        };
        let checksum = checksum_text(&model, versions.as_ref(), &given, &expect, overrides.as_ref());
        let mut node =
            self.bare_node(entry, ResourceType::UnitTest, format!("unit_test.{package}.{model}.{name}"), fqn);
        node.name = name;
        node.tags = config.tags();
        node.meta = config.get("meta").and_then(Value::as_map).cloned().unwrap_or_default();
        node.config = config;
        node.kind = NodeKind::UnitTest(Box::new(UnitTestData {
            model,
            tested_node: None,
            given,
            expect,
            overrides,
            versions,
            version: None,
            checksum,
        }));
        Ok(node)
    }

    fn fixture(&self, entry: &Entry<'_>, given: &Map, what: &str, nodes: &[Node]) -> Result<Map, Diagnostic> {
        let format = given.get("format").and_then(Value::as_str).unwrap_or("dict");
        one_of(entry, "given", format, &["dict", "csv", "sql"])?;
        let rows = given.get("rows").cloned().unwrap_or_default();
        let file = given.get("fixture").and_then(Value::as_shared_str).cloned();
        let mismatch = || {
            entry.error(
                "invalid-unit-test",
                "given",
                format!("Unit test {} has {what} rows which do not match format {format}", entry.name()),
            )
        };
        let rows = match (format, &rows, &file) {
            ("dict", Value::Null, None) => self.seed_rows(entry, given, nodes)?,
            ("dict", Value::List(_), _) => rows,
            ("csv", _, Some(name)) => csv_rows(&self.fixture_text(entry, name, "csv")?, entry)?,
            ("csv", Value::Str(text), None) => csv_rows(text, entry)?,
            ("sql", _, Some(name)) => Value::Str(self.fixture_text(entry, name, "sql")?),
            ("sql", Value::Str(_), None) => rows,
            _ => return Err(mismatch()),
        };
        let mut shape = Map::default();
        if let Some(input) = given.get("input") {
            shape.insert("input".into(), input.clone());
        }
        shape.insert("rows".into(), promote_full_row(dates_as_text(rows)));
        shape.insert("format".into(), format.into());
        shape.insert("fixture".into(), file.map_or(Value::Null, Value::Str));
        Ok(shape)
    }

    /// Two fixture files of one name in a package: nobody could tell which a unit test means.
    pub fn check_fixtures(&self) {
        for package in &self.project.packages {
            let mut seen: FxHashMap<&str, &PackageFile> = FxHashMap::default();
            for file in package.files.iter().filter(|file| file.kind == FileKind::Fixture) {
                let name = super::nodes::file_stem(&file.path);
                let Some(first) = seen.insert(name, file) else { continue };
                let id = format!("fixture.{}.{name}", package.config.name);
                let message = format!(
                    "dbt found two fixtures with the name \"{name}\".\n\nSince these resources have the same name,\ndbt \
                     will be unable to find the correct resource\nwhen running unit tests.\n\nTo fix this, change the \
                     name of one of these resources:\n- {id} ({})\n- {id} ({})",
                    first.original_file_path, file.original_file_path
                );
                self.sink.push(Diagnostic::error("duplicate-name", message).at(Span::new(file.file, 0, 0)));
            }
        }
    }

    fn fixture_text(&self, entry: &Entry<'_>, name: &str, extension: &str) -> Result<Str, Diagnostic> {
        let fits = |path: &str| {
            let base = path.rsplit('/').next().unwrap_or(path);
            base == name || base.strip_suffix(extension).and_then(|stem| stem.strip_suffix('.')) == Some(name)
        };
        entry
            .package
            .files
            .iter()
            .find(|file| file.kind == FileKind::Fixture && fits(&file.path))
            .map(|file| Str::from(file.text.trim()))
            .ok_or_else(|| {
                entry
                    .error(
                        "missing-fixture",
                        "given",
                        format!(
                            "File not found for fixture '{name}' in unit tests in {}",
                            entry.file.original_file_path
                        ),
                    )
                    .help("fixtures lie in the folder `fixtures` under a test path")
            })
    }

    /// A seed given without rows stands for its file's rows.
    fn seed_rows(&self, entry: &Entry<'_>, given: &Map, nodes: &[Node]) -> Result<Value, Diagnostic> {
        let input = given.get("input").and_then(Value::as_str).unwrap_or_default();
        let super::references::Reference::Ref(args) = super::references::parse(input).ok_or_else(|| {
            entry.error("invalid-unit-test", "given", format!("Invalid unit test given input: {input}"))
        })?
        else {
            return Err(entry.error(
                "invalid-unit-test",
                "given",
                format!("the input `{input}` has no rows"),
            ));
        };
        let package = args.package.as_ref().unwrap_or(&entry.package.config.name);
        let seed = nodes.iter().find(|node| {
            node.resource_type == ResourceType::Seed && node.name == args.name && node.package == *package
        });
        let Some(seed) = seed else {
            return Err(entry.error(
                "missing-ref",
                "given",
                format!("Unable to find seed '{package}.{}' for unit tests", args.name),
            ));
        };
        let path = self.project.package(package).map(|owner| owner.root.join(&*seed.original_file_path));
        match path.map(std::fs::read_to_string) {
            Some(Ok(text)) => csv_values(&text, entry, false),
            _ => Ok(Value::List(vec![])),
        }
    }
}

fn csv_rows(text: &str, entry: &Entry<'_>) -> Result<Value, Diagnostic> {
    csv_values(text, entry, true)
}

/// Rows of a CSV text as dictionaries; empty cells become nulls when asked.
fn csv_values(text: &str, entry: &Entry<'_>, nulls: bool) -> Result<Value, Diagnostic> {
    let fail = |error: csv::Error| {
        entry.error(
            "invalid-unit-test",
            "given",
            format!("the CSV rows of `{}` cannot be read: {error}", entry.name()),
        )
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.trim_start().as_bytes());
    let headers = reader.headers().map_err(fail)?.clone();
    let mut rows = vec![];
    for record in reader.records() {
        let record = record.map_err(fail)?;
        let mut row = Map::default();
        for (index, header) in headers.iter().enumerate() {
            let value = match record.get(index) {
                None => Value::Null,
                Some("") if nulls => Value::Null,
                Some(cell) => Value::from(cell),
            };
            row.insert(header.into(), value);
        }
        rows.push(Value::Map(row));
    }
    Ok(Value::List(rows))
}

/// Dates that YAML reads from bare words stand as text in dbt's rows.
fn dates_as_text(value: Value) -> Value {
    match value {
        Value::Date(_) | Value::DateTime(_) | Value::DateTimeTz(_) => Value::from_json(&value.to_json()),
        Value::List(items) => Value::List(items.into_iter().map(dates_as_text).collect()),
        Value::Map(map) => {
            Value::Map(map.into_iter().map(|(key, value)| (key, dates_as_text(value))).collect())
        }
        other => other,
    }
}

/// Some warehouses take column types from the first row, so one without nulls goes first.
fn promote_full_row(rows: Value) -> Value {
    let Value::List(mut rows) = rows else { return rows };
    let full = rows
        .iter()
        .position(|row| row.as_map().is_some_and(|row| row.values().all(|value| !value.is_null())));
    if let Some(full) = full {
        rows.swap(0, full);
    }
    Value::List(rows)
}

/// sha256 over what the test says, printed as Python prints dbt's objects.
fn checksum_text(
    model: &str,
    versions: Option<&Map>,
    given: &[Value],
    expect: &Map,
    overrides: Option<&Map>,
) -> Str {
    use sha2::{Digest, Sha256};
    let fields = |map: &Map, keys: &[&str]| -> String {
        let part = |key: &&str| {
            let value = map.get(*key).unwrap_or(&Value::Null);
            match (*key, value.as_str()) {
                ("format", Some("csv")) => "format=<UnitTestFormat.CSV: 'csv'>".into(),
                ("format", Some("sql")) => "format=<UnitTestFormat.SQL: 'sql'>".into(),
                ("format", _) => "format=<UnitTestFormat.Dict: 'dict'>".into(),
                _ => format!("{key}={}", value.py_repr()),
            }
        };
        keys.iter().map(part).collect::<Vec<String>>().join(", ")
    };
    let object = |class: &str, map: Option<&Map>, keys: &[&str]| match map {
        Some(map) => format!("{class}({})", fields(map, keys)),
        None => "None".into(),
    };
    let inputs: Vec<String> = given
        .iter()
        .map(|input| object("UnitTestInputFixture", input.as_map(), &["input", "rows", "format", "fixture"]))
        .collect();
    let mut text = format!(
        "{model}-{}-[{}]-{}-{}",
        object("UnitTestNodeVersions", versions, &["include", "exclude"]),
        inputs.join(", "),
        object("UnitTestOutputFixture", Some(expect), &["rows", "format", "fixture"]),
        object("UnitTestOverrides", overrides, &["macros", "vars", "env_vars"])
    );
    for input in given.iter().filter(|input| input.get("fixture").is_some_and(Value::is_truthy)) {
        text += &format!("-{}", input.get("rows").unwrap_or(&Value::Null).py_str());
    }
    crate::value::hex(&Sha256::digest(text.as_bytes())).into()
}
