//! The form in bytes of everything that a manifest holds.
//!
//! A new field makes this file fail to compile until it is named here.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime};

use super::codec::{Code, Reader, Writer, choice, record};
use crate::diag::{Diagnostic, Frame, Severity};
use crate::manifest::*;
use crate::source::Span;
use crate::value::Value;

record! {
    ProjectInfo { name, project_id, adapter_type, quoting, run_started_at }
    MacroArgument { name, kind, description }
    Macro {
        unique_id, name, package, path, original_file_path, macro_sql, depends_on, description, meta, docs, patch_path,
        arguments, parameters, supported_languages, created_at,
    }
    Doc { unique_id, name, package, path, original_file_path, contents }
    Group { unique_id, name, package, path, original_file_path, owner, description, config }
    Docs { show, node_color }
    Node {
        unique_id, name, resource_type, package, path, original_file_path, fqn, raw_code, language, checksum, database,
        schema, alias, relation_name, description, doc_blocks, columns, meta, tags, group, docs, patch_path, config,
        unrendered_config, config_call, unrendered_config_call, created_at, refs, sources, metrics, functions,
        depends_on, reads, span, kind,
    }
    Config { resource_type, values }
    RefArgs { name, package, version, span }
    DependsOn { nodes, macros, external }
    Reads { vars, env_vars }
    ColumnInfo {
        name, description, doc_blocks, meta, tags, data_type, constraints, quote, granularity, config, extra,
    }
    ModelData {
        access, constraints, version, latest_version, deprecation_date, primary_key, time_spine, contract_checksum,
    }
    SeedData { root_path }
    GenericTestData { test_name, namespace, kwargs, column_name, file_key_name, attached_node, description }
    OperationData { index, hook }
    SourceData {
        source_name, source_description, source_meta, loader, quoting, loaded_at_field, loaded_at_query, freshness,
        external, unrendered_database, unrendered_schema,
    }
    ExposureData { kind, owner, label, maturity, url }
    SpecData { spec }
    UnitTestData { model, tested_node, given, expect, overrides, versions, version, checksum }
    FunctionData { arguments, returns }
    Checksum { name, checksum }
    Diagnostic { code, severity, message, span, label, help, notes, trace, node, event, data }
    Frame { what, span }
}

choice!(NodeKind {
    0 => Model(data), 1 => Seed(data), 2 => Snapshot, 3 => Analysis, 4 => GenericTest(data), 5 => SingularTest,
    6 => Operation(data), 7 => SqlOperation, 8 => Source(data), 9 => Exposure(data), 10 => Metric(data),
    11 => SemanticModel(data), 12 => SavedQuery(data), 13 => UnitTest(data), 14 => Function(data),
});

choice!(Language { 0 => Sql, 1 => Python, 2 => Javascript });

choice!(Severity { 0 => Note, 1 => Warning, 2 => Error });

choice!(ResourceType {
    0 => Model, 1 => Seed, 2 => Snapshot, 3 => Analysis, 4 => Test, 5 => Operation, 6 => SqlOperation, 7 => Source,
    8 => Exposure, 9 => Metric, 10 => SemanticModel, 11 => SavedQuery, 12 => UnitTest, 13 => Function,
});

choice!(Value {
    0 => Null, 1 => Bool(value), 2 => Int(value), 3 => BigInt(value), 4 => Float(value), 5 => Str(value),
    6 => Date(value), 7 => DateTime(value), 8 => DateTimeTz(value), 9 => List(value), 10 => Map(value),
});

/// Names that the program itself holds. They are few; one that it does not know yet stays in memory.
impl Code for &'static str {
    fn write(&self, out: &mut Writer) {
        out.text(&(*self).into());
    }

    fn read(input: &mut Reader<'_>) -> Option<&'static str> {
        const KNOWN: [&str; 5] = ["sha256", "none", "path", "on-run-start", "on-run-end"];
        let text = input.text()?;
        let known = KNOWN.into_iter().find(|known| **known == *text);
        Some(known.unwrap_or_else(|| String::from(&*text).leak()))
    }
}

impl Code for NodeId {
    fn write(&self, out: &mut Writer) {
        self.index().write(out);
    }

    fn read(input: &mut Reader<'_>) -> Option<NodeId> {
        u32::read(input).map(|index| NodeId::new(index as usize))
    }
}

impl Code for Span {
    fn write(&self, out: &mut Writer) {
        self.file.0.write(out);
        self.start.write(out);
        (self.end - self.start).write(out);
    }

    fn read(input: &mut Reader<'_>) -> Option<Span> {
        let then = u32::read(input)?;
        let file = input.file(then)?;
        let (start, len) = (u32::read(input)?, u32::read(input)?);
        Some(Span { file, start, end: start.checked_add(len)? })
    }
}

impl Code for NaiveDate {
    fn write(&self, out: &mut Writer) {
        i64::from(self.num_days_from_ce()).write(out);
    }

    fn read(input: &mut Reader<'_>) -> Option<NaiveDate> {
        NaiveDate::from_num_days_from_ce_opt(i64::read(input)?.try_into().ok()?)
    }
}

impl Code for NaiveDateTime {
    fn write(&self, out: &mut Writer) {
        self.and_utc().timestamp().write(out);
        self.and_utc().timestamp_subsec_nanos().write(out);
    }

    fn read(input: &mut Reader<'_>) -> Option<NaiveDateTime> {
        let (seconds, nanos) = (i64::read(input)?, u32::read(input)?);
        DateTime::from_timestamp(seconds, nanos).map(|time| time.naive_utc())
    }
}

impl Code for DateTime<FixedOffset> {
    fn write(&self, out: &mut Writer) {
        self.naive_utc().write(out);
        i64::from(self.offset().local_minus_utc()).write(out);
    }

    fn read(input: &mut Reader<'_>) -> Option<DateTime<FixedOffset>> {
        let time = NaiveDateTime::read(input)?;
        let offset = FixedOffset::east_opt(i64::read(input)?.try_into().ok()?)?;
        Some(DateTime::from_naive_utc_and_offset(time, offset))
    }
}
