//! dbt's artifacts: <https://docs.getdbt.com/reference/artifacts/dbt-artifacts>.
//!
//! Written by hand from the core types, field by field, because they are large and their shape is
//! other people's interface.

mod catalog;
mod file;
mod graph_summary;
mod json;
mod manifest;
mod node;
mod node_map;
mod parts;
mod perf_info;
mod read;
mod run_results;
mod semantic_manifest;
mod stamp;
mod tally;

pub use catalog::write_catalog;
pub use file::write_file;
pub use graph_summary::write_graph_summary;
pub use json::{Json, iso_time};
pub use manifest::{
    Changed, manifest_bytes, overwrite_metadata, renew_manifest, update_manifest, write_manifest,
};
pub use node::write_node;
pub use node_map::node_map;
pub use perf_info::write_perf_info;
pub use read::{PreviousResult, PreviousResults, read_manifest, read_run_results, read_sources};
pub use run_results::{RunTimes, write_run_results, write_sources};
pub use semantic_manifest::write_semantic_manifest;
pub use stamp::Stamp;
pub use tally::Tally;

use chrono::{DateTime, Utc};

use crate::invocation::{DBT_VERSION, Invocation};

/// Opens `metadata` with the entries that every artifact has; the caller adds its own and closes it.
fn open_metadata(json: &mut Json, artifact: &str, invocation: &Invocation, generated_at: DateTime<Utc>) {
    json.key("metadata").open();
    json.key("dbt_schema_version").str(&format!("https://schemas.getdbt.com/dbt/{artifact}.json"));
    json.key("dbt_version").str(DBT_VERSION);
    json.key("generated_at").time(generated_at);
    json.key("invocation_id").str(&invocation.id);
    json.key("invocation_started_at").time(invocation.started_at);
    json.key("env").open();
    for (name, value) in &invocation.metadata_env {
        json.key(name).str(value);
    }
    json.close();
}
