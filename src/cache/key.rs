//! What a parse depends on, as hashes.

use std::fmt::{self, Write as _};
use std::fs;
use std::sync::Arc;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::env::Env;
use crate::flags::Flags;
use crate::project::{FileKind, Package, PackageFile, Project, ProjectConfig};
use crate::value::Str;

/// What a parse reads, by kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Headwater itself.
    Program,
    /// `--vars`, and which profile and target.
    Choice,
    Profile,
    /// Project files with their flags, and selectors.yml.
    Settings,
    Macros,
    /// All other files, but for the text of [`own_files`].
    Files,
}

const PARTS: [Part; 6] =
    [Part::Program, Part::Choice, Part::Profile, Part::Settings, Part::Macros, Part::Files];

const HASH: usize = 32;
/// Bytes of a key.
pub const LEN: usize = HASH * PARTS.len();

type Hash = [u8; HASH];

/// Hashes of everything that a parse of a project reads, but for environment variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Of all that any node may depend on, by part.
    pub parts: [u8; LEN],
    /// Of the text of each file that only its own node is made of, in the order of [`own_files`].
    pub own: Vec<Hash>,
}

/// Files whose text says nothing about any node but their own: models, analyses and singular tests in SQL.
pub fn own_files(project: &Project) -> impl Iterator<Item = (&Arc<Package>, &PackageFile)> {
    let packages = project.packages.iter().filter(|package| !package.builtin);
    packages
        .flat_map(|package| package.files.iter().map(move |file| (package, file)))
        .filter(|(_, file)| is_own(file))
}

fn is_own(file: &PackageFile) -> bool {
    matches!(file.kind, FileKind::Model | FileKind::Analysis | FileKind::SingularTest)
        && file.path.ends_with(".sql")
}

impl Key {
    /// The first part that is not as it was.
    pub fn change(&self, then: &[u8; LEN]) -> Option<Part> {
        let (now, then) = (self.parts.chunks(HASH), then.chunks(HASH));
        let at = now.zip(then).position(|(now, then)| now != then)?;
        PARTS.get(at).copied()
    }
}

/// Whether a file was written by this very program.
pub fn is_of_this_program(written_for: &[u8; LEN]) -> bool {
    written_for.starts_with(&program())
}

fn program() -> Hash {
    let mut sum = Sum::default();
    sum.part(&env!("HEADWATER_SOURCES"));
    sum.0.finalize().into()
}

/// The key of a project under some flags: every file's content, settings, profile, variables, and the
/// code of Headwater itself. None where a parse has an input of its own (`--inline`).
pub fn key(project: &Project, flags: &Flags) -> Option<Key> {
    if flags.output.inline.is_some() {
        return None;
    }
    let mut parts = [0; LEN];
    for (part, hash) in PARTS.into_iter().zip(parts.chunks_mut(HASH)) {
        hash.copy_from_slice(&of_part(part, project, flags));
    }
    let own: Vec<&PackageFile> = own_files(project).map(|(_, file)| file).collect();
    let own = own.into_par_iter().map(|file| Sha256::digest(&*file.text).into()).collect();
    Some(Key { parts, own })
}

fn of_part(part: Part, project: &Project, flags: &Flags) -> Hash {
    let mut sum = Sum::default();
    match part {
        Part::Program => return program(),
        Part::Choice => {
            sum.part(&project.cli_vars);
            sum.part(&project.profile.profile_name);
            sum.part(&project.profile.target_name);
        }
        Part::Profile => sum.part(&project.profile),
        Part::Settings => {
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
            }
        }
        Part::Macros => {
            // The built-in ones are code of Headwater's own; how many there are depends on the command.
            let builtin = project.packages.iter().filter(|package| package.builtin);
            sum.part(&builtin.map(|package| package.files.len()).sum::<usize>());
            sum.files(project, |kind| kind == FileKind::Macro);
            for package in &project.macro_texts {
                sum.part(&package.root);
                for file in &package.files {
                    sum.0.update(of_file(package, file));
                }
            }
        }
        Part::Files => sum.files(project, |kind| kind != FileKind::Macro),
    }
    sum.0.finalize().into()
}

/// A file's place, and its content where it counts for more than its own node.
fn of_file(package: &Package, file: &PackageFile) -> Hash {
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
    } else if !is_own(file) {
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
    /// All files of some kinds, package by package.
    fn files(&mut self, project: &Project, is_such: impl Fn(FileKind) -> bool + Sync) {
        for package in project.packages.iter().filter(|package| !package.builtin) {
            let files = package.files.par_iter().filter(|file| is_such(file.kind));
            let hashes: Vec<Hash> = files.map(|file| of_file(package, file)).collect();
            self.part(&hashes.len());
            hashes.iter().for_each(|hash| self.0.update(hash));
        }
    }

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
