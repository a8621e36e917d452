//! Lists the built-in macro packages for `src/adapter/library/mod.rs`.
//!
//! Writes `library.rs` into the build's output folder: one `EmbeddedPackage` for each folder of
//! `src/adapter/library`, with the text of its files in path order.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

const LIBRARY: &str = "src/adapter/library";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={LIBRARY}");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join(LIBRARY);
    let mut table = String::from("[\n");
    for package in sorted_entries(&root)? {
        if package.is_dir() {
            table.push_str(&package_entry(&package)?);
        }
    }
    table.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("library.rs");
    fs::write(out, table)
}

/// The Rust expression of one package.
fn package_entry(package: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    collect_files(package, &mut files)?;
    let name = package.file_name().unwrap_or_default().to_string_lossy();
    let mut entry = format!("EmbeddedPackage {{ name: {name:?}, files: &[\n");
    for file in files {
        let inside = file.strip_prefix(package).unwrap_or(&file);
        let inside = inside.to_string_lossy().replace('\\', "/");
        entry.push_str(&format!("({inside:?}, include_str!({file:?})),\n"));
    }
    entry.push_str("] },\n");
    Ok(entry)
}

fn collect_files(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for path in sorted_entries(folder)? {
        if path.is_dir() {
            collect_files(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn sorted_entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.sort();
    Ok(paths)
}
