//! Unpacks archives of packages.

use std::io;
use std::path::{Component, Path, PathBuf};

use flate2::read::GzDecoder;

/// An unpacked package larger than this is refused: an archive can hold far more than its size says.
const MAX_BYTES: u64 = 1 << 30;
const MAX_ENTRIES: usize = 200_000;

/// Unpacks a gzipped tar archive into `folder`, which is made. Files, folders and symbolic links are made,
/// all of them inside of it.
///
/// # Errors
/// An archive that is not one, that is too large, or with an entry or link that leads out of the folder.
pub fn unpack(archive: &[u8], folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut tar = tar::Archive::new(GzDecoder::new(archive));
    let mut total: u64 = 0;
    let mut links = vec![];
    for (count, entry) in tar.entries()?.enumerate() {
        let mut entry = entry?;
        total = total.saturating_add(entry.size());
        if count >= MAX_ENTRIES || total > MAX_BYTES {
            return Err(io::Error::other("the archive is too large for a package"));
        }
        let path = inside(&entry.path()?)?;
        let target = folder.join(path);
        let kind = entry.header().entry_type();
        if kind.is_dir() {
            std::fs::create_dir_all(&target)?;
        } else if kind.is_file() {
            if let Some(parent) = target.parent() {
                std::fs::create_dir_all(parent)?;
            }
            let mut file = std::fs::File::create(&target)?;
            io::copy(&mut entry, &mut file)?;
        } else if kind.is_symlink()
            && let Some(leads_to) = entry.link_name()?
        {
            links.push((target, leads_to.into_owned()));
        }
    }
    make_links(&folder.canonicalize()?, links)
}

/// Makes links last, so that nothing is written through one, and then looks where they lead: one link
/// may change what another one means.
fn make_links(folder: &Path, links: Vec<(PathBuf, PathBuf)>) -> io::Result<()> {
    for (place, leads_to) in &links {
        if place.symlink_metadata().is_ok() {
            continue;
        }
        if let Some(parent) = place.parent() {
            std::fs::create_dir_all(parent)?;
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(leads_to, place)?;
        #[cfg(not(unix))]
        let _ = leads_to;
    }
    for (place, leads_to) in &links {
        let leads_out = match place.canonicalize() {
            Ok(real) => !real.starts_with(folder),
            // It leads nowhere yet: so it must stay.
            Err(_) => {
                leads_to.is_absolute() || leads_to.components().any(|part| part == Component::ParentDir)
            }
        };
        if leads_out {
            return Err(io::Error::other(format!(
                "the archive's link `{}` leads out of its folder",
                leads_to.display()
            )));
        }
    }
    Ok(())
}

/// The path when it stays where it is unpacked.
fn inside(path: &Path) -> io::Result<PathBuf> {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => out.push(name),
            Component::CurDir => {}
            _ => {
                return Err(io::Error::other(format!(
                    "the archive's entry `{}` leads out of its folder",
                    path.display()
                )));
            }
        }
    }
    Ok(out)
}

/// The one folder that a package's archive holds.
///
/// # Errors
/// There is none, or there are several.
pub fn only_folder(folder: &Path) -> io::Result<PathBuf> {
    let folders: Vec<PathBuf> =
        std::fs::read_dir(folder)?.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    match folders.as_slice() {
        [only] => Ok(only.clone()),
        _ => Err(io::Error::other("the archive must hold one folder with the package in it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn archive(entries: &[(&str, tar::EntryType, &str)]) -> Vec<u8> {
        let mut tar = tar::Builder::new(vec![]);
        for (path, kind, content) in entries {
            let mut header = tar::Header::new_gnu();
            // The builder refuses bad paths, so they are written past it.
            header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
            header.set_entry_type(*kind);
            header.set_mode(0o644);
            if kind.is_file() {
                header.set_size(content.len() as u64);
            } else {
                header.set_size(0);
                header.set_link_name(content).expect("a link");
            }
            header.set_cksum();
            tar.append(&header, if kind.is_file() { content.as_bytes() } else { b"" }).expect("appended");
        }
        let mut gzip = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
        gzip.write_all(&tar.into_inner().expect("a tar")).expect("zipped");
        gzip.finish().expect("finished")
    }

    #[test]
    fn nothing_is_written_outside() {
        use tar::EntryType::{Regular, Symlink};
        let root = tempfile::tempdir().expect("a folder");
        let folder = root.path().join("in");
        for path in ["../out.txt", "a/../../out.txt", "/out.txt"] {
            let error = unpack(&archive(&[(path, Regular, "x")]), &folder).expect_err("refused");
            assert!(error.to_string().contains("leads out"), "{path}: {error}");
        }
        let linked =
            [("p/link", Symlink, "../.."), ("p/link/out.txt", Regular, "x"), ("p/a.txt", Regular, "y")];
        unpack(&archive(&linked), &folder).expect("unpacked");
        assert!(!root.path().join("out.txt").exists());
        // The link was not made, for its name had become a folder.
        assert_eq!(std::fs::read_to_string(folder.join("p/link/out.txt")).ok().as_deref(), Some("x"));
        assert_eq!(only_folder(&folder).ok(), Some(folder.join("p")));
        for links in [vec!["../../x"], vec!["/etc"], vec![".", "l0/.."], vec!["nowhere/../../.."]] {
            let named: Vec<(String, &str)> =
                links.iter().enumerate().map(|(at, link)| (format!("p/l{at}"), *link)).collect();
            let entries: Vec<_> = named.iter().map(|(name, link)| (name.as_str(), Symlink, *link)).collect();
            let other = root.path().join("other");
            let error = unpack(&archive(&[&[("a", Regular, "")][..], &entries].concat()), &other.join("in"));
            let refused = error.is_err_and(|error| error.to_string().contains("leads out"));
            // `l0/..` is the folder above only where that lies outside.
            assert!(refused || links == [".", "l0/.."], "{links:?}");
            std::fs::remove_dir_all(other).expect("removed");
        }
        let inside = [("p/a.txt", Regular, "y"), ("p/b.txt", Symlink, "a.txt")];
        let folder = root.path().join("inside");
        unpack(&archive(&inside), &folder).expect("unpacked");
        assert_eq!(std::fs::read_to_string(folder.join("p/b.txt")).ok().as_deref(), Some("y"));
    }
}
