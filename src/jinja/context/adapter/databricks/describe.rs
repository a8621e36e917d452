//! What `DESCRIBE TABLE EXTENDED … AS JSON` says of a table.

use minijinja::{Error, Value};

use super::super::super::agate::TableValue;
use super::super::super::args::type_error;
use crate::adapter::{Cell, Column, Dialect, Table};
use crate::value::{Str, Value as Plain};

/// The JSON in the answer; none when the answer is empty.
///
/// # Errors
/// The answer is no JSON.
pub(super) fn facts(answer: &Value) -> Result<Option<Plain>, Error> {
    let Some(cell) = TableValue::of(answer).and_then(first) else { return Ok(None) };
    let json: serde_json::Value = serde_json::from_str(&cell.py_str()).map_err(|error| {
        type_error(format!("the description of the table is not the JSON it should be: {error}"))
    })?;
    Ok(Some(Plain::from_json(&json)))
}

fn first(table: &Table) -> Option<Cell> {
    let at = table.column_index("json_metadata").unwrap_or(0);
    (!table.is_empty() && at < table.column_names().len()).then(|| table.cell(0, at))
}

fn entries<'f>(facts: &'f Plain, key: &str) -> &'f [Plain] {
    facts.get(key).and_then(Plain::as_list).unwrap_or_default()
}

fn text<'f>(facts: &'f Plain, key: &str) -> &'f str {
    facts.get(key).and_then(Plain::as_str).unwrap_or_default()
}

/// The columns, with their comments.
pub(super) fn columns(dialect: &'static dyn Dialect, facts: &Plain) -> Vec<Column> {
    let column = |raw: &Plain| {
        let data_type = raw.get("type").map(type_name).unwrap_or_default();
        let mut column = Column::new(dialect, text(raw, "name"), data_type);
        if let Some(comment) = raw.get("comment").filter(|comment| !comment.is_null()) {
            column.extra.insert("comment".into(), comment.clone());
        }
        column
    };
    entries(facts, "columns").iter().map(column).collect()
}

/// A type as DDL has it.
fn type_name(raw: &Plain) -> String {
    let inner = |key: &str| raw.get(key).map(type_name).unwrap_or_default();
    let number = |key: &str| raw.get(key).filter(|value| !value.is_null()).map(Plain::py_str);
    match text(raw, "name") {
        "struct" => {
            let field = |field: &Plain| {
                format!("{}:{}", text(field, "name"), field.get("type").map(type_name).unwrap_or_default())
            };
            format!("struct<{}>", entries(raw, "fields").iter().map(field).collect::<Vec<_>>().join(","))
        }
        "array" => format!("array<{}>", inner("element_type")),
        "map" => format!("map<{},{}>", inner("key_type"), inner("value_type")),
        "decimal" => match (number("precision"), number("scale")) {
            (Some(precision), Some(scale)) => format!("decimal({precision}, {scale})"),
            (Some(precision), None) => format!("decimal({precision})"),
            _ => "decimal".into(),
        },
        "string" => match text(raw, "collation") {
            "" => "string".into(),
            usual if usual.eq_ignore_ascii_case("utf8_binary") => "string".into(),
            other => format!("string COLLATE {other}"),
        },
        "timestamp_ltz" => "timestamp".into(),
        sized @ ("varchar" | "char") => {
            number("length").map_or_else(|| sized.into(), |length| format!("{sized}({length})"))
        }
        other => other.into(),
    }
}

/// Catalog, schema and name of a function, with dots between.
fn function(raw: &Plain) -> String {
    let name = raw.get("function_name").cloned().unwrap_or_default();
    ["catalog_name", "schema_name", "function_name"].map(|part| text(&name, part).to_string()).join(".")
}

fn names(raw: &Plain, key: &str) -> String {
    entries(raw, key).iter().map(Plain::py_str).collect::<Vec<_>>().join(",")
}

/// A table of texts, as the information schema would answer.
fn table(columns: &[&str], rows: Vec<Vec<Cell>>) -> Table {
    Table::from_rows(columns.iter().map(|name| Str::from(*name)).collect(), rows)
}

fn cells<const N: usize>(texts: [String; N]) -> Vec<Cell> {
    texts.into_iter().map(Cell::str).collect()
}

/// The masks of columns: column, function, further columns.
pub(super) fn column_masks(facts: &Plain) -> Table {
    let row = |mask: &Plain| {
        let using = names(mask, "using_column_names");
        let using = if using.is_empty() { Cell::Null } else { Cell::str(using) };
        vec![Cell::str(text(mask, "column_name")), Cell::str(function(mask)), using]
    };
    table(
        &["column_name", "mask_name", "using_columns"],
        entries(facts, "column_masks").iter().map(row).collect(),
    )
}

/// The row filter, as the information schema has it.
pub(super) fn row_filters(facts: &Plain) -> Table {
    let row = |filter: &Plain| {
        let own = ["catalog_name", "schema_name", "table_name"].map(|part| text(facts, part).to_string());
        let [catalog, schema, name] = own;
        cells([catalog, schema, name, function(filter), names(filter, "column_names")])
    };
    let filter = facts.get("row_filter").filter(|filter| filter.is_truthy());
    table(
        &["table_catalog", "table_schema", "table_name", "filter_name", "target_columns"],
        filter.map(row).into_iter().collect(),
    )
}

/// The columns that must not be null.
pub(super) fn non_nulls(facts: &Plain) -> Table {
    let required = |column: &&Plain| !column.get("nullable").is_some_and(Plain::is_truthy);
    let rows = entries(facts, "columns").iter().filter(required);
    table(&["column_name"], rows.map(|column| vec![Cell::str(text(column, "name"))]).collect())
}

/// The query of a view, if it has one.
pub(super) fn view_text(facts: &Plain) -> Option<String> {
    facts.get("view_text").and_then(Plain::as_str).map(str::to_string)
}

/// The primary key: its name with each of its columns.
pub(super) fn primary_keys(facts: &Plain) -> Table {
    let mut rows = vec![];
    for (name, body) in constraints(text(facts, "table_constraints")) {
        if words(body).starts_with("PRIMARY KEY") {
            rows.extend(backticked(body).into_iter().map(|column| cells([name.to_string(), column])));
        }
    }
    table(&["constraint_name", "column_name"], rows)
}

/// The foreign keys: name, column, and catalog, schema, table and column that it points at.
///
/// # Errors
/// A key that does not point at a table of three names, or at as many columns as it has.
pub(super) fn foreign_keys(facts: &Plain) -> Result<Table, Error> {
    let mut rows = vec![];
    for (name, body) in constraints(text(facts, "table_constraints")) {
        if !words(body).starts_with("FOREIGN KEY") {
            continue;
        }
        let broken = || type_error(format!("the foreign key `{name}` cannot be read: {body}"));
        // The first `)` that no backtick hides ends the columns.
        let (end, _) = visible(body).find(|(_, c)| *c == ')').ok_or_else(broken)?;
        let (own, parent) = (backticked(&body[..end]), backticked(&body[end..]));
        if own.is_empty() || parent.len() != own.len() + 3 {
            return Err(broken());
        }
        for (column, of_parent) in own.into_iter().zip(&parent[3..]) {
            let [catalog, schema, parent] = [0, 1, 2].map(|at| parent[at].clone());
            rows.push(cells([name.to_string(), column, catalog, schema, parent, of_parent.clone()]));
        }
    }
    let names = ["constraint_name", "from_column", "to_catalog", "to_schema", "to_table", "to_column"];
    Ok(table(&names, rows))
}

/// Words with one space between two of them.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The characters outside of backticks, with their places. A doubled backtick within a name stands for one.
fn visible(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let mut hidden = false;
    text.char_indices().filter(move |(_, c)| {
        hidden ^= *c == '`';
        !hidden
    })
}

/// Names and bodies in `[(name,PRIMARY KEY (…)), (name,FOREIGN KEY (…) …)]`. Names may hold any character, but no
/// comma before a keyword; what follows is balanced.
fn constraints(text: &str) -> Vec<(&str, &str)> {
    let mut found = vec![];
    let Some(mut rest) = text.trim().strip_prefix('[').and_then(|text| text.strip_suffix(']')) else {
        return found;
    };
    while let Some(inner) = rest.trim_start_matches([',', ' ', '\n', '\t']).strip_prefix('(') {
        let is_body = |after: &str| {
            let words = words(after.get(..after.len().min(64)).unwrap_or(after));
            words.starts_with("PRIMARY KEY") || words.starts_with("FOREIGN KEY")
        };
        let Some((comma, _)) = inner.match_indices(',').find(|(at, _)| is_body(&inner[at + 1..])) else {
            break;
        };
        let body = &inner[comma + 1..];
        let mut depth = 0;
        let end = visible(body).find(|(_, c)| {
            depth += match c {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            depth < 0
        });
        let Some((end, _)) = end else { break };
        found.push((inner[..comma].trim(), body[..end].trim()));
        rest = &body[end + 1..];
    }
    found
}

/// The names in backticks.
fn backticked(text: &str) -> Vec<String> {
    let mut names = vec![];
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('`') {
        let mut name = String::new();
        let mut after = after;
        loop {
            let Some((part, tail)) = after.split_once('`') else { return names };
            name += part;
            match tail.strip_prefix('`') {
                Some(tail) => {
                    name.push('`');
                    after = tail;
                }
                None => {
                    rest = tail;
                    break;
                }
            }
        }
        names.push(name);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(json: serde_json::Value) -> Plain {
        Plain::from_json(&json)
    }

    fn rows(table: &Table) -> Vec<String> {
        let row = |row: Vec<Cell>| row.iter().map(Cell::py_str).collect::<Vec<_>>().join("|");
        table.rows().map(row).collect()
    }

    #[test]
    fn types_are_written_as_ddl() {
        let name = |json: serde_json::Value| type_name(&facts(json));
        let field =
            serde_json::json!({"name": "a", "type": {"name": "array", "element_type": {"name": "int"}}});
        assert_eq!(name(serde_json::json!({"name": "struct", "fields": [field]})), "struct<a:array<int>>");
        assert_eq!(
            name(serde_json::json!({"name": "decimal", "precision": 10, "scale": 2})),
            "decimal(10, 2)"
        );
        assert_eq!(
            name(serde_json::json!({"name": "string", "collation": "UTF8_LCASE"})),
            "string COLLATE UTF8_LCASE"
        );
        assert_eq!(name(serde_json::json!({"name": "varchar", "length": 8})), "varchar(8)");
        assert_eq!(name(serde_json::json!({"name": "timestamp_ltz"})), "timestamp");
    }

    #[test]
    fn keys_are_read_whatever_their_names() {
        let text = "[(odd,name(x,PRIMARY KEY (`a``b`, `c`)), (fk,FOREIGN KEY (`x`, `y)`) REFERENCES `m`.`s`.`t` (`p`, `q`))]";
        let facts = facts(serde_json::json!({"table_constraints": text}));
        assert_eq!(rows(&primary_keys(&facts)), ["odd,name(x|a`b", "odd,name(x|c"]);
        let foreign = foreign_keys(&facts).expect("keys that can be read");
        assert_eq!(rows(&foreign), ["fk|x|m|s|t|p", "fk|y)|m|s|t|q"]);
    }

    #[test]
    fn a_key_that_points_nowhere_is_an_error() {
        let facts =
            facts(serde_json::json!({"table_constraints": "[(fk,FOREIGN KEY (`x`) REFERENCES `t` (`p`))]"}));
        assert!(foreign_keys(&facts).is_err());
    }
}
