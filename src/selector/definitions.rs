//! selectors.yml: selections with a name.
//!
//! <https://docs.getdbt.com/reference/node-selection/yaml-selectors>

use super::spec::{parse_criteria, parse_method};
use super::{Criteria, Indirect, Method, Operation, Reach, Selector};
use crate::diag::{Diagnostic, nearest};
use crate::source::Span;
use crate::value::{Map, Str, Value};
use crate::yaml::{Yaml, YamlEntry, YamlKind};

/// YAML aliases can nest without end; no one writes more than this.
const MAX_DEPTH: usize = 100;

/// One entry of selectors.yml.
#[derive(Clone, Debug)]
pub struct Definition {
    pub name: Str,
    pub description: Str,
    pub default: bool,
    pub selector: Selector,
}

/// All entries of selectors.yml; of several with one name the last counts.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    entries: Vec<Definition>,
}

impl Definitions {
    /// Reads a parsed selectors.yml. `indirect` is what criteria use that do not say it themselves.
    ///
    /// # Errors
    /// Whatever dbt refuses: unknown keys, wrong types, two defaults, `method: selector` before its definition.
    pub fn parse(file: &Yaml, indirect: Indirect) -> Result<Definitions, Diagnostic> {
        let entries =
            file.as_map().ok_or_else(|| shape(file, "the file must be a mapping with `selectors:`"))?;
        known_keys(entries, &["selectors", "version"])?;
        let list = file
            .get("selectors")
            .and_then(Yaml::as_list)
            .ok_or_else(|| shape(file, "`selectors:` must be a list"))?;
        let mut definitions = Definitions::default();
        let mut default: Option<Str> = None;
        for item in list {
            let definition = Reader { known: &definitions, indirect }.definition(item)?;
            if definition.default {
                if let Some(first) = default {
                    let message = format!(
                        "Found multiple selectors with `default: true`: {first} and {}",
                        definition.name
                    );
                    return Err(invalid(message, item.span).help("keep one default"));
                }
                default = Some(definition.name.clone());
            }
            definitions.entries.retain(|known| known.name != definition.name);
            definitions.entries.push(definition);
        }
        Ok(definitions)
    }

    /// # Errors
    /// No definition of that name.
    pub fn get(&self, name: &str) -> Result<&Selector, Diagnostic> {
        if let Some(found) = self.find(name) {
            return Ok(&found.selector);
        }
        let names: Vec<&str> = self.entries.iter().map(|known| &*known.name).collect();
        let list = Value::List(names.iter().map(|name| Value::from(*name)).collect());
        let message = format!("Could not find selector named {name}, expected one of {}", list.py_repr());
        let diagnostic = Diagnostic::error("unknown-selector", message);
        Err(match nearest(name, names) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help("selectors are defined in selectors.yml"),
        })
    }

    pub fn default_definition(&self) -> Option<&Definition> {
        self.entries.iter().find(|known| known.default)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Definition> {
        self.entries.iter()
    }

    fn find(&self, name: &str) -> Option<&Definition> {
        self.entries.iter().find(|known| &*known.name == name)
    }
}

struct Reader<'a> {
    known: &'a Definitions,
    indirect: Indirect,
}

impl Reader<'_> {
    fn definition(&self, item: &Yaml) -> Result<Definition, Diagnostic> {
        let entries = item.as_map().ok_or_else(|| shape(item, "a selector must be a mapping"))?;
        known_keys(entries, &["name", "definition", "description", "default"])?;
        let text = |key: &str| match item.get(key) {
            None => Ok(None),
            Some(yaml) => match &yaml.kind {
                YamlKind::Scalar(Value::Str(text)) => Ok(Some(text.clone())),
                _ => Err(shape(yaml, format!("`{key}` must be text"))),
            },
        };
        let name = text("name")?.ok_or_else(|| shape(item, "a selector needs a `name`"))?;
        let default = match item.get("default") {
            None => false,
            Some(yaml) => match yaml.kind {
                YamlKind::Scalar(Value::Bool(default)) => default,
                _ => return Err(shape(yaml, "`default` must be true or false")),
            },
        };
        let body = item.get("definition").ok_or_else(|| shape(item, "a selector needs a `definition`"))?;
        if let Some(entries) = body.as_map().filter(|entries| entries.len() > 1)
            && entries.iter().any(|entry| matches!(&*entry.key, "union" | "intersection"))
        {
            let keys: Vec<&str> = entries.iter().map(|entry| &*entry.key).collect();
            let message = format!(
                "Only a single 'union' or 'intersection' key is allowed in a root level selector definition; \
                 found {}.",
                keys.join(",")
            );
            return Err(invalid(message, body.span));
        }
        let selector = self.selection(body, 0)?;
        Ok(Definition { name, description: text("description")?.unwrap_or_default(), default, selector })
    }

    fn selection(&self, yaml: &Yaml, depth: usize) -> Result<Selector, Diagnostic> {
        if depth > MAX_DEPTH {
            return Err(shape(yaml, "the definition is nested too deeply"));
        }
        match &yaml.kind {
            YamlKind::Scalar(Value::Str(text)) => parse_criteria(text, self.indirect)
                .map(Selector::Criteria)
                .map_err(|diagnostic| diagnostic.at(yaml.span)),
            YamlKind::Map(entries) => match (yaml.get("union"), yaml.get("intersection")) {
                (Some(list), _) => self.group(Operation::Union, "union", list, depth),
                (None, Some(list)) => self.group(Operation::Intersection, "intersection", list, depth),
                (None, None) => self.criteria(yaml, entries, depth),
            },
            _ => Err(shape(yaml, "a definition is text, or a mapping")),
        }
    }

    fn group(
        &self,
        operation: Operation,
        key: &str,
        list: &Yaml,
        depth: usize,
    ) -> Result<Selector, Diagnostic> {
        let mut parts = vec![];
        let mut excluded: Option<Option<Selector>> = None;
        for item in self.list(key, list)? {
            match item.get("exclude") {
                Some(_) if excluded.is_some() => {
                    let message =
                        "You cannot provide multiple exclude arguments to the same selector set operator";
                    return Err(invalid(message, item.span).help("list all exclusions under one `exclude`"));
                }
                Some(list) => excluded = Some(self.exclusion(list, depth)?),
                None => parts.push(self.selection(item, depth + 1)?),
            }
        }
        Ok(less(Selector::group(operation, parts), excluded.flatten()))
    }

    fn exclusion(&self, list: &Yaml, depth: usize) -> Result<Option<Selector>, Diagnostic> {
        let mut parts = vec![];
        for item in self.list("exclude", list)? {
            parts.push(self.selection(item, depth + 1)?);
        }
        Ok(match parts.len() {
            0 => None,
            1 => parts.pop(),
            _ => Some(Selector::group(Operation::Union, parts)),
        })
    }

    fn list<'y>(&self, key: &str, list: &'y Yaml) -> Result<&'y [Yaml], Diagnostic> {
        let items = list.as_list().ok_or_else(|| {
            invalid(format!("Invalid value for key \"{key}\". Expected a list."), list.span)
        })?;
        match items.iter().find(|item| item.as_map().is_none() && item.as_str().is_none()) {
            Some(item) => Err(shape(item, format!("an item of `{key}` is text or a mapping"))),
            None => Ok(items),
        }
    }

    fn criteria(&self, yaml: &Yaml, entries: &[YamlEntry], depth: usize) -> Result<Selector, Diagnostic> {
        if let [entry] = entries {
            return self.plain(&entry.key, &entry.value).map(Selector::Criteria);
        }
        let (Some(method), Some(value)) = (yaml.get("method"), yaml.get("value")) else {
            let keys = Value::List(entries.iter().map(|entry| Value::Str(entry.key.clone())).collect());
            let message = format!(
                "Expected either 1 key or else \"method\" and \"value\" keys, but got {}",
                keys.py_repr()
            );
            return Err(invalid(message, yaml.span));
        };
        let method = method.as_str().ok_or_else(|| shape(method, "`method` must be text"))?;
        if method == "selector" {
            return self.inherited(value);
        }
        let mut criteria = self.plain(method, value)?;
        criteria.childrens_parents = flag(yaml, "childrens_parents");
        criteria.parents = reach(yaml, "parents", "parents_depth")?;
        criteria.children = reach(yaml, "children", "children_depth")?;
        if let Some(indirect) = yaml.get("indirect_selection") {
            criteria.indirect = indirect
                .as_str()
                .and_then(Indirect::parse)
                .ok_or_else(|| shape(indirect, "write `eager`, `cautious`, `buildable` or `empty`"))?;
        }
        let criteria =
            criteria.check(&yaml.to_value().py_str()).map_err(|diagnostic| diagnostic.at(yaml.span))?;
        let excluded = match yaml.get("exclude") {
            Some(list) => self.exclusion(list, depth)?,
            None => None,
        };
        Ok(less(Selector::Criteria(criteria), excluded))
    }

    fn plain(&self, method: &str, value: &Yaml) -> Result<Criteria, Diagnostic> {
        let (method, arguments) = parse_method(method).map_err(|diagnostic| diagnostic.at(value.span))?;
        if method != Method::Config && value.as_str().is_none() {
            return Err(shape(value, format!("the value of `{}` must be text", method.as_str())));
        }
        Ok(Criteria {
            method,
            arguments,
            value: value.to_value(),
            childrens_parents: false,
            parents: Reach::None,
            children: Reach::None,
            indirect: self.indirect,
        })
    }

    fn inherited(&self, name: &Yaml) -> Result<Selector, Diagnostic> {
        let text = name.to_value().py_str();
        let found = self.known.find(&text).map(|known| known.selector.clone());
        found.ok_or_else(|| {
            invalid(format!("Existing selector definition for {text} not found."), name.span)
                .help("define a selector above those that inherit from it")
        })
    }
}

fn less(selector: Selector, excluded: Option<Selector>) -> Selector {
    match excluded {
        Some(excluded) => Selector::group(Operation::Difference, vec![selector, excluded]),
        None => selector,
    }
}

fn flag(yaml: &Yaml, key: &str) -> bool {
    yaml.get(key).is_some_and(|value| value.to_value().is_truthy())
}

fn reach(yaml: &Yaml, key: &str, depth_key: &str) -> Result<Reach, Diagnostic> {
    if !flag(yaml, key) {
        return Ok(Reach::None);
    }
    let Some(depth) = yaml.get(depth_key).filter(|depth| depth.to_value().is_truthy()) else {
        return Ok(Reach::All);
    };
    match depth.to_value().py_str().parse() {
        Ok(steps) => Ok(Reach::Steps(steps)),
        Err(_) => Err(shape(depth, format!("`{depth_key}` must be a whole number"))),
    }
}

fn known_keys(entries: &[YamlEntry], known: &[&str]) -> Result<(), Diagnostic> {
    match entries.iter().find(|entry| !known.contains(&&*entry.key)) {
        Some(entry) => {
            let diagnostic = shape_at(entry.key_span, format!("`{}` is not a key of selectors", entry.key));
            Err(match nearest(&entry.key, known.iter().copied()) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help(format!("keys are {}", known.join(", "))),
            })
        }
        None => Ok(()),
    }
}

fn shape(yaml: &Yaml, message: impl AsRef<str>) -> Diagnostic {
    shape_at(yaml.span, message)
}

fn shape_at(span: Span, message: impl AsRef<str>) -> Diagnostic {
    Diagnostic::error(
        "invalid-selectors-file",
        format!("Could not parse selector file data: {}", message.as_ref()),
    )
    .at(span)
}

fn invalid(message: impl AsRef<str>, span: Span) -> Diagnostic {
    Diagnostic::error(
        "invalid-selectors-file",
        format!("Could not read selector file data: {}", message.as_ref()),
    )
    .at(span)
}

/// The `selectors` of dbt's manifest: each entry with its definition brought to one form.
///
/// Text becomes a mapping with `method` and `value`, and inherited definitions are filled in.
pub fn manifest_form(file: &Yaml) -> Map {
    let mut known = Map::default();
    for item in file.get("selectors").and_then(Yaml::as_list).unwrap_or_default() {
        let Value::Map(mut entry) = item.to_value() else { continue };
        let Some(name) = entry.get("name").and_then(Value::as_shared_str).cloned() else { continue };
        if let Some(definition) = entry.get("definition") {
            let normal = normal_form(definition, &known, 0);
            entry.insert("definition".into(), normal);
        }
        known.insert(name, Value::Map(entry));
    }
    known
}

fn normal_form(definition: &Value, known: &Map, depth: usize) -> Value {
    let parts = |list: &Value| match list {
        Value::List(items) if depth < MAX_DEPTH => {
            Value::List(items.iter().map(|item| normal_form(item, known, depth + 1)).collect())
        }
        other => other.clone(),
    };
    match definition {
        Value::Str(text) => criteria_form(text),
        Value::Map(map) => {
            for key in ["union", "intersection"] {
                if let Some(list) = map.get(key) {
                    return Value::Map([(Str::from(key), parts(list))].into_iter().collect());
                }
            }
            let Some((first, value)) = map.first() else { return definition.clone() };
            match (&**first, value.as_str()) {
                ("exclude", _) => Value::Map([(first.clone(), parts(value))].into_iter().collect()),
                _ if map.len() == 1 => Value::Map(
                    [("method".into(), Value::Str(first.clone())), ("value".into(), parts(value))]
                        .into_iter()
                        .collect(),
                ),
                ("method", Some("selector")) => map
                    .get("value")
                    .and_then(Value::as_str)
                    .and_then(|name| known.get(name)?.get("definition").cloned())
                    .unwrap_or_else(|| definition.clone()),
                _ => definition.clone(),
            }
        }
        other => other.clone(),
    }
}

fn criteria_form(text: &str) -> Value {
    let Ok(criteria) = parse_criteria(text, Indirect::Eager) else { return Value::from(text) };
    let mut map = Map::default();
    let mut put = |key: &str, value: Value| map.insert(key.into(), value);
    if criteria.childrens_parents {
        put("childrens_parents", true.into());
    }
    put_reach(&mut put, criteria.parents, "parents", "parents_depth");
    let mut method = criteria.method.as_str().to_string();
    for argument in &criteria.arguments {
        method.push('.');
        method.push_str(argument);
    }
    put("method", Value::str(method));
    if criteria.value.is_truthy() {
        put("value", criteria.value);
    }
    put_reach(&mut put, criteria.children, "children", "children_depth");
    Value::Map(map)
}

fn put_reach(put: &mut impl FnMut(&str, Value) -> Option<Value>, reach: Reach, key: &str, depth_key: &str) {
    if reach != Reach::None {
        put(key, true.into());
    }
    if let Reach::Steps(steps) = reach {
        put(depth_key, Value::str(steps.to_string()));
    }
}
