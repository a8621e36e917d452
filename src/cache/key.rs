//! What a parse depends on, as one hash.

use std::fmt::{self, Write as _};
use std::fs;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::env::Env;
use crate::flags::Flags;
use crate::project::{FileKind, Package, PackageFile, Project, ProjectConfig};
use crate::value::Str;

/// A hash of everything that a parse of a project reads, but for environment variables.
pub type Key = [u8; 32];

/// The key of a project under some flags: every file's content, settings, profile, variables, and the
/// code of Headwater itself. None where a parse has an input of its own (`--inline`).
pub fn key(project: &Project, flags: &Flags) -> Option<Key> {
    if flags.output.inline.is_some() {
        return None;
    }
    let mut sum = Sum::default();
    sum.part(&env!("HEADWATER_SOURCES"));
    sum.part(&project.profile);
    sum.part(&project.cli_vars);
    sum.part(&project.flags);
    sum.part(&project.selectors.as_ref().map(crate::yaml::Yaml::to_value));
    sum.part(&project.target_path);
    sum.part(&flags.behaviour);
    sum.part(&flags.run.store_failures);
    sum.part(&flags.log.debug);
    for package in &project.packages {
        sum.part(&package.builtin);
        sum.part(&package.root);
        // The tree is there for messages; its text is hashed where it is a file of the project.
        sum.part(&ProjectConfig { source: None, ..package.config.clone() });
        if !package.builtin {
            let files: Vec<[u8; 32]> = package.files.par_iter().map(|file| of_file(package, file)).collect();
            files.iter().for_each(|file| sum.0.update(file));
        }
    }
    Some(sum.0.finalize().into())
}

/// A file's place and content.
fn of_file(package: &Package, file: &PackageFile) -> [u8; 32] {
    let mut sum = Sum::default();
    sum.part(&file.kind);
    sum.text(&file.path);
    sum.text(&file.original_file_path);
    if file.kind == FileKind::Seed {
        // Parse reads seeds itself: for their checksums, and as rows of unit tests.
        match fs::read(package.root.join(&*file.original_file_path)) {
            Ok(bytes) => sum.0.update(Sha256::digest(bytes)),
            Err(_) => sum.part(&"unreadable"),
        }
    } else {
        sum.text(&file.text);
    }
    sum.0.finalize().into()
}

/// What a variable of the environment was, without telling it.
pub fn of_variable(env: &Env, name: &str) -> Option<Str> {
    env.get(name).map(|value| {
        let mut sum = Sum::default();
        sum.text(name);
        sum.text(value);
        crate::value::hex(&sum.0.finalize()).into()
    })
}

#[derive(Default)]
struct Sum(Sha256);

impl Sum {
    /// Any value, by its printed form, which shows all of it.
    fn part(&mut self, value: &dyn fmt::Debug) {
        // The sum takes whatever it is given.
        let _ = write!(self, "{value:?}\0");
    }

    fn text(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text);
    }
}

impl fmt::Write for Sum {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text);
        Ok(())
    }
}
