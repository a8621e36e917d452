//! What rendering a node at parse time finds: the parse-phase `ref`, `source`, `config`, … fill it.

use crate::manifest::RefArgs;
use crate::value::{Map, Str};

/// Everything a parse-phase render records.
#[derive(Clone, Debug, Default)]
pub struct Capture {
    pub refs: Vec<RefArgs>,
    pub sources: Vec<[Str; 2]>,
    pub metrics: Vec<Vec<Str>>,
    pub functions: Vec<Vec<Str>>,
    /// Merged options of the `config(...)` calls.
    pub config: Map,
    pub unrendered_config: Map,
    /// Unique ids of the macros called directly, in order of first call.
    pub macros: Vec<Str>,
    pub vars: Vec<Str>,
    pub env_vars: Vec<Str>,
}

/// Adds a name unless it is there already.
pub fn note(names: &mut Vec<Str>, name: &str) {
    if !names.iter().any(|known| &**known == name) {
        names.push(name.into());
    }
}
