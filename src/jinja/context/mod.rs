//! What dbt's context offers to templates: one file a name.

pub mod adapter;
pub mod agate;
mod agate_sequence;
pub mod args;
pub mod column;
pub mod host;
pub mod relation;
pub mod relation_parts;
