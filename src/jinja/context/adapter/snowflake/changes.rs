//! How a dynamic or interactive table that stands differs from the one that is wanted: dbt's changesets.

use minijinja::Value;

use super::dynamic_table::DynamicTable;
use super::interactive_table::{self, InteractiveTable, keys, lag};
use crate::jinja::engine::dict;

/// One setting that differs.
struct Change {
    name: &'static str,
    context: Value,
    /// Whether ALTER cannot do it, so that the table is made anew.
    rebuilds: bool,
}

/// What changes of a dynamic table; none where nothing does.
pub fn of_dynamic(standing: &DynamicTable, wanted: &DynamicTable) -> Value {
    let mut changes = vec![];
    let mut compare = |name, rebuilds, differs: bool, context: Value| {
        if differs {
            changes.push(Change { name, context, rebuilds });
        }
    };
    let lag = &wanted.target_lag;
    compare("target_lag", false, !lag.is_none() && *lag != standing.target_lag, lag.clone());
    let warehouse = wanted.warehouse();
    compare("snowflake_warehouse", false, warehouse != standing.warehouse(), warehouse);
    let first = &wanted.snowflake_initialization_warehouse;
    compare(
        "snowflake_initialization_warehouse",
        false,
        *first != standing.snowflake_initialization_warehouse,
        first.clone(),
    );
    let mode = &wanted.refresh_mode;
    // Snowflake chooses for AUTO, and shows what it chose.
    let mode_differs = mode.as_str() != Some("AUTO") && *mode != standing.refresh_mode;
    compare("refresh_mode", true, mode_differs, mode.clone());
    compare("scheduler", false, wanted.scheduler != standing.scheduler, wanted.scheduler.clone());
    let immutable = &wanted.immutable_where;
    compare("immutable_where", false, *immutable != standing.immutable_where, immutable.clone());
    compare("cluster_by", false, wanted.cluster_by != standing.cluster_by, wanted.cluster_by.clone());
    // Known on one side alone, it is no difference.
    let transient = &wanted.transient;
    let both = !transient.is_none() && !standing.transient.is_none();
    compare("transient", true, both && *transient != standing.transient, transient.clone());
    let names = [
        "target_lag",
        "snowflake_warehouse",
        "snowflake_initialization_warehouse",
        "refresh_mode",
        "scheduler",
        "immutable_where",
        "cluster_by",
        "transient",
    ];
    changeset(&names, &changes)
}

/// What changes of an interactive table; none where nothing does.
pub fn of_interactive(standing: &InteractiveTable, wanted: &InteractiveTable) -> Value {
    let mut changes = vec![];
    let (old_lag, new_lag) = (lag(&standing.target_lag), lag(&wanted.target_lag));
    if old_lag != new_lag {
        // A lag can be changed, but neither given nor taken away.
        let rebuilds = old_lag.is_none() || new_lag.is_none();
        changes.push(Change { name: "target_lag", context: wanted.target_lag.clone(), rebuilds });
    }
    if keys(&standing.cluster_by) != keys(&wanted.cluster_by) {
        changes.push(Change { name: "cluster_by", context: wanted.cluster_by.clone(), rebuilds: true });
    }
    let said = interactive_table::said;
    // A table without a lag has no warehouses of its own.
    if new_lag.is_some() {
        let warehouse = wanted.warehouse();
        if said(&warehouse) != said(&standing.refresh_warehouse) {
            changes.push(Change { name: "refresh_warehouse", context: warehouse, rebuilds: false });
        }
        let first = &wanted.snowflake_initialization_warehouse;
        if said(first) != said(&standing.snowflake_initialization_warehouse) {
            let name = "snowflake_initialization_warehouse";
            changes.push(Change { name, context: first.clone(), rebuilds: false });
        }
    }
    let names = ["target_lag", "cluster_by", "refresh_warehouse", "snowflake_initialization_warehouse"];
    changeset(&names, &changes)
}

fn changeset(names: &[&'static str], changes: &[Change]) -> Value {
    if changes.is_empty() {
        return Value::from(());
    }
    let entry = |name: &&'static str| {
        let found = changes.iter().find(|change| change.name == *name);
        (*name, found.map_or(Value::from(()), Change::to_value))
    };
    let rebuilds = changes.iter().any(|change| change.rebuilds);
    let facts = [("requires_full_refresh", Value::from(rebuilds)), ("has_changes", Value::from(true))];
    dict(names.iter().map(entry).chain(facts))
}

impl Change {
    fn to_value(&self) -> Value {
        dict([
            ("action", Value::from(if self.rebuilds { "create" } else { "alter" })),
            ("context", self.context.clone()),
            ("requires_full_refresh", Value::from(self.rebuilds)),
        ])
    }
}
