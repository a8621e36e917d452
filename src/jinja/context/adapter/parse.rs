//! What the methods that reach the warehouse answer while a project is parsed.

use minijinja::Value;

use super::super::agate::{TableValue, tuple};
use crate::adapter::Table;
use crate::jinja::engine::list;

/// dbt's stand-in for the method, where it has one.
pub(super) fn replacement(method: &str) -> Option<Value> {
    Some(match method {
        "assert_valid_snapshot_target_given_strategy"
        | "create_schema"
        | "drop_relation"
        | "drop_schema"
        | "expand_target_column_types"
        | "get_hard_deletes_behavior"
        | "get_incremental_strategy_macro"
        | "get_relation"
        | "rename_relation"
        | "truncate_relation"
        | "valid_snapshot_target" => Value::from(()),
        "already_exists" | "check_schema_exists" => Value::from(false),
        "get_column_schema_from_query"
        | "get_columns_in_relation"
        | "get_columns_in_table"
        | "get_missing_columns" => list(vec![]),
        "add_query" => tuple(vec![Value::from(()), Value::from(())]),
        "execute" | "get_partitions_metadata" => {
            tuple(vec![Value::from(""), TableValue::value(Table::empty())])
        }
        // dbt commits nothing while it parses, for there is no connection.
        "commit" => Value::from(()),
        _ => return None,
    })
}
