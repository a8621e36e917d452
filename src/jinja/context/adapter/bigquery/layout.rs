//! How a table stands in the warehouse: its partitions and clusters, read from the DDL that INFORMATION_SCHEMA.TABLES
//! gives for it.

use minijinja::Error;

use super::super::super::host::ExecutionHost;
use super::partition::Partitioning;
use super::schema::{quoted, read};
use crate::adapter::Relation;
use crate::value::Value as Plain;

/// The partitions and clusters of a table.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Layout {
    pub partitions: Option<Partitions>,
    pub clusters: Vec<String>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Partitions {
    /// By a time, or by that of ingestion where there is no field.
    Time { field: Option<String>, granularity: String },
    /// By ranges of integers.
    Range { field: String, start: i64, end: i64, interval: i64 },
}

/// The layout of a table; none where there is no such table.
pub(super) fn layout_of(host: &dyn ExecutionHost, relation: &Relation) -> Result<Option<Layout>, Error> {
    let sql = format!(
        "select ddl from {} where table_name = {}",
        relation.information_schema(Some("TABLES")).render(),
        quoted(host, relation.identifier().unwrap_or_default())
    );
    let Some(table) = read(host, &sql)? else { return Ok(None) };
    Ok(table.scalar().map(|ddl| Layout::parse(&ddl.py_str())))
}

impl Layout {
    /// The clauses of a CREATE statement as the warehouse writes it: each begins a line.
    pub fn parse(ddl: &str) -> Layout {
        let clause = |head: &str| {
            let line = ddl.lines().find(|line| line.starts_with(head))?;
            Some(line[head.len()..].trim().trim_end_matches(';'))
        };
        let clusters = clause("CLUSTER BY ").unwrap_or_default();
        let clusters = clusters.split(',').map(|name| bare(name).to_string());
        Layout {
            partitions: clause("PARTITION BY ").and_then(Partitions::parse),
            clusters: clusters.filter(|name| !name.is_empty()).collect(),
        }
    }

    /// Whether a table that is configured so may take this one's place by CREATE OR REPLACE.
    pub fn allows(&self, wanted: Option<&Partitioning>, clusters: Option<&[String]>) -> bool {
        let partitions = match (&self.partitions, wanted) {
            (None, None) => true,
            (Some(standing), Some(wanted)) => standing.is(wanted),
            _ => false,
        };
        partitions && (!self.clusters.is_empty()).then_some(self.clusters.as_slice()) == clusters
    }
}

impl Partitions {
    /// `DATE_TRUNC(at, MONTH)`, `DATE(at)`, `at`, `RANGE_BUCKET(id, GENERATE_ARRAY(0, 100, 10))`.
    fn parse(clause: &str) -> Option<Partitions> {
        let Some((function, rest)) = clause.split_once('(') else {
            return Some(Partitions::by(clause, "DAY"));
        };
        let inside = rest.strip_suffix(')')?;
        if function.eq_ignore_ascii_case("RANGE_BUCKET") {
            let (field, array) = inside.split_once(',')?;
            let bounds = array.split_once('(')?.1.trim_end_matches(')');
            let mut bounds = bounds.split(',').map(|bound| bound.trim().parse::<i64>().ok());
            let mut next = || bounds.next().flatten();
            let (start, end) = (next()?, next()?);
            let interval = next().unwrap_or(1);
            return Some(Partitions::Range { field: bare(field).into(), start, end, interval });
        }
        Some(match inside.rsplit_once(',') {
            Some((field, granularity)) => Partitions::by(field, granularity),
            None => Partitions::by(inside, "DAY"),
        })
    }

    fn by(field: &str, granularity: &str) -> Partitions {
        let field = bare(field);
        let by_ingestion =
            ["_PARTITIONTIME", "_PARTITIONDATE"].iter().any(|own| field.eq_ignore_ascii_case(own));
        let field = (!by_ingestion).then(|| field.to_string());
        Partitions::Time { field, granularity: granularity.trim().to_lowercase() }
    }

    fn is(&self, wanted: &Partitioning) -> bool {
        match self {
            // A table by ingestion never matches: dbt makes it anew.
            Partitions::Time { field: None, .. } => false,
            Partitions::Time { field: Some(field), granularity } => {
                (field.eq_ignore_ascii_case(&wanted.field) || wanted.by_ingestion)
                    && granularity.eq_ignore_ascii_case(&wanted.granularity)
            }
            Partitions::Range { field, start, end, interval } => {
                let bound = |key: &str| wanted.range.get(key).and_then(Plain::as_i64);
                **field == *wanted.field
                    && [("start", start), ("end", end), ("interval", interval)]
                        .iter()
                        .all(|(key, own)| bound(key) == Some(**own))
            }
        }
    }
}

fn bare(name: &str) -> &str {
    name.trim().trim_matches('`')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jinja::engine::to_jinja;

    fn layout(clauses: &str) -> Layout {
        Layout::parse(&format!("CREATE TABLE `p.d.t`\n(\n  a INT64,\n  at TIMESTAMP\n)\n{clauses};"))
    }

    fn wanted(json: serde_json::Value) -> minijinja::Value {
        super::super::partition::partitioning(&to_jinja(&Plain::from_json(&json))).unwrap()
    }

    fn allows(clauses: &str, partition: serde_json::Value, clusters: &[&str]) -> bool {
        let raw = wanted(partition);
        let clusters: Vec<String> = clusters.iter().map(|name| name.to_string()).collect();
        let clusters = (!clusters.is_empty()).then_some(clusters.as_slice());
        layout(clauses).allows(Partitioning::of(Some(&raw)), clusters)
    }

    #[test]
    fn clauses_are_read() {
        assert_eq!(layout(""), Layout::default());
        let time = |field: Option<&str>, granularity: &str| {
            Some(Partitions::Time { field: field.map(String::from), granularity: granularity.into() })
        };
        assert_eq!(layout("PARTITION BY day").partitions, time(Some("day"), "day"));
        assert_eq!(layout("PARTITION BY DATE(at)").partitions, time(Some("at"), "day"));
        assert_eq!(layout("PARTITION BY TIMESTAMP_TRUNC(`at`, HOUR)").partitions, time(Some("at"), "hour"));
        assert_eq!(layout("PARTITION BY DATE(_PARTITIONTIME)").partitions, time(None, "day"));
        assert_eq!(
            layout("PARTITION BY RANGE_BUCKET(id, GENERATE_ARRAY(0, 100, 10))").partitions,
            Some(Partitions::Range { field: "id".into(), start: 0, end: 100, interval: 10 })
        );
        assert_eq!(layout("PARTITION BY day\nCLUSTER BY a, `order`").clusters, ["a", "order"]);
    }

    #[test]
    fn only_the_same_layout_may_be_replaced() {
        let day = serde_json::json!({"field": "at", "data_type": "timestamp"});
        assert!(allows("", serde_json::Value::Null, &[]));
        assert!(!allows("", serde_json::Value::Null, &["a"]));
        assert!(allows("PARTITION BY DATE(at)\nCLUSTER BY a", day.clone(), &["a"]));
        assert!(!allows("PARTITION BY DATE(at)\nCLUSTER BY a, b", day.clone(), &["a"]));
        assert!(!allows("PARTITION BY TIMESTAMP_TRUNC(at, HOUR)", day.clone(), &[]));
        assert!(!allows("PARTITION BY DATE(_PARTITIONTIME)", day.clone(), &[]));
        assert!(!allows("", day, &[]));
        let ranges = serde_json::json!({"field": "id", "data_type": "int64", "range": {"start": 0, "end": 100, "interval": 10}});
        assert!(allows("PARTITION BY RANGE_BUCKET(id, GENERATE_ARRAY(0, 100, 10))", ranges.clone(), &[]));
        assert!(!allows("PARTITION BY RANGE_BUCKET(id, GENERATE_ARRAY(0, 100, 5))", ranges, &[]));
    }
}
