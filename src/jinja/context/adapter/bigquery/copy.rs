//! Copies of tables and of partitions. dbt-bigquery starts copy jobs, which SQL cannot: a whole table is copied by
//! CREATE TABLE … COPY, further tables are appended by INSERT, and a partition is deleted and inserted in one transaction.

use chrono::{Duration, Months, NaiveDate, NaiveDateTime};
use minijinja::Error;

use super::super::super::args::type_error;
use super::super::super::host::ExecutionHost;
use super::layout::{Partitions, layout_of};
use super::schema::{columns, run};
use crate::adapter::Relation;

/// Copies tables into one: in its place, or behind its rows.
pub(super) fn copy(
    host: &dyn ExecutionHost,
    sources: &[Relation],
    target: &Relation,
    replaces: bool,
) -> Result<(), Error> {
    if let ([source], Some((table, partition))) = (sources, decorated(target)) {
        let source = decorated(source).map_or_else(|| source.clone(), |(source, _)| source);
        return copy_partition(host, &source, &table, &partition);
    }
    let target = target.render();
    let mut rest = sources.iter();
    let first = if replaces { rest.next() } else { None };
    if let Some(first) = first {
        run(host, &format!("create or replace table {target} copy {}", first.render()))?;
    }
    for (index, source) in rest.enumerate() {
        let source = source.render();
        if !replaces && index == 0 {
            run(host, &format!("create table if not exists {target} like {source}"))?;
        }
        run(host, &format!("insert into {target} select * from {source}"))?;
    }
    Ok(())
}

/// A table and its partition, of a name with a decorator: `events$20260101`.
fn decorated(relation: &Relation) -> Option<(Relation, String)> {
    let (name, partition) = relation.identifier()?.split_once('$')?;
    let mut table = relation.clone();
    table.path[2] = Some(name.into());
    Some((table, partition.to_string()))
}

/// Puts the rows of one partition in the place of the target's.
fn copy_partition(
    host: &dyn ExecutionHost,
    source: &Relation,
    target: &Relation,
    partition: &str,
) -> Result<(), Error> {
    let unknown = || type_error(format!("{} has no partition `{partition}`", target.render()));
    let layout = layout_of(host, target)?.ok_or_else(unknown)?;
    let partitions = layout.partitions.ok_or_else(unknown)?;
    let names = columns(host, target)?;
    let at =
        partitions.field().and_then(|field| names.iter().find(|name| name.name.eq_ignore_ascii_case(field)));
    let kind = at.map_or("TIMESTAMP", |column| &*column.dtype).to_lowercase();
    let rows = partitions.condition(partition, &kind).ok_or_else(unknown)?;
    let mut listed: Vec<String> = names.iter().map(|column| column.quoted()).collect();
    if partitions.field().is_none() {
        listed.insert(0, "_PARTITIONTIME".into());
    }
    let (listed, source, target) = (listed.join(", "), source.render(), target.render());
    run(
        host,
        &format!(
            "begin transaction;\ndelete from {target} where {rows};\n\
             insert into {target} ({listed}) select {listed} from {source} where {rows};\ncommit transaction"
        ),
    )
}

impl Partitions {
    fn field(&self) -> Option<&str> {
        match self {
            Partitions::Time { field, .. } => field.as_deref(),
            Partitions::Range { field, .. } => Some(field),
        }
    }

    /// The rows of a partition, so that the planner sees which one is meant.
    fn condition(&self, id: &str, kind: &str) -> Option<String> {
        let field = self.field().map_or_else(|| "_PARTITIONTIME".to_string(), |field| format!("`{field}`"));
        if id == "__NULL__" {
            return Some(format!("{field} is null"));
        }
        match self {
            Partitions::Range { interval, .. } => {
                let start: i64 = id.parse().ok()?;
                Some(format!("{field} >= {start} and {field} < {}", start.checked_add(*interval)?))
            }
            Partitions::Time { granularity, .. } => {
                let (start, end) = period(id, granularity)?;
                let format = if kind == "date" { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" };
                let text = |at: NaiveDateTime| format!("{kind} '{}'", at.format(format));
                Some(format!("{field} >= {} and {field} < {}", text(start), text(end)))
            }
        }
    }
}

/// Begin and end of the partition `2026010100`, `20260101`, `202601` or `2026`.
fn period(id: &str, granularity: &str) -> Option<(NaiveDateTime, NaiveDateTime)> {
    let part = |range: std::ops::Range<usize>| id.get(range)?.parse::<u32>().ok();
    let year = id.get(0..4)?.parse().ok()?;
    let month = if granularity == "year" { 1 } else { part(4..6)? };
    let day = if matches!(granularity, "year" | "month") { 1 } else { part(6..8)? };
    let hour = if granularity == "hour" { part(8..10)? } else { 0 };
    let start = NaiveDate::from_ymd_opt(year, month, day)?.and_hms_opt(hour, 0, 0)?;
    let end = match granularity {
        "hour" => start.checked_add_signed(Duration::hours(1)),
        "day" => start.checked_add_signed(Duration::days(1)),
        "month" => start.checked_add_months(Months::new(1)),
        "year" => start.checked_add_months(Months::new(12)),
        _ => None,
    };
    Some((start, end?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_are_conditions() {
        let time = |granularity: &str| Partitions::Time {
            field: Some("at".into()),
            granularity: granularity.into(),
        };
        let shown = |partitions: &Partitions, id: &str, kind: &str| partitions.condition(id, kind).unwrap();
        assert_eq!(
            shown(&time("day"), "20261231", "date"),
            "`at` >= date '2026-12-31' and `at` < date '2027-01-01'"
        );
        assert_eq!(
            shown(&time("month"), "202602", "timestamp"),
            "`at` >= timestamp '2026-02-01 00:00:00' and `at` < timestamp '2026-03-01 00:00:00'"
        );
        assert_eq!(
            shown(&time("hour"), "2026010123", "datetime"),
            "`at` >= datetime '2026-01-01 23:00:00' and `at` < datetime '2026-01-02 00:00:00'"
        );
        assert_eq!(shown(&time("day"), "__NULL__", "date"), "`at` is null");
        let by_ingestion = Partitions::Time { field: None, granularity: "year".into() };
        assert_eq!(
            shown(&by_ingestion, "2026", "timestamp"),
            "_PARTITIONTIME >= timestamp '2026-01-01 00:00:00' and _PARTITIONTIME < timestamp '2027-01-01 00:00:00'"
        );
        let ranges = Partitions::Range { field: "id".into(), start: 0, end: 100, interval: 10 };
        assert_eq!(shown(&ranges, "20", "int64"), "`id` >= 20 and `id` < 30");
        assert!(time("day").condition("2026", "date").is_none());
    }
}
