//! run_results.json and sources.json of an earlier run.

use std::path::Path;

use super::fields::{Fields, Parsed};
use super::{bytes_of, check_version, not_json};
use crate::diag::Diagnostic;
use crate::event::{BatchResults, RunStatus};
use crate::value::{Map, Str, Value};
use chrono::{DateTime, NaiveDateTime, Utc};

/// What an earlier run did, as far as `retry` and `result:` selection need it.
#[derive(Clone, Debug, Default)]
pub struct PreviousResults {
    /// The flags of that run, `which` included; empty for freshness.
    pub args: Map,
    pub invocation_id: Str,
    /// When that run began; when it ended, in artifacts that do not say.
    pub started_at: Option<DateTime<Utc>>,
    pub results: Vec<PreviousResult>,
}

#[derive(Clone, Debug)]
pub struct PreviousResult {
    pub unique_id: Str,
    pub status: RunStatus,
    pub message: Option<Str>,
    pub failures: Option<i64>,
    pub batch_results: Option<BatchResults>,
    /// Newest row of a source when it was checked.
    pub max_loaded_at: Option<DateTime<Utc>>,
}

/// Reads run_results.json (schema versions 4 to 6).
///
/// # Errors
/// When the file is missing, is not JSON, or has another schema version.
pub fn read_run_results(path: &Path) -> Result<PreviousResults, Box<Diagnostic>> {
    read(path, "run-results", 4..=6)
}

/// Reads sources.json (schema version 3).
///
/// # Errors
/// As [`read_run_results`].
pub fn read_sources(path: &Path) -> Result<PreviousResults, Box<Diagnostic>> {
    read(path, "sources", 1..=3)
}

fn read(
    path: &Path,
    name: &str,
    versions: std::ops::RangeInclusive<u32>,
) -> Result<PreviousResults, Box<Diagnostic>> {
    let bytes = bytes_of(path)?;
    let Parsed(value) = serde_json::from_slice(&bytes).map_err(|error| not_json(path, &error))?;
    let mut fields = Fields::of(value);
    let mut metadata = fields.fields("metadata");
    check_version(path, &metadata.str("dbt_schema_version"), name, versions)?;
    Ok(PreviousResults {
        args: fields.map("args"),
        invocation_id: metadata.str("invocation_id"),
        started_at: ["invocation_started_at", "generated_at"]
            .iter()
            .find_map(|key| time_of(&metadata.opt_str(key)?)),
        results: fields.list("results").into_iter().filter_map(result_of).collect(),
    })
}

fn result_of(value: Value) -> Option<PreviousResult> {
    let mut fields = Fields::of(value);
    Some(PreviousResult {
        unique_id: fields.opt_str("unique_id")?,
        status: RunStatus::parse(&fields.str("status"))?,
        message: fields.opt_str("message").or_else(|| fields.opt_str("error")),
        failures: fields.take("failures").as_i64(),
        batch_results: fields.opt("batch_results").map(|value| {
            let mut batches = Fields::of(value);
            BatchResults {
                successful: batches_of(batches.list("successful")),
                failed: batches_of(batches.list("failed")),
            }
        }),
        max_loaded_at: fields.opt_str("max_loaded_at").and_then(|text| time_of(&text)),
    })
}

fn batches_of(batches: Vec<Value>) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let pair = |batch: &Value| {
        let ends = batch.as_list()?;
        Some((time_of(ends.first()?.as_str()?)?, time_of(ends.get(1)?.as_str()?)?))
    };
    batches.iter().filter_map(pair).collect()
}

/// An ISO time; one without a zone is UTC.
fn time_of(text: &str) -> Option<DateTime<Utc>> {
    let zoned = DateTime::parse_from_rfc3339(text).map(|time| time.with_timezone(&Utc));
    zoned.ok().or_else(|| Some(NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok()?.and_utc()))
}
