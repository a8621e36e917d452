//! What tests and constraints say of columns. Names of columns are compared in lower case.

use std::sync::LazyLock;

use regex::Regex;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::manifest::{GenericTestData, Manifest, Node, NodeId};
use crate::value::{Map, Str, Value};

/// A foreign key between two nodes.
#[derive(Clone, Debug)]
pub struct Reference {
    pub child: NodeId,
    pub parent: NodeId,
    pub columns: Vec<String>,
    pub parent_columns: Vec<String>,
    /// It holds for all rows of the child, not for those of a `where` only.
    pub whole: bool,
}

/// Columns that a test or constraint holds for.
type Columns = FxHashMap<NodeId, Vec<String>>;

#[derive(Debug, Default)]
pub struct Facts {
    unique: Columns,
    required: Columns,
    /// Declared primary keys.
    primary: Columns,
    /// Sets of columns that are unique together.
    keys: FxHashMap<NodeId, Vec<Vec<String>>>,
    pub references: Vec<Reference>,
}

impl Facts {
    /// `ids`: the nodes whose constraints are read; tests are read of all.
    pub fn of(manifest: &Manifest, ids: &[NodeId]) -> Facts {
        let mut facts = Facts::default();
        for (_, node) in manifest.iter() {
            if let Some(test) = node.generic_test() {
                facts.read_test(manifest, node, test);
            }
        }
        let by_relation: FxHashMap<&str, NodeId> =
            manifest.iter().filter_map(|(id, node)| Some((node.relation_name.as_deref()?, id))).collect();
        for id in ids {
            facts.read_constraints(manifest, *id, &by_relation);
        }
        facts
    }

    fn read_test(&mut self, manifest: &Manifest, node: &Node, test: &GenericTestData) {
        let Some(tested) = tested(manifest, node, test) else { return };
        let whole = node.config.get("where").is_none_or(Value::is_null);
        let column = test.column_name.as_deref().or_else(|| text(&test.kwargs, "column_name"));
        match (&*test.test_name, column) {
            ("unique", Some(column)) if whole => add(&mut self.unique, tested, column),
            ("not_null", Some(column)) if whole => add(&mut self.required, tested, column),
            ("unique_combination_of_columns", _) if whole => {
                let columns = texts(&test.kwargs, "combination_of_columns");
                self.keys.entry(tested).or_default().push(columns.iter().map(|name| folded(name)).collect());
            }
            ("relationships" | "relationships_where", Some(column)) => {
                let Some(parent) = target(manifest, node, tested) else { return };
                self.references.push(Reference {
                    child: tested,
                    parent,
                    columns: vec![column.to_string()],
                    parent_columns: text(&test.kwargs, "field").map(str::to_string).into_iter().collect(),
                    whole: whole && &*test.test_name == "relationships",
                });
            }
            _ => {}
        }
    }

    fn read_constraints(&mut self, manifest: &Manifest, id: NodeId, relations: &FxHashMap<&str, NodeId>) {
        let node = manifest.node(id);
        let of_model = node.model().map(|model| model.constraints.as_slice()).unwrap_or_default();
        let of_model = of_model.iter().map(|constraint| (constraint, texts(constraint, "columns")));
        let of_columns = node.columns.values().flat_map(|column| {
            column.constraints.iter().map(|constraint| (constraint, vec![column.name.to_string()]))
        });
        for (constraint, columns) in of_model.chain(of_columns) {
            match (text(constraint, "type").unwrap_or_default(), &*columns) {
                ("not_null", columns) => {
                    columns.iter().for_each(|column| add(&mut self.required, id, column));
                }
                ("unique", [column]) => add(&mut self.unique, id, column),
                ("unique", columns) => {
                    let key = columns.iter().map(|name| folded(name)).collect();
                    self.keys.entry(id).or_default().push(key);
                }
                ("primary_key", columns) => {
                    columns.iter().for_each(|column| add(&mut self.primary, id, column));
                }
                ("foreign_key", _) => {
                    let Some((parent, parent_columns)) = foreign_key(manifest, constraint, relations) else {
                        continue;
                    };
                    self.references.push(Reference {
                        child: id,
                        parent,
                        columns,
                        parent_columns,
                        whole: true,
                    });
                }
                _ => {}
            }
        }
    }

    /// The nodes that are tied to another one of `ids`.
    pub fn tied(&self, ids: &[NodeId]) -> FxHashSet<NodeId> {
        let ids: FxHashSet<NodeId> = ids.iter().copied().collect();
        let inside = self
            .references
            .iter()
            .filter(|reference| ids.contains(&reference.child) && ids.contains(&reference.parent));
        inside.flat_map(|reference| [reference.child, reference.parent]).collect()
    }

    pub fn is_unique(&self, id: NodeId, column: &str) -> bool {
        let column = folded(column);
        holds(&self.unique, id, &column) || self.primary.get(&id).is_some_and(|key| **key == [column])
    }

    pub fn is_required(&self, id: NodeId, column: &str) -> bool {
        let column = folded(column);
        holds(&self.required, id, &column) || holds(&self.primary, id, &column)
    }

    pub fn is_foreign(&self, id: NodeId, column: &str) -> bool {
        let own = self.references.iter().filter(|reference| reference.child == id);
        own.flat_map(|reference| &reference.columns).any(|name| name.eq_ignore_ascii_case(column))
    }

    /// Whether no two rows agree in all of these columns.
    pub fn is_key(&self, id: NodeId, columns: &[String]) -> bool {
        let columns: FxHashSet<String> = columns.iter().map(|name| folded(name)).collect();
        let same = |key: &Vec<String>| {
            key.len() == columns.len() && key.iter().all(|column| columns.contains(column))
        };
        self.primary.get(&id).is_some_and(same)
            || self.keys.get(&id).is_some_and(|keys| keys.iter().any(same))
    }

    /// The declared primary key; else a column that is unique and never null, best one that others refer
    /// to; else a set of columns that is unique.
    pub fn primary_key(&self, id: NodeId) -> Vec<String> {
        if let Some(declared) = self.primary.get(&id) {
            return declared.clone();
        }
        let candidates: Vec<&String> = self
            .unique
            .get(&id)
            .into_iter()
            .flatten()
            .filter(|column| holds(&self.required, id, column))
            .collect();
        let referred = |column: &String| {
            let of_this = self.references.iter().filter(|reference| reference.parent == id);
            of_this.flat_map(|reference| &reference.parent_columns).any(|name| folded(name) == *column)
        };
        let best = candidates.iter().find(|column| referred(column)).or(candidates.first());
        match (best, self.keys.get(&id)) {
            (Some(column), _) => vec![(*column).clone()],
            (None, Some(keys)) => keys.first().cloned().unwrap_or_default(),
            (None, None) => vec![],
        }
    }

    /// Columns that tests name.
    pub fn named_columns(&self, id: NodeId) -> Vec<&str> {
        let singles = [&self.unique, &self.required].into_iter().filter_map(|columns| columns.get(&id));
        let mut names: Vec<&str> = singles.flatten().map(String::as_str).collect();
        for reference in &self.references {
            if reference.child == id {
                names.extend(reference.columns.iter().map(String::as_str));
            }
            if reference.parent == id {
                names.extend(reference.parent_columns.iter().map(String::as_str));
            }
        }
        names
    }
}

fn add(columns: &mut Columns, id: NodeId, column: &str) {
    let known = columns.entry(id).or_default();
    let column = folded(column);
    if !known.contains(&column) {
        known.push(column);
    }
}

fn holds(columns: &Columns, id: NodeId, column: &str) -> bool {
    columns.get(&id).is_some_and(|known| known.iter().any(|name| name == column))
}

/// A column's name without quotes, in lower case.
fn folded(name: &str) -> String {
    name.trim_matches(['"', '`', '[', ']']).to_lowercase()
}

fn text<'m>(map: &'m Map, key: &str) -> Option<&'m str> {
    map.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn texts(map: &Map, key: &str) -> Vec<String> {
    let items = map.get(key).and_then(Value::as_list).unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(str::to_string).collect()
}

/// The node that a test checks. A source's is the one that the test's `model` names.
fn tested(manifest: &Manifest, node: &Node, test: &GenericTestData) -> Option<NodeId> {
    if let Some(attached) = &test.attached_node {
        return manifest.id_of(attached);
    }
    let model = text(&test.kwargs, "model")?;
    named(manifest, node, model).or_else(|| match &*node.depends_on.nodes {
        [only] => Some(*only),
        _ => None,
    })
}

/// The node that a `relationships` test refers to; the tested one itself when it names no other.
fn target(manifest: &Manifest, node: &Node, tested: NodeId) -> Option<NodeId> {
    let to = node.generic_test().and_then(|test| text(&test.kwargs, "to"));
    let by_name = to.and_then(|to| named(manifest, node, to));
    by_name.or_else(|| match &*node.depends_on.nodes {
        [only] => Some(*only),
        nodes => nodes.iter().copied().find(|id| *id != tested),
    })
}

/// The one among the node's upstreams that `ref('…')` or `source('…', '…')` in a text names.
fn named(manifest: &Manifest, node: &Node, text: &str) -> Option<NodeId> {
    static CALL: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"(ref|source)\s*\(([^)]*)\)"#).ok());
    let call = CALL.as_ref()?.captures(text)?;
    let unquoted = |argument: &str| argument.trim().trim_matches(['\'', '"']).to_string();
    let arguments: Vec<String> = call[2].split(',').map(unquoted).collect();
    let plain: Vec<&String> = arguments.iter().filter(|argument| !argument.contains('=')).collect();
    let name = plain.last()?;
    let source = (&call[1] == "source").then(|| plain.first()).flatten();
    let matches = |found: &Node| match (source, found.source()) {
        (Some(source), Some(data)) => data.source_name.as_ref() == source.as_str() && *found.name == **name,
        (None, None) => *found.name == **name,
        _ => false,
    };
    node.depends_on.nodes.iter().copied().find(|id| matches(manifest.node(*id)))
}

/// The node and columns that a foreign key refers to: `to` and `to_columns`, or an expression.
fn foreign_key(
    manifest: &Manifest,
    constraint: &Map,
    relations: &FxHashMap<&str, NodeId>,
) -> Option<(NodeId, Vec<String>)> {
    let expression = text(constraint, "expression");
    let (to, columns) = match (text(constraint, "to"), expression) {
        (Some(to), _) => (to.to_string(), texts(constraint, "to_columns")),
        (None, Some(expression)) => {
            let expression = expression.trim();
            let expression = expression.strip_prefix("references ").unwrap_or(expression);
            let (to, columns) = expression.split_once('(').unwrap_or((expression, ""));
            let columns = columns.trim_end_matches([')', ' ']).split(',').map(str::trim);
            (to.trim().to_string(), columns.filter(|name| !name.is_empty()).map(str::to_string).collect())
        }
        (None, None) => return None,
    };
    if let Some(id) = relations.get(&*to) {
        return Some((*id, columns));
    }
    let bare: String = to.chars().filter(|c| !matches!(c, '"' | '`' | '[' | ']')).collect();
    let last: Str = bare.rsplit('.').next().unwrap_or(&bare).trim_end_matches(['\'', ')']).into();
    let last = last.rsplit('\'').next().unwrap_or(&last);
    let found = manifest.iter().find(|(_, node)| node.resource_type.is_refable() && *node.alias == *last);
    found.map(|(id, _)| (id, columns))
}
