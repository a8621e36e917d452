//! The library inside a package: an npm tarball or a Python wheel.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

/// Copies the first entry whose file name is among `names` to `target`; false when there is none.
pub(super) fn extract(archive: &Path, names: &[String], target: &Path) -> io::Result<bool> {
    let mut magic = [0; 2];
    File::open(archive)?.read_exact(&mut magic)?;
    let wanted =
        |path: &Path| path.file_name().is_some_and(|name| names.iter().any(|wanted| name == wanted.as_str()));
    if &magic == b"PK" {
        let mut zip = zip::ZipArchive::new(File::open(archive)?).map_err(io::Error::other)?;
        let found = zip.file_names().find(|name| wanted(Path::new(name))).map(str::to_string);
        let Some(found) = found else { return Ok(false) };
        write(&mut zip.by_name(&found).map_err(io::Error::other)?, target)?;
        return Ok(true);
    }
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(File::open(archive)?));
    for entry in tar.entries()? {
        let mut entry = entry?;
        if wanted(&entry.path()?) {
            write(&mut entry, target)?;
            return Ok(true);
        }
    }
    Ok(false)
}

fn write(from: &mut impl Read, target: &Path) -> io::Result<()> {
    let mut file = File::create(target)?;
    io::copy(from, &mut file)?;
    file.flush()?;
    file.sync_all()
}

/// The SHA-256 of a file, in lower-case hexadecimal.
pub(super) fn sha256(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        hasher.update(&buffer[..count]);
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
