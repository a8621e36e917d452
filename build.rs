//! Lists the built-in macro packages for `src/adapter/library/mod.rs`, and tells the program which sources
//! it was made of: what one build has parsed is worth nothing to another.
//!
//! Writes `library.rs` into the build's output folder: one `EmbeddedPackage` for each folder of
//! `src/adapter/library`, with the text of its files in path order.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

const LIBRARY: &str = "src/adapter/library";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=Cargo.lock");
    let top = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    println!("cargo::rustc-env=HEADWATER_SOURCES={}", sources(&top)?);
    let root = top.join(LIBRARY);
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

/// Version, and a hash of all sources (FNV-1a, which needs no crate).
fn sources(top: &Path) -> io::Result<String> {
    let mut files = vec![top.join("Cargo.lock")];
    collect_files(&top.join("src"), &mut files)?;
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for file in files {
        let shown = file.strip_prefix(top).unwrap_or(&file).to_string_lossy().into_owned();
        for byte in shown.into_bytes().into_iter().chain([0]).chain(fs::read(&file)?) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    Ok(format!("{} {hash:016x}", env::var("CARGO_PKG_VERSION").unwrap_or_default()))
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
