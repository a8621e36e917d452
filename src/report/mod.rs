//! What the user and other programs see: artifacts, log lines, listings, lineage.
//!
//! It reads the graph, events and results, and never decides what runs. dbt's JSON shapes live here
//! and nowhere else.

pub mod annotations;
pub mod artifacts;
pub mod junit;
pub mod lineage;
pub mod listing;
pub mod log;
pub mod script;
pub mod site;
pub mod summary;
