//! DuckDB's external materialization: options of `copy … to`, and what to read back.

use crate::value::{Map, Value};

/// The options of `copy … to location`, with what follows from the file's name.
pub fn write_options(location: &str, options: &mut Map) -> String {
    if !options.contains_key("format") {
        let (stem, mut extension) = split_extension(location);
        let compression = match extension.to_lowercase().as_str() {
            ".gz" => Some("gzip"),
            ".zst" => Some("zstd"),
            _ => None,
        };
        if compression.is_some() {
            extension = split_extension(stem).1;
        }
        let format = match extension.to_lowercase().strip_prefix('.') {
            Some(format) => {
                if let Some(compression) = compression.filter(|_| !options.contains_key("compression")) {
                    options.insert("format".into(), format.into());
                    options.insert("compression".into(), compression.into());
                }
                format.to_string()
            }
            None if options.contains_key("delimiter") => "csv".into(),
            None => "parquet".into(),
        };
        options.entry("format".into()).or_insert_with(|| format.as_str().into());
    }
    if options.get("format").and_then(Value::as_str) == Some("csv") && !options.contains_key("header") {
        options.insert("header".into(), Value::Int(1));
    }
    if let Some(Value::Str(columns)) = options.get("partition_by")
        && columns.contains(',')
        && !columns.starts_with('(')
    {
        let columns = format!("({columns})");
        options.insert("partition_by".into(), columns.as_str().into());
    }
    let quoted = ["delimiter", "quote", "escape", "null"];
    let part = |(key, value): (&crate::value::Str, &Value)| {
        let text = value.py_str();
        if quoted.contains(&key.to_lowercase().as_str()) && !text.starts_with('\'') {
            format!("{key} '{text}'")
        } else {
            format!("{key} {text}")
        }
    };
    options.iter().map(part).collect::<Vec<_>>().join(", ")
}

/// What to read to get back what was written: the files of all partitions, or the location itself.
pub fn read_location(location: &str, options: &Map) -> String {
    let set = |key: &str| options.get(key).filter(|value| value.is_truthy());
    if set("partition_by").is_none() && set("per_thread_output").is_none() {
        return location.to_string();
    }
    let levels = set("partition_by").map_or(0, |columns| columns.py_str().split(',').count());
    let format = options.get("format").map_or_else(|| "parquet".to_string(), Value::py_str);
    format!("{location}{}.{format}", "/*".repeat(levels + 1))
}

/// Python's `os.path.splitext`: the extension keeps its dot.
fn split_extension(path: &str) -> (&str, &str) {
    let name = path.rfind('/').map_or(0, |at| at + 1);
    let start = name + (path[name..].len() - path[name..].trim_start_matches('.').len());
    match path[start..].rfind('.') {
        Some(at) => path.split_at(start + at),
        None => (path, ""),
    }
}
