//! Installing and finding drivers.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use headwater::adapter::ErrorKind;
use headwater::adapter::driver::{self, Origin, install_from_file};

/// Nothing but the lock may stay behind after a failure.
fn leftovers(folder: &Path) -> Vec<String> {
    let mut names = vec![];
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() {
                open.push(entry.path());
            }
            if name != ".lock" && name != "drivers" && name != "duckdb" && name != "flightsql" {
                names.push(name);
            }
        }
    }
    names
}

#[test]
fn a_library_installs_from_its_file_and_replaces_what_stood_there() {
    let data = tempfile::tempdir().unwrap();
    let library = crate::drivers::duckdb();
    for _ in 0..2 {
        let installed = install_from_file("duckdb", &library, Some(data.path())).unwrap();
        assert!(installed.path.starts_with(data.path()) && installed.path.is_file());
        assert!(!installed.already);
    }
    let again = driver::install_in("duckdb", data.path()).unwrap();
    assert!(again.already, "what stands there is not fetched again");
    assert_eq!(leftovers(data.path()).len(), 2, "the version's folder and the library");
}

#[cfg(all(target_os = "linux", target_arch = "x86_64", not(target_env = "musl")))]
#[test]
fn a_package_with_another_checksum_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let package = data.path().join("duckdb.tgz");
    let mut tar =
        tar::Builder::new(flate2::write::GzEncoder::new(File::create(&package).unwrap(), Default::default()));
    let mut header = tar::Header::new_gnu();
    header.set_size(4);
    tar.append_data(&mut header, "package/libduckdb.so", &b"fake"[..]).unwrap();
    tar.into_inner().unwrap().finish().unwrap();
    let store = data.path().join("store");
    let error = install_from_file("duckdb", package.to_str().unwrap(), Some(&store)).unwrap_err();
    assert!(error.message.contains("SHA-256"), "{error}");
    assert_eq!(leftovers(&store), Vec::<String>::new());
}

#[test]
fn what_is_no_driver_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let store = data.path().join("store");
    let wheel = data.path().join("driver.whl");
    let mut zip = zip::ZipWriter::new(File::create(&wheel).unwrap());
    zip.start_file("adbc_driver_flightsql/__init__.py", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(b"pass").unwrap();
    zip.finish().unwrap();
    let error = install_from_file("flightsql", wheel.to_str().unwrap(), Some(&store)).unwrap_err();
    // Where a checksum is known, nothing is unpacked before it is right.
    let refused =
        if driver::spec("flightsql").unwrap().pin().is_some() { "is not the package" } else { "holds no" };
    assert!(error.message.contains(refused), "{error}");
    let junk = data.path().join("libadbc_driver_flightsql.so");
    fs::write(&junk, "junk").unwrap();
    let error = install_from_file("flightsql", junk.to_str().unwrap(), Some(&store)).unwrap_err();
    assert!(error.message.contains("does not load"), "{error}");
    let error = install_from_file("flightsql", "/nowhere.whl", Some(&store)).unwrap_err();
    assert!(error.message.contains("no file"), "{error}");
    assert_eq!(leftovers(&store), Vec::<String>::new());
    let error = driver::spec("duckbd").unwrap_err();
    assert_eq!(error.kind, ErrorKind::MissingDriver);
    assert_eq!(driver::spec("redshift").unwrap().name, "postgresql");
}

#[test]
fn the_profile_names_a_driver_first() {
    let library = crate::drivers::duckdb();
    let spec = driver::spec("duckdb").unwrap();
    let found = driver::find(spec, Some(&library)).unwrap().unwrap();
    assert_eq!((found.origin, found.path.to_str()), (Origin::Profile, Some(library.as_str())));
    assert!(driver::find(spec, Some("/nowhere/libduckdb.so")).is_err());
}
