//! The comment that dbt puts into each statement, so that a warehouse's query log names the node.
//!
//! <https://docs.getdbt.com/reference/project-configs/query-comment>

use std::sync::Arc;

use minijinja::Value as Jinja;
use rustc_hash::FxHashMap;

use super::Execution;
use crate::adapter::statements;
use crate::jinja::context::misc::DBT_VERSION;
use crate::jinja::context::{NodeFacts, NodeScope};
use crate::jinja::engine::Undefined;
use crate::manifest::{Node, ResourceType};
use crate::value::{Str, Value};

/// A comment, ready to be added; nothing when it is empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueryComment {
    text: String,
    append: bool,
}

impl QueryComment {
    pub fn add_to(&self, sql: &str) -> String {
        if self.text.is_empty() {
            return sql.to_string();
        }
        if !self.append {
            return format!("/* {} */\n{sql}", self.text);
        }
        let trimmed = sql.trim_end();
        match trimmed.strip_suffix(';') {
            Some(statement) => format!("{statement}\n/* {} */;", self.text),
            None => format!("{trimmed}\n/* {} */", self.text),
        }
    }
}

impl QueryComment {
    /// The comment on each statement of a text.
    pub fn add_to_each(&self, sql: &str) -> String {
        let statements = statements(sql);
        if statements.len() < 2 {
            return self.add_to(sql);
        }
        let commented = statements.iter().map(|statement| self.add_to(statement.trim()));
        commented.collect::<Vec<_>>().join(";\n")
    }
}

/// The comment for a node's statements.
pub fn of(execution: &Arc<Execution>) -> QueryComment {
    // A script names its nodes in headers of its own.
    if &*execution.runtime.flags.which == "emit" {
        return QueryComment::default();
    }
    let config = execution.runtime.run.project.root().config.query_comment.clone();
    let default = execution.runtime.adapter.dialect().appends_query_comment();
    let (template, append) = match config {
        None => (None, default),
        Some(Value::Str(text)) => (Some(text), default),
        Some(Value::Map(map)) => {
            let append = map.get("append").filter(|append| !append.is_null()).map(Value::is_truthy);
            let append = append.unwrap_or(default);
            match map.get("comment") {
                Some(Value::Str(text)) => (Some(text.clone()), append),
                Some(_) => (Some("".into()), append),
                None => (None, append),
            }
        }
        Some(_) => (Some("".into()), default),
    };
    let text = match template {
        None => default_comment(execution),
        Some(template) => rendered(execution, &template),
    };
    // A comment must not end the comment that it stands in.
    if text.contains("*/") {
        execution.escalate(format!("query comment contains illegal value \"*/\": {}", text.trim()));
    }
    QueryComment { text: text.replace("*/", "").trim().to_string(), append }
}

/// The node that comments name: hooks of the project are the connection's to dbt, not a node's.
fn commented(execution: &Execution) -> Option<&Node> {
    execution.node().filter(|node| node.resource_type != ResourceType::Operation)
}

fn default_comment(execution: &Execution) -> String {
    let profile = &execution.runtime.run.project.profile;
    let mut entries = vec![
        ("app", "dbt".to_string()),
        ("dbt_version", DBT_VERSION.to_string()),
        ("profile_name", profile.profile_name.to_string()),
        ("target_name", profile.target_name.to_string()),
    ];
    entries.push(match commented(execution) {
        Some(node) => ("node_id", node.unique_id.to_string()),
        None => ("connection_name", execution.connection_name()),
    });
    // With the blanks that Python's JSON has.
    let entries: Vec<String> = entries
        .into_iter()
        .map(|(key, value)| format!("\"{key}\": {}", serde_json::Value::from(value)))
        .collect();
    format!("{{{}}}", entries.join(", "))
}

fn rendered(execution: &Arc<Execution>, template: &Str) -> String {
    if template.trim().is_empty() {
        return String::new();
    }
    let run = &execution.runtime.run;
    let facts = NodeFacts::of_package(&run.project.root().config.name, &run.project.profile);
    let node = match commented(execution) {
        Some(_) => super::model::value(execution),
        None => Jinja::from(()),
    };
    let extra = FxHashMap::from_iter([
        (Str::from("node"), node),
        (Str::from("connection_name"), Jinja::from(execution.connection_name())),
    ]);
    let scope = NodeScope::shared(&execution.context(facts, extra));
    match run.engine.render_body("query comment", template, scope, Undefined::Strict) {
        Ok(text) => text,
        Err(error) => {
            execution.escalate(format!("the query comment does not render: {error}"));
            String::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::QueryComment;

    #[test]
    fn stands_before_or_after_the_statement() {
        let comment = |append| QueryComment { text: "who".into(), append };
        let two = comment(true).add_to_each("begin;\ninsert into t select ';';");
        assert_eq!(two, "begin\n/* who */;\ninsert into t select ';'\n/* who */");
        assert_eq!(comment(false).add_to("select 1;"), "/* who */\nselect 1;");
        assert_eq!(comment(true).add_to("select 1; \n"), "select 1\n/* who */;");
        assert_eq!(QueryComment::default().add_to("select 1"), "select 1");
    }
}
