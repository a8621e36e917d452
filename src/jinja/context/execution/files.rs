//! What a macro writes and reads: `write` keeps the statement that runs, `load_agate_table` gives a
//! seed's rows.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use minijinja::{Error, Value as Jinja};

use super::super::agate::TableValue;
use super::super::exceptions::raised;
use super::super::function::function;
use super::{Execution, lock};
use crate::adapter::table::read_csv;
use crate::manifest::{Node, NodeKind, SeedData};
use crate::value::Value;

pub fn get(execution: &Arc<Execution>, name: &str) -> Option<Jinja> {
    let execution = execution.clone();
    Some(match name {
        "write" => function("write", move |_, args| {
            let payload = args.required("write", 0, "payload")?.to_string();
            execution.write_run(&payload).map_err(raised)?;
            Ok(Jinja::from(""))
        }),
        _ => function("load_agate_table", move |_, _| execution.seed_table()),
    })
}

impl Execution {
    /// Writes the statement below `target/run`.
    fn write_run(&self, payload: &str) -> Result<(), String> {
        let Some(node) = self.node() else {
            return Err("cannot \"write\" macros or sources".into());
        };
        let suffix = self.batch.as_ref().map(|batch| &*batch.label);
        let path = write_path(node, &self.runtime.target_path, "run", suffix);
        write_file(&self.runtime.project_root, &path, payload)?;
        *lock(&self.build_path) = Some(path.to_string_lossy().into());
        Ok(())
    }

    fn seed_table(&self) -> Result<Jinja, Error> {
        let Some((node, NodeKind::Seed(seed))) = self.node().map(|node| (node, &node.kind)) else {
            let kind = self.node().map_or("macro", |node| node.resource_type.as_str());
            return Err(raised(format!("can only load_agate_table for seeds (got a {kind})")));
        };
        let path = self.seed_path(node, seed);
        let bytes = fs::read(&path).map_err(|error| {
            raised(format!("cannot read the seed `{}`: {error}", node.original_file_path))
        })?;
        let column_types = node.config.get("column_types").and_then(Value::as_map);
        let text_columns: Vec<&str> =
            column_types.into_iter().flat_map(|types| types.keys()).map(|name| &**name).collect();
        let delimiter = node.config.get_str("delimiter").unwrap_or(",");
        let table = read_csv(&bytes, delimiter, &text_columns).map_err(|error| {
            let line = error.at.map(|at| format!(":{}", at.line)).unwrap_or_default();
            let message = format!("{} ({}{line})", error.message, node.original_file_path);
            Error::new(minijinja::ErrorKind::InvalidOperation, message).with_source(error)
        })?;
        Ok(TableValue::value(table.with_origin(path)))
    }

    /// The text of the seed whose turn it is, for messages.
    pub fn seed_text(&self) -> Option<String> {
        let node = self.node()?;
        let NodeKind::Seed(seed) = &node.kind else { return None };
        let bytes = fs::read(self.seed_path(node, seed)).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// A seed lies in its package as installed here, or where the package's folder was when it was parsed.
    fn seed_path(&self, node: &Node, seed: &SeedData) -> PathBuf {
        let config = &self.runtime.run.project.root().config;
        let package = if node.package == config.name {
            self.runtime.project_root.clone()
        } else {
            self.runtime.project_root.join(&*config.packages_install_path).join(&*node.package)
        };
        let path = package.join(&*node.original_file_path);
        match &seed.root_path {
            Some(root) if !path.exists() => Path::new(&**root).join(&*node.original_file_path),
            _ => path,
        }
    }
}

/// Where a node's SQL is written: `target/<folder>/<package>/<file>`.
pub fn write_path(node: &Node, target: &Path, folder: &str, suffix: Option<&str>) -> PathBuf {
    let file_name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_string();
    let mut path = PathBuf::from(&*node.original_file_path);
    if file_name(&node.path) != file_name(&node.original_file_path) {
        // Several nodes share a YAML file: each gets its own file below the folder of that name.
        path.push(&*node.path);
    }
    if let Some(suffix) = suffix {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let extension = path.extension().map(|extension| extension.to_string_lossy().into_owned());
        let name = match extension {
            Some(extension) => format!("{stem}_{suffix}.{extension}"),
            None => format!("{stem}_{suffix}"),
        };
        path = path.with_extension("").join(name);
    }
    target.join(folder).join(&*node.package).join(path)
}

/// Writes below the project's root; an absolute path is taken as it is. A file that already says the
/// same is left alone.
///
/// # Errors
/// What the file system says, as text.
pub fn write_file(root: &Path, path: &Path, text: &str) -> Result<(), String> {
    let full = root.join(path);
    let fail = |error: io::Error| format!("cannot write `{}`: {error}", path.display());
    match (put(&full, text), full.parent()) {
        (Err(error), Some(folder)) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(folder).and_then(|()| put(&full, text)).map_err(fail)
        }
        (written, _) => written.map_err(fail),
    }
}

/// Never cuts a file to nothing first: ext4 then waits for the disk at each close.
fn put(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    let before = file.metadata()?.len();
    if before == text.len() as u64 {
        let mut old = Vec::with_capacity(text.len());
        file.read_to_end(&mut old)?;
        if old == text.as_bytes() {
            return Ok(());
        }
        file.rewind()?;
    }
    file.write_all(text.as_bytes())?;
    if before > text.len() as u64 { file.set_len(text.len() as u64) } else { Ok(()) }
}
